"""Who agreed to be called, and is it still so?"""

from datetime import datetime

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


def revoked_since(at: datetime) -> QuerySet[ConsentRecord]:
    """Every consent taken back at or after an instant; calls that wait may rest on it."""
    return ConsentRecord.objects.filter(revoked_at__gte=at)
