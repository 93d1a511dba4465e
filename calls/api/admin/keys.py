"""A tenant's runtime keys: listed, issued, rotated, given other scopes, revoked."""

from datetime import timedelta
from typing import Annotated, Any

from django.http import HttpRequest
from ninja import Path, Query, Router

from calls.api.admin import answers, asks, queries, shapes
from calls.api.admin.door import SESSIONS, Administrator, administrator
from calls.api.admin.tenants import CONFLICTS, DOOR, FAILURES, TenantId
from calls.api.asks import refuse_unknown
from calls.api.refusals import refuses
from calls.lib.errors import BadField
from calls.records.queries import Asked, asked_with
from calls.tenants import actions as tenants
from calls.tenants import scope
from calls.tenants.models import ApiKey

KeyId = Annotated[str, Path(description="ak_ and 32 hex digits")]

APART = timedelta(minutes=1)
ROTATED = (
    (409, tenants.KeyAlreadyRotated.code, "This key was rotated already. Rotate its successor."),
)

KEY_RULES = {
    "org_ids": "Business units of the tenant.",
    "expires_at": "A time that exists, and is not past.",
}
ROTATION_RULES = {"overlap_hours": "Written without a decimal point."}

router = Router(by_alias=True, auth=DOOR, tags=["Keys"])


@router.get(
    "",
    summary="List a tenant's keys",
    response={200: shapes.KeyPage} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_keys(
    request: HttpRequest, tenant_id: TenantId, query: Annotated[asks.KeysQuery, Query()]
) -> shapes.KeyPage:
    """Every key, the newest first, with what it asked for lately; none of them can be read again."""
    refuse_unknown(request.GET, asks.KeysQuery)
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    page = queries.key_page(tenant, limit=query.limit, after=query.cursor, now=who.now)
    return answers.key_page(page, limit=query.limit, now=who.now)


@router.post(
    "",
    summary="Issue a key",
    response={200: shapes.KeyIssued} | CONFLICTS,
    openapi_extra=refuses(*SESSIONS, tenants.KeyIssuedLately, rules=KEY_RULES),
)
def admin_issue_key(
    request: HttpRequest, tenant_id: TenantId, body: asks.KeyAsk
) -> shapes.KeyIssued:
    """Issue a runtime key. `api_key` is shown in this answer and kept nowhere.

    The same name again within a minute is refused, so that a lost answer leaves no second key behind.
    """
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    given: dict[str, Any] = body.model_dump(exclude={"org_ids"}) | {"apart": APART}
    try:
        row, spelled = tenants.issue_runtime_key(
            tenant=tenant, org_keys=body.org_ids, actor=who.on(tenant), now=who.now, **given
        )
    except BadField as problem:
        raise _in_our_words(problem) from None
    return answers.issued(row, spelled, now=who.now)


@router.delete(
    "/{key_id}",
    summary="Revoke a key",
    response={200: shapes.KeyAnswer} | CONFLICTS,
    openapi_extra=refuses(*SESSIONS, tenants.KeyAlreadyRevoked),
)
def admin_revoke_key(
    request: HttpRequest,
    tenant_id: TenantId,
    key_id: KeyId,
    query: Annotated[asks.RevocationQuery, Query()],
) -> shapes.KeyAnswer:
    """End a key at once. Calls it asked for go on, unless it leaked: then they are stopped."""
    refuse_unknown(request.GET, asks.RevocationQuery)
    who, row, by = _asked(request, tenant_id, key_id)
    return _answer(tenants.revoke_key(key=row, leaked=query.leaked == "true", **by), who)


@router.post(
    "/{key_id}/rotate",
    summary="Rotate a key",
    response={200: shapes.KeyIssued} | CONFLICTS,
    openapi_extra=refuses(*SESSIONS, ROTATED, tenants.KeyNotUsable, rules=ROTATION_RULES),
)
def admin_rotate_key(
    request: HttpRequest, tenant_id: TenantId, key_id: KeyId, body: asks.RotationAsk
) -> shapes.KeyIssued:
    """Issue a key in place of this one, which goes on for the overlap; see the life of a key."""
    who, row, by = _asked(request, tenant_id, key_id)
    overlap = timedelta(hours=body.overlap_hours)
    new, spelled = tenants.rotate_key(key=row, overlap=overlap, **by)
    return answers.issued(new, spelled, now=who.now)


@router.put(
    "/{key_id}/scopes",
    summary="Change a key's scopes",
    response={200: shapes.KeyAnswer} | CONFLICTS,
    openapi_extra=refuses(*SESSIONS, tenants.KeyNotUsable),
)
def admin_key_scopes(
    request: HttpRequest, tenant_id: TenantId, key_id: KeyId, body: asks.ScopesAsk
) -> shapes.KeyAnswer:
    """Let a key do exactly this from its next request on."""
    who, row, by = _asked(request, tenant_id, key_id)
    return _answer(tenants.change_key_scopes(key=row, scopes=body.scopes, **by), who)


def _asked(
    request: HttpRequest, tenant_id: str, key_id: str
) -> tuple[Administrator, ApiKey, dict[str, Any]]:
    who = administrator(request)
    tenant = who.tenant(tenant_id)
    row = scope.one_of(queries.keys_of(tenant), key_id)
    return who, row, {"actor": who.on(tenant), "now": who.now}


def _answer(row: ApiKey, who: Administrator) -> shapes.KeyAnswer:
    asked = asked_with([row.public_id], tenant_id=row.tenant_id, now=who.now)
    return answers.key(row, asked=asked.get(row.public_id, Asked()), now=who.now)


def _in_our_words(problem: BadField) -> BadField:
    """Business units are `org_ids` to programs."""
    return BadField("org_ids", problem.sentence) if problem.field == "org_keys" else problem
