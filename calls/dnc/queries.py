"""Is this number on a do-not-call list?"""

from datetime import datetime

from django.db.models import Q, QuerySet

from calls.dnc.models import DncEntry
from calls.tenants.models import Tenant


def entries_against(*, tenant: Tenant, number: str, now: datetime) -> QuerySet[DncEntry]:
    """Every entry in force, platform's and tenant's, exact or by prefix, that forbids `number`."""
    beginnings = [number[:length] for length in range(2, len(number) + 1)]
    return (
        DncEntry.objects.filter(Q(tenant=tenant) | Q(tenant__isnull=True))
        .filter(Q(number=number) | Q(is_prefix=True), number__in=beginnings)
        .filter(Q(expires_at__isnull=True) | Q(expires_at__gt=now), lifted_at__isnull=True)
    )
