"""When a key was used, from where, and for what: a clock reading once a minute."""

from datetime import datetime

from django.db.models import F

from calls.tenants import usage
from calls.tenants.models import ApiKey, KeyUse

_uses = usage.Uses()


def note_key_use(
    *, key: ApiKey, now: datetime, address: str = "", endpoint: str = "", scope: str = ""
) -> None:
    """Remember when, whence and for what a key was used, at most once a minute."""
    if key.last_used_at is None or now - key.last_used_at >= usage.SELDOM:
        whence = usage.network_of(address)
        ApiKey.objects.filter(pk=key.pk).update(last_used_at=now, last_used_from=whence)
    if endpoint and (count := _uses.take(key.pk, endpoint, now)):
        _add(key, endpoint[:100], scope, count, now)


def _add(key: ApiKey, endpoint: str, scope: str, count: int, now: datetime) -> None:
    rows = KeyUse.objects.filter(key=key, day=now.date(), endpoint=endpoint)
    if not rows.update(count=F("count") + count, scope=scope, last_at=now):
        # Where another process was quicker with the day's first use, ours goes uncounted.
        new = KeyUse(key=key, day=now.date(), endpoint=endpoint, scope=scope, count=count)
        new.last_at = now
        KeyUse.objects.bulk_create([new], ignore_conflicts=True)
