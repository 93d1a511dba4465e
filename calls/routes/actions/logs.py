"""What became of reading an account's call log: signs for people, and no acts."""

from datetime import datetime

from calls.routes.models import CarrierAccount

LONGEST_TROUBLE = 200


def note_log(*, account: CarrierAccount, trouble: str, now: datetime) -> None:
    """Keep why a log could not be read to its end, and since when; empty: it was."""
    trouble = trouble[:LONGEST_TROUBLE]
    rows = CarrierAccount.objects.filter(pk=account.pk)
    if not trouble:
        rows.exclude(log_trouble="").update(log_trouble="", log_trouble_at=None)
        return
    rows.filter(log_trouble_at=None).update(log_trouble_at=now)
    rows.exclude(log_trouble=trouble).update(log_trouble=trouble)


def note_match(*, account: CarrierAccount, now: datetime) -> None:
    """The whole log was held against our records."""
    CarrierAccount.objects.filter(pk=account.pk).update(matched_at=now)
