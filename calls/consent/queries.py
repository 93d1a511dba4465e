"""Who agreed to be called, and is it still so?"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from calls.consent import standing
from calls.consent.models import ConsentRecord
from calls.tenants.models import Tenant


def records_of(tenant: Tenant, number: str = "") -> QuerySet[ConsentRecord]:
    """Every record of the tenant, or of one number, the last recorded first."""
    rows = ConsentRecord.objects.filter(tenant=tenant)
    return (rows.filter(number=number) if number else rows).order_by("-id")


def consents_for(*, tenant: Tenant, number: str, now: datetime) -> list[ConsentRecord]:
    """The consents to call `number` that stand at `now`, the strongest and newest first."""
    return standing.in_force(records_of(tenant, number), now)


def in_force_among(
    records: Collection[ConsentRecord], *, tenant: Tenant, now: datetime
) -> frozenset[UUID]:
    """Which of these records stand at `now`, each judged beside all that its number is on record with."""
    known: dict[str, list[ConsentRecord]] = defaultdict(list)
    numbers = {record.number for record in records}
    for record in records_of(tenant).filter(number__in=numbers):
        known[record.number].append(record)
    stand = {r.pk for same in known.values() for r in standing.in_force(same, now)}
    return frozenset(record.pk for record in records if record.pk in stand)


def revoked_since(at: datetime) -> QuerySet[ConsentRecord]:
    """Every consent taken back at or after an instant; calls that wait may rest on it."""
    return ConsentRecord.objects.filter(revoked_at__gte=at)
