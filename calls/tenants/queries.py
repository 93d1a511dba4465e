"""What keys are used for, and who hears of them."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Max, Sum

from calls.tenants import roles
from calls.tenants.models import ApiKey, KeyUse, Member, User

LATELY = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class EndpointUse:
    """One endpoint a key used in the last seven days."""

    endpoint: str
    scope: str
    count: int
    last_at: datetime


def uses_of(key: ApiKey, *, now: datetime) -> list[EndpointUse]:
    """What a key was used for in the last seven days, the newest use first."""
    rows = KeyUse.objects.filter(key=key, day__gte=(now - LATELY).date())
    found = rows.values("endpoint", "scope").annotate(uses=Sum("count"), last=Max("last_at"))
    return [
        EndpointUse(row["endpoint"], row["scope"], row["uses"], row["last"])
        for row in found.order_by("-last")
    ]


def leaks_to_tell(*, now: datetime, most: int) -> list[ApiKey]:
    """Leaked keys of which somebody has to hear now, the longest waiting first."""
    due = ApiKey.objects.filter(tell_leak_at__lte=now).select_related("tenant")
    return list(due.order_by("tell_leak_at")[:most])


def keepers_of(key: ApiKey) -> list[User]:
    """Who answers for a key: its tenant's admins; of an admin key, whoever runs the installation."""
    if key.tenant_id is None:
        return list(User.objects.filter(is_superuser=True, is_active=True).order_by("email"))
    current = Member.objects.filter(tenant=key.tenant_id, role=roles.ADMIN, ended_at=None)
    rows = current.filter(user__is_active=True).select_related("user").order_by("user__email")
    return [member.user for member in rows]
