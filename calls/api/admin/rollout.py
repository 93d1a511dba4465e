"""How far every agent is: versions, launch gates, canaries, approvals. Read only."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from calls.api.admin import answers, asks, queries, shapes
from calls.api.admin.door import SESSIONS, administrator
from calls.api.admin.tenants import DOOR, FAILURES
from calls.api.asks import refuse_unknown
from calls.api.refusals import refuses

router = Router(by_alias=True, auth=DOOR, tags=["Admin"])


@router.get(
    "/rollout-governance",
    summary="Show how far every agent is",
    response={200: shapes.Governance} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_rollout_governance(
    request: HttpRequest, query: Annotated[asks.GovernanceQuery, Query()]
) -> shapes.Governance:
    """Every agent in reach with its versions, their launch gates and canary share, and its approvals."""
    refuse_unknown(request.GET, asks.GovernanceQuery)
    who = administrator(request)
    tenants = who.tenants
    if query.tenant_id:
        tenants = tenants.filter(pk=who.tenant(query.tenant_id).pk)
    found = queries.agents_in(tenants, units=who.units(), limit=query.limit, after=query.cursor)
    return answers.governance(found, approvals=queries.approvals_of(found), limit=query.limit)
