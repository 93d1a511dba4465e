"""Pages of calls and the history of one, each in a fixed number of queries."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, QuerySet

from calls.audit.actor import Actor
from calls.dispatch.models import Attempt
from calls.lib import ids
from calls.records.models import Call, CallEvent, Receipt
from calls.records.queries import CallFilter, calls_of
from calls.tenants import scope
from calls.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Page:
    """Some calls, newest first, with how often each was sent; `total` counts all that match."""

    calls: list[Call]
    attempts: Mapping[UUID, int]
    total: int
    has_more: bool


@dataclass(frozen=True, slots=True)
class History:
    """Everything that happened to one call, oldest first."""

    events: list[CallEvent]
    attempts: list[Attempt]
    receipts: list[Receipt]


def page_of(rows: QuerySet[Call], *, limit: int, offset: int = 0, after: str = "") -> Page:
    """A page of these calls: from the offset on, or those older than the call `after`."""
    total = rows.count()
    key = ids.parse(Call.PREFIX, after)
    found = list((rows.filter(pk__lt=key) if key else rows)[offset : offset + limit + 1])
    calls = found[:limit]
    return Page(calls, _attempts(calls), total, has_more=len(found) > limit)


def history_of(call: Call) -> History:
    """The events, attempts and receipts of a call."""
    return History(
        events=list(call.events.order_by("id")),
        attempts=list(call.attempts.order_by("number")),
        receipts=list(call.receipts.order_by("id")),
    )


def visible_calls(
    *, tenant: Tenant, actor: Actor, wanted: CallFilter | None = None
) -> QuerySet[Call]:
    """The tenant's calls this actor may see: with an org limit, those of its orgs and of none."""
    return calls_of(tenant, wanted, orgs=actor.orgs)


def visible_call(*, tenant: Tenant, actor: Actor, call_sid: str) -> Call:
    """One of them. Raises NotFound, the same for missing, foreign and invisible."""
    rows = visible_calls(tenant=tenant, actor=actor)
    return scope.one(rows, tenant=tenant, public_id=call_sid)


def _attempts(calls: list[Call]) -> dict[UUID, int]:
    tries = Attempt.objects.filter(call__in=calls).values_list("call_id")
    return dict(tries.annotate(count=Count("id")))
