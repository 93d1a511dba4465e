"""How often and how fast was called, and for how much? What the gates of limits look at.

Frequency counts rings of one callee by all doors of the tenant (R5.8); velocity counts accepted calls
(R5.11); spend counts money. Each answer is one query, bounded by what the caps need to know.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import F, QuerySet, Subquery, Sum
from django.db.models.functions import Greatest
from django.utils import timezone

from calls.agents.models import Agent
from calls.lib import hours, ids
from calls.lib.phone import Number
from calls.lib.rows import spelled
from calls.limits import counting
from calls.limits.counting import Cap, Standing
from calls.records import states
from calls.records.models import Call
from calls.routes.models import PhoneRoute
from calls.tenants.models import Tenant

# Attempts that may have rung somebody, or are about to: the reservation is the row itself, written with
# the intent to dial and given back by proof that nothing was dialled. `absent` is somebody's word and no
# proof, so it counts. Spelled as in dispatch/models.py.
MAY_HAVE_RUNG = ("intent", "unknown", "accepted", "absent")
# An id is minted by another clock than the one that dates its call; they may differ by this much.
CLOCKS_DIFFER = timedelta(minutes=10)


def subjects_of(
    *, tenant: Tenant, requester_id: str, route: PhoneRoute, agent: Agent, number: Number
) -> dict[str, str]:
    """What a call is counted under, by scope; the same words a Limit's `subject` uses."""
    return {
        counting.CALLEE: number.e164,
        counting.REQUESTER: requester_id,
        counting.ROUTE: route.public_id,
        counting.AGENT: agent.public_id,
        counting.TENANT: tenant.public_id,
        counting.COUNTRY: number.country_group,
        counting.PREFIX: number.block,
        counting.SPEND: tenant.public_id,
    }


def frequency(
    *,
    tenant: Tenant,
    e164: str,
    caps: Iterable[Cap],
    at: datetime,
    now: datetime,
    and_waiting: bool,
    except_call: UUID | None = None,
) -> list[Standing]:
    """Where each callee cap that counts this number stands for one more ring at `at`.

    `caps` may be of any scope; law's belong among them. `and_waiting`, asked at accept, also counts the
    calls that would ring before `at`. Hold the callee (`queries.hold_callee`) while an attempt follows from it.
    """
    counted = counting.against(caps, {counting.CALLEE: e164})
    if not counted:
        return []
    times = rung_times(
        tenant,
        e164,
        since=at - counting.longest_window(counted),
        now=now,
        most=max(cap.most for cap in counted),
        and_waiting_before=at if and_waiting else None,
        except_call=except_call,
    )
    return counting.standings(counted, times, at)


def rung_times(
    tenant: Tenant,
    e164: str,
    *,
    since: datetime,
    now: datetime,
    most: int,
    and_waiting_before: datetime | None = None,
    except_call: UUID | None = None,
) -> list[datetime]:
    """When this callee was or may have been rung by the tenant after `since`, newest first, `most` at most.

    Attempts count from their intent, except those of which it is proven that nothing was dialled. With
    `and_waiting_before`, calls that wait to ring by then count too, those overdue as if they rang now.
    """
    rung = Call.objects.filter(
        attempts__tenant_id=tenant.pk,
        attempts__to=e164,
        attempts__intent_at__gt=since,
        attempts__outcome__in=MAY_HAVE_RUNG,
    )
    times = rung.annotate(at=F("attempts__intent_at")).values_list("at", flat=True)
    if and_waiting_before is not None:
        due = Call.objects.filter(tenant=tenant, to=e164, due_at__lte=and_waiting_before)
        due = due.exclude(pk=except_call) if except_call else due
        waiting = due.filter(state__in=spelled(states.WAITING))
        claimed = due.filter(state=states.DISPATCHING).exclude(attempts__outcome__in=MAY_HAVE_RUNG)
        times = times.union(_would_ring(waiting, now), _would_ring(claimed, now), all=True)
    return list(times.order_by("-at")[:most])


def velocity(
    *,
    tenant: Tenant,
    caps: Iterable[Cap],
    subjects: Mapping[str, str],
    at: datetime,
    except_call: UUID | None = None,
) -> list[Standing]:
    """Where each velocity cap that counts a call of these `subjects` stands for one more accepted at `at`.

    Every call that was not refused counts from when it was asked for, but the one that is counted anew.
    One query for all caps together: the time of the `most`-th newest call under each.
    """
    counted = [c for c in counting.against(caps, subjects) if c.scope in counting.VELOCITY]
    if not counted:
        return []
    asked: dict[str, Subquery] = {}
    for number, cap in enumerate(counted):
        rows = _accepted(tenant, cap, subjects[cap.scope], at)
        rows = rows.exclude(pk=except_call) if except_call else rows
        asked[f"nth_{number}"] = Subquery(rows[cap.most - 1 : cap.most])
        if cap.min_gap_seconds:
            asked[f"newest_{number}"] = Subquery(rows[:1])
    found = Tenant.objects.filter(pk=tenant.pk).annotate(**asked).values(*asked).get()
    return [_standing(cap, number, found, at) for number, cap in enumerate(counted)]


def used(tenant: Tenant, cap: Cap, at: datetime) -> int:
    """How many calls count under a cap on the whole tenant at `at`; counted up to its `most`."""
    since = at - counting.longest_window([cap])
    return _accepted(tenant, cap, "", at).filter(created_at__gt=since)[: cap.most].count()


def _standing(cap: Cap, number: int, found: Mapping[str, Any], at: datetime) -> Standing:
    newest, nth = found.get(f"newest_{number}"), found[f"nth_{number}"]
    return Standing(cap, counting.free_after(newest, nth, cap, at))


def _accepted(tenant: Tenant, cap: Cap, subject: str, at: datetime) -> QuerySet[Call, Any]:
    """When the calls a cap counts were asked for, newest first, at least as far back as its window reaches.

    Older ones among them do no harm, and leaving them in lets the reading end after `cap.most` rows.
    """
    window = counting.longest_window([cap])
    # Ids rise with time, so reading newest first ends at the window's edge instead of at the first call.
    floor = ids.floor(min(at, timezone.now()) - window - CLOCKS_DIFFER)
    rows = Call.objects.filter(tenant=tenant, id__gte=floor, **column_of(cap.scope, subject))
    return rows.exclude(state=states.REFUSED).order_by("-id").values("created_at")


def column_of(scope: str, subject: str) -> dict[str, object]:
    """Which calls a cap of this scope counts for this subject, as a condition on them."""
    match scope:
        case counting.CALLEE:
            return {"to": subject}
        case counting.REQUESTER:
            return {"requester_id": subject}
        case counting.ROUTE:
            return {"route_id": ids.parse(PhoneRoute.PREFIX, subject)}
        case counting.AGENT:
            return {"agent_id": ids.parse(Agent.PREFIX, subject)}
        case counting.COUNTRY | counting.PREFIX:
            return {scope: subject}
    return {}


def _would_ring(rows: QuerySet[Call], now: datetime) -> QuerySet[Call, datetime]:
    at = Greatest(F("due_at"), now)
    return rows.annotate(at=at).values_list("at", flat=True)


@dataclass(frozen=True, slots=True)
class Spending:
    """What a tenant spent in its day `since` midnight, the most it may, and `until` when that holds."""

    spent: Decimal
    most: Decimal
    since: datetime
    until: datetime


def spent_today(tenant: Tenant, now: datetime, *, caps: Iterable[Cap]) -> Spending | None:
    """Money spent since midnight in the tenant's zone, where a spend cap is among `caps`; else None.

    A call under way counts as one begun minute, one without a price not at all. All accounts of a tenant
    are taken to charge in one currency.
    """
    most = min((cap.most for cap in caps if cap.scope == counting.SPEND), default=None)
    if most is None:
        return None
    since, until = _day(ZoneInfo(tenant.time_zone), now)
    rows = Call.objects.filter(tenant=tenant)
    over = rows.filter(dialled_at__gte=since, cost__isnull=False).aggregate(sum=Sum("cost"))["sum"]
    under_way = rows.filter(state__in=spelled(states.IN_FLIGHT), cost__isnull=True)
    begun = under_way.aggregate(sum=Sum("account__price_per_minute"))["sum"]
    spent = (over or Decimal(0)) + (begun or Decimal(0))
    return Spending(spent, Decimal(most), since, until)


def _day(zone: ZoneInfo, now: datetime) -> tuple[datetime, datetime]:
    """The midnights before and after `now` on this zone's clock."""
    today = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0, tzinfo=None)
    return hours.first_instant(today, zone), hours.first_instant(today + timedelta(days=1), zone)
