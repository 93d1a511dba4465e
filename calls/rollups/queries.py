"""Reading the counts: folded hours plus the few events not folded yet, so they are always exact."""

from collections import Counter
from datetime import datetime

from django.db.models import Sum

from calls.records.models import CallEvent
from calls.rollups.fold import Bucket, Moved, fold
from calls.rollups.models import NO_VERSION, HourlyStat
from calls.tenants.models import Tenant

Counts = dict[tuple[datetime, str, str], int]


def moved(event: CallEvent) -> Moved:
    """What the fold needs to know of an event."""
    call = event.call
    return Moved(
        tenant_id=call.tenant_id,
        asked_at=call.created_at,
        route_id=call.route_id,
        agent_version_id=call.agent_version_id or NO_VERSION,
        outcome_before=event.outcome_before,
        reason_before=event.reason_before,
        outcome_after=event.outcome_after,
        reason_after=event.reason_after,
    )


def hourly_counts(tenant: Tenant, *, since: datetime, until: datetime) -> Counts:
    """Calls per (hour, outcome, reason) among those asked for in [since, until), whole hours."""
    counts: Counter[tuple[datetime, str, str]] = Counter()
    rows = HourlyStat.objects.filter(tenant_id=tenant.pk, hour__gte=since, hour__lt=until)
    for hour, outcome, reason, total in rows.values_list("hour", "outcome", "reason").annotate(
        total=Sum("count")
    ):
        counts[hour, outcome, reason] += total
    for bucket, change in _not_folded_yet(tenant).items():
        if since <= bucket.hour < until:
            counts[bucket.hour, bucket.outcome, bucket.reason] += change
    return {cell: count for cell, count in counts.items() if count}


def _not_folded_yet(tenant: Tenant) -> dict[Bucket, int]:
    waiting = CallEvent.objects.filter(folded_at__isnull=True, call__tenant=tenant)
    return fold(moved(event) for event in waiting.select_related("call"))
