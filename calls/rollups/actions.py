"""Verbs of rollups: fold what happened into the hourly counts, exactly once."""

from dataclasses import astuple
from datetime import datetime

from django.db import transaction
from django.db.models import F

from calls.records.models import CallEvent
from calls.rollups.fold import Bucket, fold
from calls.rollups.models import HourlyStat
from calls.rollups.queries import moves_of

BATCH = 500


def fold_waiting(*, now: datetime, most: int = BATCH) -> int:
    """Fold every event not folded yet, `most` at a time; safe to run anywhere, at any time, twice."""
    folded, waiting = 0, CallEvent.objects.filter(folded_at__isnull=True)
    # Looking first keeps an idle house from taking the write lock every second.
    while waiting.exists() and (batch := _fold_batch(most, now)):
        folded += batch
    return folded


@transaction.atomic
def rebuild(*, now: datetime) -> int:
    """Count everything again from the events, from nothing."""
    HourlyStat.objects.all().delete()
    CallEvent.objects.update(folded_at=None)
    return fold_waiting(now=now)


@transaction.atomic
def _fold_batch(most: int, now: datetime) -> int:
    waiting = CallEvent.objects.select_for_update(skip_locked=True, of=("self",)).filter(
        folded_at__isnull=True
    )
    events = list(waiting.select_related("call").order_by("id")[:most])
    if not events:
        return 0
    CallEvent.objects.filter(pk__in=[event.pk for event in events]).update(folded_at=now)
    changes = fold(moves_of(events))
    # In one order, so that two workers never wait for each other's buckets.
    for bucket in sorted(changes, key=astuple):
        _add(bucket, changes[bucket])
    return len(events)


def _add(bucket: Bucket, change: int) -> None:
    cell = {name: getattr(bucket, name) for name in Bucket.__dataclass_fields__}
    row = HourlyStat.objects.filter(**cell)
    if not row.update(count=F("count") + change):
        HourlyStat.objects.get_or_create(**cell)  # another worker may be making it
        row.update(count=F("count") + change)
