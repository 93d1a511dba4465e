"""How often somebody gets mail: not more than once in a while, whoever sends it."""

from datetime import datetime, timedelta

from django.db.models import Q

from calls.tenants.models import User

QUIET = timedelta(minutes=5)


def take_mail(*, user: User, now: datetime) -> bool:
    """Take somebody's turn to get a mail; False when they had one within five minutes, or get one now."""
    long_ago = Q(mailed_at=None) | Q(mailed_at__lte=now - QUIET)
    return bool(User.objects.filter(long_ago, pk=user.pk).update(mailed_at=now))


def give_mail_back(*, user: User, now: datetime) -> None:
    """No mail has left in the turn taken at `now`; the next may be tried at once."""
    User.objects.filter(pk=user.pk, mailed_at=now).update(mailed_at=None)
