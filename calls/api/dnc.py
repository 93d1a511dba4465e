"""The tenant's own do-not-call list: read it, add to it. Numbers stand in bodies, never in addresses."""

from typing import Annotated

from django.http import HttpRequest
from ninja import Path, Query, Router
from pydantic import WithJsonSchema

from calls.api import answers, shapes
from calls.api.asks import DncAsk, DncQuery, refuse_unknown
from calls.api.endpoint import RuntimeKey, caller
from calls.api.refusals import BAD_NUMBER, refuses
from calls.api.runtime import FAILURES, MAY_BE_ABSENT
from calls.dnc import actions, queries
from calls.dnc.models import DncEntry
from calls.lib import ids
from calls.lib.errors import NotPermitted

router = Router(by_alias=True)

EntryId = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": "^dn_[0-9a-f]{32}$"}),
    Path(description="dn_ and 32 hex digits"),
]
RULES = {
    "number": "A telephone number that can be read; with `is_prefix` at least four digits after the country"
    " code.",
    "expires_at": "A time that exists, and is not past.",
}
PEOPLE_LIFT = (
    "A key never lifts an entry. An owner or admin of the tenant does, when the person asks for it:"
    " in the console, under Rules, Do not call."
)


@router.get(
    "",
    auth=RuntimeKey("calls:read"),
    summary="List the do-not-call list",
    response={200: shapes.DncPage} | FAILURES,
)
def dnc_list(request: HttpRequest, query: Annotated[DncQuery, Query()]) -> shapes.DncPage:
    """The tenant's own entries in force, newest first; what came with registries is left out."""
    refuse_unknown(request.GET, DncQuery)
    who = caller(request)
    rows = queries.own_entries(who.tenant, now=who.now)
    if query.cursor:
        rows = rows.filter(pk__lt=ids.must_parse(DncEntry.PREFIX, query.cursor))
    return answers.dnc_page(list(rows[: query.limit + 1]), limit=query.limit)


@router.post(
    "",
    auth=RuntimeKey("dnc:write"),
    summary="Forbid a number",
    response={200: shapes.DncAnswer} | FAILURES,
    openapi_extra=refuses([BAD_NUMBER], actions.PrefixTooShort, rules=RULES),
)
def dnc_add(request: HttpRequest, body: DncAsk) -> shapes.DncAnswer:
    """Forbid a number from now on; asking again answers the entry that stands."""
    who = caller(request)
    entry = actions.add_number(
        tenant=who.tenant,
        number=body.e164(),
        reason=body.reason,
        is_prefix=body.is_prefix,
        expires_at=body.expires_at,
        source="api",
        actor=who.actor,
        now=who.now,
    )
    return answers.dnc_entry(entry)


@router.get(
    "/{entry_id}",
    auth=RuntimeKey("calls:read"),
    summary="Show an entry",
    response={200: shapes.DncAnswer} | MAY_BE_ABSENT,
)
def dnc_show(request: HttpRequest, entry_id: EntryId) -> shapes.DncAnswer:
    """One entry of the tenant's own list, lifted or not."""
    return answers.dnc_entry(queries.own_entry(caller(request).tenant, entry_id))


@router.delete(
    "/{entry_id}",
    auth=RuntimeKey("calls:read"),
    summary="Lift an entry",
    response={200: shapes.DncAnswer} | MAY_BE_ABSENT,
)
def dnc_lift(request: HttpRequest, entry_id: EntryId) -> shapes.DncAnswer:
    """Refused to every runtime key: people lift, because people are asked."""
    who = caller(request)
    entry = queries.own_entry(who.tenant, entry_id)
    try:
        return answers.dnc_entry(actions.lift_number(entry=entry, actor=who.actor, now=who.now))
    except NotPermitted:
        raise NotPermitted(PEOPLE_LIFT) from None
