"""Who tells people that an account paused by itself: one worker at a time, and again when it failed."""

from datetime import datetime, timedelta
from uuid import UUID

from calls.routes.models import CarrierAccount

# So long nobody else tells of it; after that the mail is taken for not sent.
LEASE = timedelta(minutes=1)


def take_telling(*, account_id: UUID, now: datetime) -> CarrierAccount | None:
    """The account to tell of; None when people were told, or somebody tells them just now."""
    account = CarrierAccount.objects.select_related("tenant").get(pk=account_id)
    if account.tell_at is None or account.tell_at > now:
        return None
    as_read = CarrierAccount.objects.filter(pk=account.pk, tell_at=account.tell_at)
    account.tell_at = now + LEASE
    return account if as_read.update(tell_at=account.tell_at) else None


def note_told(*, account: CarrierAccount) -> None:
    """People were told; unless it paused for something else meanwhile, nobody has to hear more."""
    rows = CarrierAccount.objects.filter(pk=account.pk, tell_at=account.tell_at)
    rows.update(tell_at=None)
