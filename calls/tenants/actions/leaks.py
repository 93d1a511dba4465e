"""A key that somebody found where it should not be: it ends at once, and its tenant's admins hear of it."""

from datetime import datetime, timedelta

from django.db import transaction

from calls.audit.actor import Actor
from calls.lib.errors import BadField
from calls.tenants import keys
from calls.tenants.actions.keys import revoke_key
from calls.tenants.models import ApiKey

# So long nobody else tells of it; after that the mail is taken for not sent.
LEASE = timedelta(minutes=1)
REPORTED = "leak-report"


@transaction.atomic
def report_leak(
    *, presented: str, now: datetime, source: str = "", request_id: str = ""
) -> ApiKey | None:
    """End the key that somebody holds who should not; None where it opens nothing and ended before.

    Whoever has a key may end it, so nobody is asked who they are. Raises BadField for what is no key.
    """
    spelled = keys.parse(presented.strip())
    if spelled is None:
        raise BadField(
            "key", "This is no key of ours: it is mistyped or cut off. Send all of it.", "no_key"
        )
    found = ApiKey.objects.select_for_update(of=("self",)).filter(key_id=spelled.key_id).first()
    if found is None or not keys.same(found.sha256, spelled.sha256) or found.leaked_at:
        return None
    reporter = Actor(kind="system", id=REPORTED, name="leak report", request_id=request_id)
    key = revoke_key(
        key=found, actor=reporter, now=now, leaked=True, source=keys.without_keys(source)
    )
    key.tell_leak_at = now
    key.save(update_fields=["tell_leak_at"])
    return key


def take_leak_telling(*, key: ApiKey, now: datetime) -> bool:
    """Take the turn to tell of a leak; False when somebody tells just now, or has."""
    as_read = ApiKey.objects.filter(pk=key.pk, tell_leak_at=key.tell_leak_at)
    key.tell_leak_at = now + LEASE
    return bool(as_read.update(tell_leak_at=key.tell_leak_at))


def note_leak_told(*, key: ApiKey) -> None:
    """The admins were told; nobody has to hear more."""
    ApiKey.objects.filter(pk=key.pk, tell_leak_at=key.tell_leak_at).update(tell_leak_at=None)
