"""Reading the counts: folded hours plus the few events not folded yet, so they are always exact."""

from bisect import bisect_right
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, F, QuerySet, Sum, Value
from django.db.models.functions import TruncHour

from calls.agents.models import AgentVersion
from calls.lib import ids
from calls.records import states
from calls.records.models import VERSION_CHANGED, CallEvent
from calls.records.queries import CallFilter, calls_of
from calls.rollups.fold import Moved
from calls.rollups.models import NO_VERSION, HourlyStat
from calls.tenants.models import Tenant

Counts = dict[tuple[datetime, str, str], int]
Slot = Counter[tuple[str, str]]


def moves_of(events: Sequence[CallEvent]) -> list[Moved]:
    """What the fold needs to know of events, each with the agent version its call had at that moment."""
    turns: dict[UUID, list[CallEvent]] = defaultdict(list)
    calls = {event.call_id for event in events}
    for turn in CallEvent.objects.filter(call__in=calls, what=VERSION_CHANGED).order_by("id"):
        turns[turn.call_id].append(turn)
    return [_moved(event, turns[event.call_id]) for event in events]


def _moved(event: CallEvent, turns: Sequence[CallEvent]) -> Moved:
    call = event.call
    later = next((turn for turn in turns if turn.pk > event.pk), None)
    after = _version_before(later) if later else call.agent_version_id or NO_VERSION
    return Moved(
        tenant_id=call.tenant_id,
        asked_at=call.created_at,
        route_id=call.route_id,
        version_before=_version_before(event) if event.what == VERSION_CHANGED else after,
        version_after=after,
        outcome_before=event.outcome_before,
        reason_before=event.reason_before,
        outcome_after=event.outcome_after,
        reason_after=event.reason_after,
    )


def _version_before(turn: CallEvent) -> UUID:
    """Which version spoke until this change."""
    return ids.parse(AgentVersion.PREFIX, turn.data["version_before"]) or NO_VERSION


def hourly_counts(tenant: Tenant, *, since: datetime, until: datetime) -> Counts:
    """Calls per (UTC hour, outcome, reason) among those asked for in [since, until), whole hours.

    One statement reads the folded and the unfolded, so no fold can slip between the two.
    """
    folded = HourlyStat.objects.filter(tenant_id=tenant.pk, hour__gte=since, hour__lt=until)
    waiting = unfolded(tenant, since=since, until=until)
    rows = folded.values_list("hour", "outcome", "reason").annotate(total=Sum("count"))
    rows = rows.union(_side(waiting, "before", -1), _side(waiting, "after", 1), all=True)
    counts: Counter[tuple[datetime, str, str]] = Counter()
    for at, outcome, reason, total in rows:
        hour = at.replace(minute=0, second=0, microsecond=0)
        counts[hour, outcome, reason if outcome == states.REFUSED else ""] += total
    return {cell: count for cell, count in counts.items() if count}


def unfolded(tenant: Tenant, *, since: datetime, until: datetime) -> QuerySet[CallEvent]:
    """The events not folded yet of calls asked for in [since, until)."""
    return CallEvent.objects.filter(
        folded_at__isnull=True,
        call__tenant=tenant,
        call__created_at__gte=since,
        call__created_at__lt=until,
    )


def slot_counts(
    tenant: Tenant,
    *,
    edges: Sequence[datetime],
    zone: ZoneInfo,
    orgs: frozenset[str] | None = None,
) -> list[Slot]:
    """Calls per (outcome, reason) for each slot between two neighbouring edges, ascending instants.

    Always what the list of calls would count. The hourly counts answer where they can: every edge on a
    whole UTC hour and no limit to some business units. Elsewhere (a day in India begins at half past
    one of their hours) the calls themselves are counted, by the hours of `zone`.
    """
    whole = all(edge.minute == edge.second == edge.microsecond == 0 for edge in _utc(edges))
    cells: Iterable[tuple[datetime, str, str, int]]
    if whole and orgs is None:
        counts = hourly_counts(tenant, since=edges[0], until=edges[-1])
        cells = [(*cell, count) for cell, count in counts.items()]
    else:
        cells = _counted_one_by_one(tenant, edges, ZoneInfo("UTC") if whole else zone, orgs)
    slots: list[Slot] = [Counter() for _ in edges[1:]]
    for hour, outcome, reason, count in cells:
        slots[bisect_right(edges, hour) - 1][outcome, reason] += count
    return slots


def _side(
    waiting: QuerySet[CallEvent], side: str, sign: int
) -> QuerySet[CallEvent, tuple[object, ...]]:
    """One side of each unfolded event: what it takes from a count, or adds to one."""
    counted = waiting.exclude(**{f"outcome_{side}": ""})
    return counted.values_list(
        F("call__created_at"), F(f"outcome_{side}"), F(f"reason_{side}"), Value(sign)
    )


def _utc(edges: Sequence[datetime]) -> list[datetime]:
    return [edge.astimezone(ZoneInfo("UTC")) for edge in edges]


def _counted_one_by_one(
    tenant: Tenant, edges: Sequence[datetime], zone: ZoneInfo, orgs: frozenset[str] | None
) -> list[tuple[datetime, str, str, int]]:
    rows = calls_of(tenant, CallFilter(since=edges[0], until=edges[-1]), orgs=orgs)
    hours = rows.order_by().annotate(hour=TruncHour("created_at", tzinfo=zone))
    grouped = hours.values_list("hour", "outcome", "reason").annotate(total=Count("id"))
    return [
        (hour, outcome, reason if outcome == states.REFUSED else "", total)
        for hour, outcome, reason, total in grouped
    ]
