"""The installation's own do-not-call list: what it forbids, no tenant calls."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router

from calls.api import answers as runtime
from calls.api import shapes as told
from calls.api.admin import answers, asks, shapes
from calls.api.admin.door import SESSIONS, administrator
from calls.api.admin.tenants import DOOR, FAILURES
from calls.api.asks import DncAsk, refuse_unknown
from calls.api.refusals import BAD_NUMBER, refuses
from calls.dnc import actions, queries
from calls.dnc.models import DncEntry
from calls.lib import ids

EntryId = Annotated[str, Path(description="dn_ and 32 hex digits")]

RULES = {
    "number": "In E.164, like +14155550100; with `is_prefix` its beginning, as short as a country code.",
    "expires_at": "A time that exists, and is not past.",
}

router = Router(by_alias=True, auth=DOOR, tags=["Do not call"])


@router.get(
    "",
    summary="List platform entries",
    response={200: shapes.PlatformDncPage} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_dnc_list(
    request: HttpRequest, query: Annotated[asks.PlatformDncQuery, Query()]
) -> shapes.PlatformDncPage:
    """Entries in force for every tenant, the newest first; what came with registries is left out."""
    refuse_unknown(request.GET, asks.PlatformDncQuery)
    who = administrator(request)
    who.for_all()
    rows = queries.own_entries(None, now=who.now)
    if query.cursor:
        rows = rows.filter(pk__lt=ids.must_parse(DncEntry.PREFIX, query.cursor))
    return answers.dnc_page(list(rows[: query.limit + 1]), limit=query.limit)


@router.post(
    "",
    summary="Forbid a number to all",
    response={200: told.DncAnswer} | FAILURES,
    openapi_extra=refuses(*SESSIONS, [BAD_NUMBER], rules=RULES),
)
def admin_dnc_add(request: HttpRequest, body: DncAsk) -> told.DncAnswer:
    """Forbid a number to every tenant from now on; asking again answers the entry that stands."""
    who = administrator(request)
    entry = actions.add_number(
        tenant=None,
        number=body.e164(),
        reason=body.reason,
        is_prefix=body.is_prefix,
        expires_at=body.expires_at,
        source="admin api",
        actor=who.for_all(),
        now=who.now,
    )
    return runtime.dnc_entry(entry)


@router.get(
    "/{entry_id}",
    summary="Show a platform entry",
    response={200: told.DncAnswer} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_dnc_show(request: HttpRequest, entry_id: EntryId) -> told.DncAnswer:
    """One entry of that list, lifted or not."""
    administrator(request).for_all()
    return runtime.dnc_entry(queries.own_entry(None, entry_id))


@router.delete(
    "/{entry_id}",
    summary="Allow a number again",
    response={200: told.DncAnswer} | FAILURES,
    openapi_extra=refuses(*SESSIONS),
)
def admin_dnc_lift(
    request: HttpRequest, entry_id: EntryId, query: Annotated[asks.LiftQuery, Query()]
) -> told.DncAnswer:
    """Lift an entry for every tenant; it stays on record. Lifting again answers the same."""
    refuse_unknown(request.GET, asks.LiftQuery)
    who = administrator(request)
    actor = who.for_all()
    entry = queries.own_entry(None, entry_id)
    lifted = actions.lift_number(entry=entry, reason=query.reason, actor=actor, now=who.now)
    return runtime.dnc_entry(lifted)
