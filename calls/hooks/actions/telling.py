"""That an endpoint was disabled, and its tenant's admins heard of it."""

from datetime import datetime, timedelta

from calls.hooks.models import Endpoint

# So long nobody else tells of it; after that the mail is taken for not sent.
LEASE = timedelta(minutes=1)


def take_disabled_telling(*, endpoint: Endpoint, now: datetime) -> bool:
    """Take the turn to tell of it; False when somebody tells just now, or has."""
    as_read = Endpoint.objects.filter(pk=endpoint.pk, tell_at=endpoint.tell_at)
    endpoint.tell_at = now + LEASE
    return bool(as_read.update(tell_at=endpoint.tell_at))


def note_disabled_told(*, endpoint: Endpoint) -> None:
    """The admins were told; nobody has to hear more."""
    Endpoint.objects.filter(pk=endpoint.pk, tell_at=endpoint.tell_at).update(tell_at=None)
