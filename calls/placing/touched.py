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


Stops = dict[UUID, tuple[str, bool]]


def waiting_touched_since(since: datetime) -> list[UUID]:
    """Ids of waiting calls that a gate should look at again, those to people who said stop first.

    Whose they are, the gates know best.
    """
    waiting = _waiting()
    found: dict[UUID, None] = {}
    for rows in (*_listed(waiting, since), *_withdrawn(waiting, since), *_leaked(waiting, since)):
        found |= dict.fromkeys(rows.order_by("pk").values_list("pk", flat=True))
    return list(found)


def stops_since(since: datetime) -> Stops:
    """What people said since an instant, or somebody for them: the number or prefix, by the row's key.

    What came with a registry's file is no word of theirs to us, and there may be very much of it.
    """
    entries = entries_since(since).filter(registry__isnull=True)
    stops = {
        key: (number, wide)
        for key, number, wide in entries.values_list("pk", "number", "is_prefix")
    }
    revoked = revoked_since(since).values_list("pk", "number")
    return stops | {key: (number, False) for key, number in revoked}


def waiting_for(stops: Stops) -> list[UUID]:
    """Ids of waiting calls to these numbers and prefixes, whoever's."""
    waiting = _waiting()
    exact = [number for number, is_prefix in stops.values() if not is_prefix]
    chunks = [waiting.filter(to__in=exact[n : n + MANY]) for n in range(0, len(exact), MANY)]
    wide = [waiting.filter(to__startswith=n) for n, is_prefix in stops.values() if is_prefix]
    found: dict[UUID, None] = {}
    for rows in (*chunks, *wide):
        found |= dict.fromkeys(rows.order_by("pk").values_list("pk", flat=True))
    return list(found)


def _waiting() -> QuerySet[Call]:
    return Call.objects.filter(state__in=spelled(states.WAITING))


def _listed(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """Numbers on a do-not-call list, and those whose owner took consent back; wide entries last."""
    entries = entries_since(since)
    exact = entries.filter(is_prefix=False)
    numbers = list(exact.values_list("number", flat=True)[: MANY + 1])
    if len(numbers) > MANY:
        yield waiting.filter(Exists(exact.filter(number=OuterRef("to"))))
    elif numbers:
        yield waiting.filter(to__in=numbers)
    yield waiting.filter(to__in=revoked_since(since).values("number"))
    for prefix in entries.filter(is_prefix=True).values_list("number", flat=True):
        yield waiting.filter(to__startswith=prefix)


def _withdrawn(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """Words whose approval was taken back."""
    reviews = Review.objects.filter(withdrawn_at__gte=since)
    yield waiting.filter(greeting_revision__in=reviews.values("revision"))


def _leaked(waiting: QuerySet[Call], since: datetime) -> Iterator[QuerySet[Call]]:
    """What was asked for with a key that strangers may have."""
    for key in ApiKey.objects.filter(leaked_at__gte=since):
        yield waiting.filter(tenant=key.tenant_id, requester_id=key.public_id)
