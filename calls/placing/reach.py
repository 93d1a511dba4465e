"""What would an entry on the do-not-call list hit, that forbids all numbers which begin so?"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from calls.records import states
from calls.records.models import Call
from calls.tenants.models import Tenant

LATELY = timedelta(days=30)


@dataclass(frozen=True, slots=True)
class Reach:
    """Calls of a tenant that wait, and numbers it called in the last 30 days."""

    waiting: int
    called: int


def reach_of(tenant: Tenant, beginning: str, *, now: datetime) -> Reach:
    """How many of a tenant's calls and callees begin with these digits, in all its business units."""
    calls = Call.objects.filter(tenant=tenant, to__startswith=beginning)
    lately = calls.filter(dialled_at__gt=now - LATELY)
    return Reach(
        waiting=calls.filter(state__in=states.WAITING).count(),
        called=lately.values("to").distinct().count(),
    )
