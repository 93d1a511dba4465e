"""Consent on record: put there, taken back, listed. Numbers stand in bodies, never in addresses."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Query, Router

from calls.api import answers, shapes
from calls.api.asks import ConsentAsk, ConsentQuery, RevocationAsk, refuse_unknown
from calls.api.endpoint import RuntimeKey, caller
from calls.api.refusals import BAD_NUMBER, refuses
from calls.api.runtime import FAILURES
from calls.consent import actions, queries
from calls.consent.models import ConsentRecord
from calls.lib import ids, phone

router = Router(by_alias=True)


RULES = {
    "number": "A telephone number that can be read.",
    "captured_at": "A time that exists, and is not in the future.",
    "expires_at": "A time that exists, after `captured_at`, and is not past.",
}


@router.get(
    "",
    auth=RuntimeKey("calls:read"),
    summary="List consents",
    response={200: shapes.ConsentPage} | FAILURES,
)
def consent_list(
    request: HttpRequest, query: Annotated[ConsentQuery, Query()]
) -> shapes.ConsentPage:
    """Every record of the tenant, newest first; revoked and expired ones too."""
    refuse_unknown(request.GET, ConsentQuery)
    who = caller(request)
    rows = queries.records_of(who.tenant)
    if query.cursor:
        rows = rows.filter(pk__lt=ids.must_parse(ConsentRecord.PREFIX, query.cursor))
    found = list(rows[: query.limit + 1])
    stand = queries.in_force_among(found, tenant=who.tenant, now=who.now)
    return answers.consent_page(found, in_force=stand, limit=query.limit)


@router.post(
    "",
    auth=RuntimeKey("consent:write"),
    summary="Record a consent",
    response={200: shapes.ConsentAnswer} | FAILURES,
    openapi_extra=refuses([BAD_NUMBER], rules=RULES),
)
def consent_record(request: HttpRequest, body: ConsentAsk) -> shapes.ConsentAnswer:
    """Put an agreement on record; telling it again answers the record there is."""
    who = caller(request)
    record = actions.record_consent(
        tenant=who.tenant, actor=who.actor, now=who.now, **body.model_dump()
    )
    stand = queries.in_force_among([record], tenant=who.tenant, now=who.now)
    return answers.consent(record, in_force=stand)


@router.post(
    "/revocations",
    auth=RuntimeKey("consent:write"),
    summary="Take consent back",
    response={200: shapes.Revoked} | FAILURES,
    openapi_extra=refuses([BAD_NUMBER], rules={"number": RULES["number"]}),
)
def consent_revoke(request: HttpRequest, body: RevocationAsk) -> shapes.Revoked:
    """Take back all that was agreed to before now; calls that wait for it are stopped within seconds."""
    who = caller(request)
    taken = actions.revoke_number(
        tenant=who.tenant, actor=who.actor, now=who.now, **body.model_dump()
    )
    return shapes.Revoked(number=phone.read(body.number).e164, revoked=len(taken))
