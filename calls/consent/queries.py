"""Who agreed to be called, and is it still so?"""

from collections import defaultdict
from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from calls.consent import standing
from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.tenants.models import Tenant


def records_of(tenant: Tenant, number: str = "") -> QuerySet[ConsentRecord]:
    """Every record of the tenant, or of one number, the last recorded first."""
    rows = ConsentRecord.objects.filter(tenant=tenant)
    return (rows.filter(number=number) if number else rows).order_by("-id")


def consents_for(*, tenant: Tenant, number: str, now: datetime) -> list[ConsentRecord]:
    """The consents to call `number` that stand at `now`, the strongest and newest first."""
    known = list(records_of(tenant, number))
    ends = [revocation.at for revocation in revocations_of(tenant, number)] if known else []
    return standing.in_force(known, now, revocations=ends)


def in_force_among(
    records: Collection[ConsentRecord], *, tenant: Tenant, now: datetime
) -> frozenset[UUID]:
    """Which of these records stand at `now`, each judged beside all that is known of its number."""
    known: dict[str, list[ConsentRecord]] = defaultdict(list)
    ends: dict[str, list[datetime]] = defaultdict(list)
    numbers = {record.number for record in records}
    for record in records_of(tenant).filter(number__in=numbers):
        known[record.number].append(record)
    for revocation in ConsentRevocation.objects.filter(tenant=tenant, number__in=numbers):
        ends[revocation.number].append(revocation.at)
    stand = {
        record.pk
        for number, same in known.items()
        for record in standing.in_force(same, now, revocations=ends[number])
    }
    return frozenset(record.pk for record in records if record.pk in stand)


def revocations_of(tenant: Tenant, number: str) -> list[ConsentRevocation]:
    """When the person behind a number took consent back of which no record stood, first to last."""
    return list(ConsentRevocation.objects.filter(tenant=tenant, number=number).order_by("at"))


def revoked_since(at: datetime) -> QuerySet[ConsentRecord]:
    """Every consent taken back at or after an instant; calls that wait may rest on it."""
    return ConsentRecord.objects.filter(revoked_at__gte=at)
