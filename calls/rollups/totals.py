"""Calls of a period counted by one thing about them: exact, and read from the hourly counts where these tell it."""

from collections import Counter
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db.models import Count, QuerySet, Sum, Value
from django.db.models.functions import TruncHour

from calls.records import states
from calls.records.models import Call
from calls.records.queries import CallFilter, calls_of
from calls.rollups.models import HourlyStat
from calls.rollups.queries import hourly_counts, unfolded
from calls.routes.models import PhoneRoute
from calls.tenants.models import Tenant

Counts = Counter[str]
HOUR = timedelta(hours=1)
STATUS, OUTCOME, ROUTE, AGENT, BY_HOUR, BY_DAY = (
    "status",
    "outcome",
    "route",
    "agent",
    "hour",
    "day",
)
# What an outcome says of a call's public status; calls under way are told apart by their state alone.
_STATUS_OF = {
    states.outcome_of(state, disposition): word
    for state, word in states.PUBLIC_STATUS.items()
    for disposition in ("", states.VOICEMAIL)
}


def totals(
    tenant: Tenant, *, by: str, since: datetime, until: datetime, orgs: frozenset[str] | None = None
) -> Counts:
    """Calls asked for in [since, until) per status, outcome, route, agent, UTC hour or UTC day.

    Always what the list of calls would count. Whole hours come from the hourly counts, whatever is left at
    either end and everything a reader limited to some business units sees from the calls themselves.
    """
    first, last = _whole_hours(since, until)
    if orgs is not None or first >= last:
        return _one_by_one(_calls(tenant, since, until, orgs), by)
    found = _folded(tenant, by, first, last)
    for start, end in ((since, first), (last, until)):
        if start < end:
            found.update(_one_by_one(_calls(tenant, start, end, None), by))
    return found


def _whole_hours(since: datetime, until: datetime) -> tuple[datetime, datetime]:
    first, last = (_hour(moment.astimezone(UTC)) for moment in (since, until))
    return (first if first == since else first + HOUR), last


def _hour(moment: datetime) -> datetime:
    return moment.replace(minute=0, second=0, microsecond=0)


def _calls(
    tenant: Tenant, since: datetime, until: datetime, orgs: frozenset[str] | None
) -> QuerySet[Call]:
    return calls_of(tenant, CallFilter(since=since, until=until), orgs=orgs).order_by()


def _one_by_one(rows: QuerySet[Call], by: str) -> Counts:
    if by in (BY_HOUR, BY_DAY):
        hours = rows.annotate(hour=TruncHour("created_at", tzinfo=UTC))
        return _named((_moment(hour, by), n) for hour, n in _grouped(hours, "hour"))
    columns = {STATUS: "state", OUTCOME: "outcome", ROUTE: "caller_id", AGENT: "agent__agent_key"}
    cells = _grouped(rows, columns[by])
    if by == STATUS:
        return _named((states.PUBLIC_STATUS[state], n) for state, n in cells)
    return _named(cells)


def _grouped(rows: QuerySet[Call], column: str) -> Iterable[tuple[Any, int]]:
    return rows.values_list(column).annotate(total=Count("id"))


def _named(cells: Iterable[tuple[Any, int]]) -> Counts:
    found: Counts = Counter()
    for name, count in cells:
        found[str(name)] += count
    return Counter({name: count for name, count in found.items() if count})


def _moment(hour: datetime, by: str) -> str:
    return f"{hour:%Y-%m-%d}" if by == BY_DAY else f"{hour:%Y-%m-%dT%H:%M:%SZ}"


def _folded(tenant: Tenant, by: str, since: datetime, until: datetime) -> Counts:
    if by == AGENT:  # the hourly counts know versions only, and a refused call may have none
        return _one_by_one(_calls(tenant, since, until, None), by)
    if by == ROUTE:
        return _routes(tenant, since, until)
    hours = hourly_counts(tenant, since=since, until=until)
    if by in (BY_HOUR, BY_DAY):
        return _named((_moment(hour, by), n) for (hour, _, _), n in hours.items())
    outcomes = _named((outcome, n) for (_, outcome, _), n in hours.items())
    return outcomes if by == OUTCOME else _statuses(outcomes, tenant, since, until)


def _routes(tenant: Tenant, since: datetime, until: datetime) -> Counts:
    """One statement reads the folded and the unfolded, so no fold can slip between the two."""
    folded = HourlyStat.objects.filter(tenant_id=tenant.pk, hour__gte=since, hour__lt=until)
    waiting = unfolded(tenant, since=since, until=until)
    sides = [
        waiting.exclude(**{f"outcome_{side}": ""}).values_list("call__route_id", Value(sign))
        for side, sign in (("before", -1), ("after", 1))
    ]
    cells = folded.values_list("route_id").annotate(total=Sum("count")).union(*sides, all=True)
    numbers = dict(PhoneRoute.objects.filter(tenant=tenant).values_list("pk", "number"))
    return _named((numbers[route], total) for route, total in cells)


def _statuses(outcomes: Counts, tenant: Tenant, since: datetime, until: datetime) -> Counts:
    """Calls under way are few, and only their state says whether they ring."""
    under_way = _calls(tenant, since, until, None).filter(state__in=states.CARRIED)
    found = _one_by_one(under_way, STATUS)
    told = outcomes.items()
    found.update(_named((_STATUS_OF[name], n) for name, n in told if name != states.UNDER_WAY))
    return found
