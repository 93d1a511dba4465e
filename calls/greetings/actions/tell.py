"""Who tells people where a review stands: one worker at a time, and again when it failed."""

from datetime import datetime, timedelta
from uuid import UUID

from calls.greetings.models import Review
from calls.greetings.queries import review

# So long nobody else tells of it; after that the mail is taken for not sent.
LEASE = timedelta(minutes=1)


def take_telling(*, review_id: UUID, now: datetime) -> Review | None:
    """The review to tell of; None when people were told, or somebody tells them just now."""
    asked = review(review_id)
    if asked.tell_at is None or asked.tell_at > now:
        return None
    as_read = Review.objects.filter(pk=asked.pk, tell_at=asked.tell_at, decision=asked.decision)
    asked.tell_at = now + LEASE
    return asked if as_read.update(tell_at=asked.tell_at) else None


def note_told(*, asked: Review) -> None:
    """People were told; unless it was decided meanwhile, nobody has to hear more."""
    Review.objects.filter(pk=asked.pk, tell_at=asked.tell_at).update(tell_at=None)
