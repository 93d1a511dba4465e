"""Which waiting calls may be forbidden by something that is new since an instant?"""

from collections.abc import Iterator
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet

from calls.consent.queries import revoked_since
from calls.dnc.queries import entries_since
from calls.greetings.models import Review
from calls.lib.rows import spelled
from calls.records import states
from calls.records.models import Call
from calls.tenants.models import ApiKey

# Up to so many numbers are looked up one by one; more of them, call by call.
MANY = 500


def waiting_touched_since(since: datetime) -> list[UUID]:
    """Ids of waiting calls that a gate should look at again; whose they are, the gates know best."""
    waiting = Call.objects.filter(state__in=spelled(states.WAITING))
    found: set[UUID] = set()
    for rows in (*_listed(waiting, since), *_withdrawn(waiting, since), *_leaked(waiting, since)):
        found.update(rows.values_list("pk", flat=True))
    return sorted(found)


def _listed(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """Numbers on a do-not-call list, and those whose owner took consent back."""
    entries = entries_since(since)
    for prefix in entries.filter(is_prefix=True).values_list("number", flat=True):
        yield waiting.filter(to__startswith=prefix)
    exact = entries.filter(is_prefix=False)
    numbers = list(exact.values_list("number", flat=True)[: MANY + 1])
    if len(numbers) > MANY:
        yield waiting.filter(Exists(exact.filter(number=OuterRef("to"))))
    elif numbers:
        yield waiting.filter(to__in=numbers)
    yield waiting.filter(to__in=revoked_since(since).values("number"))


def _withdrawn(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """Words whose approval was taken back."""
    reviews = Review.objects.filter(withdrawn_at__gte=since)
    yield waiting.filter(greeting_revision__in=reviews.values("revision"))


def _leaked(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """What was asked for with a key that strangers may have."""
    for key in ApiKey.objects.filter(leaked_at__gte=since):
        yield waiting.filter(tenant=key.tenant_id, requester_id=key.public_id)
