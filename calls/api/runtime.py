"""The tenant's own endpoints: place, preview and cancel calls, and read what became of them."""

from typing import Annotated, Any

from django.http import HttpRequest, HttpResponse
from ninja import Header, Path, Query, Router
from pydantic import WithJsonSchema

from calls.api import answers, queries, shapes
from calls.api.asks import CallAsk, LogQuery, StatsQuery, refuse_unknown
from calls.api.endpoint import RuntimeKey, caller
from calls.api.fields import IdempotencyKey
from calls.api.refusals import BAD_NUMBER, GATES, refuses
from calls.placing import actions as placing
from calls.placing.openings import next_opening
from calls.rollups.totals import totals

router = Router(by_alias=True)

FAILURES = dict.fromkeys((400, 401, 403, 500, 503), shapes.Failure)
MAY_BE_ABSENT = FAILURES | {404: shapes.Failure}

CallSid = Annotated[
    str,
    WithJsonSchema({"type": "string", "pattern": "^CA[0-9a-f]{32}$"}),
    Path(description="CA and 32 hex digits"),
]
CALL_RULES = {
    "to": "A telephone number that can be read, with its country code.",
    "from": "One of your routes.",
    "agent_key": "One of your agents; with a route that has no default agent it must be named.",
    "agent_version_id": "A version of one of your agents, and of `agent_key` where both are sent.",
    "org_id": "One of your business units.",
    "greeting": "No invisible characters, at most 500 characters, and not together with `greeting_id`.",
    "greeting_id": "One of your greetings.",
    "variables": "Those of the greeting that `greeting_id` names, all of them and no others.",
    "scheduled_at": "A time that exists, not past, at most a year ahead, with an offset or `time_zone`.",
    "time_zone": "Only with a `scheduled_at` that has no offset.",
    "expires_at": "A time that exists, after the call is due.",
}
NAMES_THE_CALL = (
    "Your name for this one call, for ever: the same request again answers as the first time, another one is"
    " a 422."
)
PERIOD = "`to` is after `from`."
LOG_RULES = {
    "to": PERIOD,
    "offset": "Not together with `cursor`.",
    "route": "A telephone number.",
}
STATS_RULES = {
    "to": PERIOD,
    "from": "At most 366 days before `to`, 31 when counting by the hour.",
}


@router.post(
    "/make-call",
    auth=RuntimeKey("calls:write"),
    summary="Place a call",
    response={200: shapes.Accepted, 409: shapes.Failure, 422: shapes.Failure} | FAILURES,
    openapi_extra=refuses(GATES, [BAD_NUMBER], placing.KeyReused, rules=CALL_RULES),
)
def make_call(
    request: HttpRequest,
    response: HttpResponse,
    body: CallAsk,
    idempotency_key: Annotated[
        IdempotencyKey | None, Header(alias="Idempotency-Key", description=NAMES_THE_CALL)
    ] = None,
) -> shapes.Accepted:
    """Place one call now or later. 200 means that it is durably recorded."""
    who = caller(request)
    ask = body.ask(idempotency_key=idempotency_key)
    placed = placing.place_call(ask=ask, tenant=who.tenant, actor=who.actor, now=who.now)
    if placed.replayed:
        response["Idempotent-Replayed"] = "true"
    return answers.accepted(placed)


@router.post(
    "/calls/preview",
    auth=RuntimeKey("calls:write"),
    summary="Ask whether a call may be placed",
    response={200: shapes.Previewed} | FAILURES,
    openapi_extra=refuses([BAD_NUMBER], rules=CALL_RULES),
)
def preview_call(request: HttpRequest, body: CallAsk) -> shapes.Previewed:
    """Ask every gate about a call without placing it."""
    who = caller(request)
    asked: Any = {"ask": body.ask(), "tenant": who.tenant, "actor": who.actor, "now": who.now}
    preview = placing.preview_call(**asked)
    return answers.previewed(preview, opening=next_opening(preview, **asked))


@router.get(
    "/call-logs",
    auth=RuntimeKey("calls:read"),
    summary="List calls",
    response={200: shapes.LogPage} | FAILURES,
    openapi_extra=refuses(rules=LOG_RULES),
)
def call_logs(request: HttpRequest, query: Annotated[LogQuery, Query()]) -> shapes.LogPage:
    """The tenant's calls, newest first, refused ones included."""
    refuse_unknown(request.GET, LogQuery)
    who = caller(request)
    rows = queries.visible_calls(tenant=who.tenant, actor=who.actor, wanted=query.wanted())
    if query.direction == "inbound":
        rows = rows.none()
    page = queries.page_of(rows, limit=query.limit, offset=query.offset, after=query.cursor)
    return answers.log_page(page, limit=query.limit, offset=query.offset)


@router.get(
    "/call-logs/stats",
    auth=RuntimeKey("calls:read"),
    summary="Count calls",
    response={200: shapes.Stats} | FAILURES,
    openapi_extra=refuses(rules=STATS_RULES),
)
def call_stats(request: HttpRequest, query: Annotated[StatsQuery, Query()]) -> shapes.Stats:
    """How many calls were asked for in a period, by one thing about them; refused ones included."""
    refuse_unknown(request.GET, StatsQuery)
    who = caller(request)
    since, until = query.period(who.now)
    counts = totals(who.tenant, by=query.group_by, since=since, until=until, orgs=who.actor.orgs)
    return answers.stats(counts, since=since, until=until, group_by=query.group_by)


@router.get(
    "/calls/{call_sid}",
    auth=RuntimeKey("calls:read"),
    summary="Show a call",
    response={200: shapes.Detail} | MAY_BE_ABSENT,
)
def show_call(request: HttpRequest, call_sid: CallSid) -> shapes.Detail:
    """One call with its events, attempts and receipts."""
    who = caller(request)
    call = queries.visible_call(tenant=who.tenant, actor=who.actor, call_sid=call_sid)
    return answers.detail(call, queries.history_of(call))


@router.delete(
    "/calls/{call_sid}",
    auth=RuntimeKey("calls:write"),
    summary="Cancel a call that waits",
    response={200: shapes.Canceled, 409: shapes.Failure} | MAY_BE_ABSENT,
    openapi_extra=refuses(placing.CannotCancel),
)
def cancel_call(request: HttpRequest, call_sid: CallSid) -> shapes.Canceled:
    """Stop a call that waits: nothing has been asked of a carrier yet."""
    who = caller(request)
    call = queries.visible_call(tenant=who.tenant, actor=who.actor, call_sid=call_sid)
    return answers.canceled(placing.cancel_call(call=call, actor=who.actor, now=who.now))
