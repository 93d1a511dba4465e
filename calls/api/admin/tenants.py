"""Tenants as an admin sees them: who there is, with what they speak, what stops them."""

from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from calls.api import shapes as runtime
from calls.api.admin import answers, asks, queries, shapes
from calls.api.admin.actions import NoDefaultAgent, configure_runtime
from calls.api.admin.door import SESSIONS, AdminKey, ConsoleSession, administrator
from calls.api.asks import refuse_unknown
from calls.api.refusals import refuses
from calls.api.webhooks import NOT_ALLOWED, RULES
from calls.hooks import actions as hooks
from calls.lib import ids
from calls.lib.errors import BadField
from calls.limits import actions as limits
from calls.limits.queries import get_pause_for, pauses_of
from calls.routes.queries import default_agent_of
from calls.tenants.models import Tenant

DOOR = [AdminKey(), ConsoleSession()]
FAILURES = dict.fromkeys((400, 401, 403, 404, 500, 503), runtime.Failure)
CONFLICTS = FAILURES | {409: runtime.Failure}
TenantId = Annotated[str, Path(description="tn_ and 32 hex digits")]
PauseId = Annotated[str, Path(description="pa_ and 32 hex digits")]
CONFIG_RULES = {"webhook_url": RULES["url"]}
PAUSE_RULES = {"until": "A time that exists, and is not past."}

router = Router(by_alias=True, auth=DOOR, tags=["Admin"])


@router.get(
    "/tenants",
    summary="List tenants",
    response={200: shapes.TenantPage} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_tenants(
    request: HttpRequest, query: Annotated[asks.TenantsQuery, Query()]
) -> shapes.TenantPage:
    """The tenants in reach, the newest first."""
    refuse_unknown(request.GET, asks.TenantsQuery)
    rows = administrator(request).tenants.order_by("-id")
    if query.cursor:
        rows = rows.filter(pk__lt=ids.must_parse(Tenant.PREFIX, query.cursor))
    return answers.tenant_page(list(rows[: query.limit + 1]), limit=query.limit)


@router.get(
    "/tenants/{tenant_id}",
    summary="Show a tenant",
    response={200: shapes.TenantDetail} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_tenant(request: HttpRequest, tenant_id: TenantId) -> shapes.TenantDetail:
    """One tenant, with the versions of its default agent and what stops its calls."""
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    actor = who.on(tenant)
    return answers.tenant_detail(
        tenant,
        versions=queries.speaking(default_agent_of(tenant), actor=actor),
        pauses=pauses_of(tenant, now=who.now, orgs=actor.orgs),
    )


@router.put(
    "/tenants/{tenant_id}/runtime-config",
    summary="Ask for another model, voice or prompt",
    response={200: shapes.RuntimeConfig} | CONFLICTS,
    openapi_extra=refuses(
        *SESSIONS,
        NoDefaultAgent,
        hooks.TooManyEndpoints,
        hooks.EndpointExists,
        [NOT_ALLOWED],
        rules=CONFIG_RULES,
    ),
)
def admin_runtime_config(
    request: HttpRequest, tenant_id: TenantId, body: asks.RuntimeConfigAsk
) -> shapes.RuntimeConfig:
    """Stage a version of the default agent; calls speak with it once people launch it.

    `webhook_url` is told every event of the tenant from now on; its secret is shown in this answer only.
    """
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    changes = _changes(body)
    url, actor = body.webhook_url, who.on(tenant)
    try:
        version, secret = configure_runtime(
            tenant=tenant, changes=changes, url=url, actor=actor, now=who.now
        )
    except BadField as problem:
        raise _in_our_words(problem) from None
    return answers.runtime_config(tenant, version, url=url, secret=secret)


@router.get(
    "/tenants/{tenant_id}/pauses",
    summary="Show what stops a tenant",
    response={200: shapes.PausePage} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_pauses(request: HttpRequest, tenant_id: TenantId) -> shapes.PausePage:
    """Every kill switch that stops calls of this tenant now, the installation's own included."""
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    return answers.pause_page(pauses_of(tenant, now=who.now, orgs=who.on(tenant).orgs))


@router.post(
    "/tenants/{tenant_id}/pauses",
    summary="Pause a tenant",
    response={200: shapes.PauseAnswer} | FAILURES,
    openapi_extra=refuses(*SESSIONS, rules=PAUSE_RULES),
)
def admin_pause(
    request: HttpRequest, tenant_id: TenantId, body: asks.PauseAsk
) -> shapes.PauseAnswer:
    """Dial nothing of this tenant from now on; asking again answers the pause that stands."""
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    by: dict[str, Any] = {"actor": who.on(tenant), "now": who.now}
    return answers.pause(limits.pause(tenant=tenant, reason=body.reason, until=body.until, **by))


@router.delete(
    "/tenants/{tenant_id}/pauses/{pause_id}",
    summary="Lift a pause",
    response={200: shapes.PauseAnswer} | CONFLICTS,
    openapi_extra=refuses(*SESSIONS, limits.PauseLifted),
)
def admin_lift_pause(
    request: HttpRequest, tenant_id: TenantId, pause_id: PauseId
) -> shapes.PauseAnswer:
    """Let calls go again; those that waited meet every gate again and go out in order."""
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    row = get_pause_for(tenant, pause_id)
    return answers.pause(limits.lift_pause(pause=row, actor=who.on(tenant), now=who.now))


def _changes(body: asks.RuntimeConfigAsk) -> dict[str, str]:
    if not (body.changes() or body.webhook_url):
        raise BadField(
            "body", "Send at least one of model, voice, system_prompt_key and webhook_url."
        )
    return body.changes()


def _in_our_words(problem: BadField) -> BadField:
    """The address of an endpoint is `webhook_url` here."""
    if problem.field != "url":
        return problem
    return BadField("webhook_url", problem.sentence, problem.field_code)
