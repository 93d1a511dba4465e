"""What would a cap have refused last week? Asked before it is set, from what was really asked for."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import groupby
from typing import Any
from zoneinfo import ZoneInfo

from django.utils import timezone

from calls.lib import ids
from calls.limits import counting
from calls.limits.counting import Cap
from calls.placing.tallies import CLOCKS_DIFFER, column_of
from calls.records import states
from calls.records.models import Call
from calls.tenants.models import Tenant

WEEK = timedelta(days=7)
# More calls than this are not looked at: the newest of them tell enough.
MOST_READ = 20_000

# What a cap of each scope counts together; callees when they were rung, everything else when asked for.
_KEYS = {
    counting.CALLEE: ("to", "dialled_at"),
    counting.REQUESTER: ("requester_id", "created_at"),
    counting.ROUTE: ("route_id", "created_at"),
    counting.AGENT: ("agent_id", "created_at"),
    counting.TENANT: ("tenant_id", "created_at"),
    counting.COUNTRY: ("country", "created_at"),
    counting.PREFIX: ("prefix", "created_at"),
    counting.SPEND: ("cost", "dialled_at"),
}


@dataclass(frozen=True, slots=True)
class Replay:
    """How many of last week's calls a cap would have refused; `is_partial` when there were too many to read."""

    refused: int
    calls: int
    is_partial: bool


def last_week_under(cap: Cap, *, tenant: Tenant, now: datetime) -> Replay:
    """Lead the tenant's calls of the last seven days past a cap, as if it had been in force."""
    key, when = _KEYS[cap.scope]
    floor = ids.floor(min(now, timezone.now()) - WEEK - CLOCKS_DIFFER)
    rows = Call.objects.filter(tenant=tenant, id__gte=floor, created_at__gt=now - WEEK)
    rows = rows.filter(**column_of(cap.scope, cap.subject) if cap.subject else {})
    rows = rows.exclude(state=states.REFUSED).order_by("-id")
    found = list(rows.values_list(key, when)[: MOST_READ + 1])
    calls = sorted((row for row in found[:MOST_READ] if row[1] is not None), key=lambda row: row[1])
    if cap.scope == counting.SPEND:
        refused = _beyond_budget(calls, cap, ZoneInfo(tenant.time_zone))
    else:
        refused = counting.refusals_in(calls, cap)
    return Replay(refused, len(calls), len(found) > MOST_READ)


def _beyond_budget(calls: list[tuple[Any, datetime]], cap: Cap, zone: ZoneInfo) -> int:
    """Calls dialled after their day's money was spent."""
    days = groupby(calls, key=lambda call: call[1].astimezone(zone).date())
    return sum(1 for _, day in days for spent in _spent_before(day) if spent >= cap.most)


def _spent_before(day: Iterator[tuple[Decimal | None, datetime]]) -> Iterator[Decimal]:
    total = Decimal(0)
    for cost, _ in day:
        yield total
        total += cost or 0
