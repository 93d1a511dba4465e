"""Verbs of the do-not-call list."""

import re
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dnc.models import DncEntry
from calls.lib.errors import BadField
from calls.tenants.models import Tenant


@transaction.atomic
def add_number(
    *,
    tenant: Tenant | None,
    number: str,
    reason: str,
    source: str,
    actor: Actor,
    now: datetime,
    is_prefix: bool = False,
) -> DncEntry:
    """Forbid calling `number` (E.164) from now on; asking twice changes nothing. Raises BadField.

    An entry that stands already is kept, but from now on it neither ends nor means less than asked.
    """
    if not re.fullmatch(r"\+[1-9][0-9]{0,14}" if is_prefix else r"\+[1-9][0-9]{6,14}", number):
        raise BadField("number", "Write the number in E.164, like +14155550100.", "invalid_number")
    entry, added = DncEntry.objects.get_or_create(
        tenant=tenant,
        number=number,
        lifted_at=None,
        defaults={
            "is_prefix": is_prefix,
            "reason": reason,
            "source": source,
            "added_by": actor.name,
            "added_at": now,
        },
    )
    if added:
        audit.note(
            actor=actor,
            verb="dnc.added",
            target=entry,
            tenant_id=entry.tenant_id,
            now=now,
            after={"reason": reason, "source": source},
        )
    else:
        _widen(entry, is_prefix=is_prefix, actor=actor, now=now)
    return entry


@transaction.atomic
def lift_number(*, entry: DncEntry, actor: Actor, now: datetime) -> DncEntry:
    """Allow a number again; the entry stays on record as lifted by whoever was first."""
    lifted = DncEntry.objects.filter(pk=entry.pk, lifted_at__isnull=True).update(
        lifted_at=now, lifted_by=actor.name
    )
    entry.refresh_from_db()
    if lifted:
        audit.note(actor=actor, verb="dnc.lifted", target=entry, tenant_id=entry.tenant_id, now=now)
    return entry


def _widen(entry: DncEntry, *, is_prefix: bool, actor: Actor, now: datetime) -> None:
    before: dict[str, bool | str] = {}
    if entry.expires_at is not None:
        before["expires_at"], entry.expires_at = entry.expires_at.isoformat(), None
    if is_prefix and not entry.is_prefix:
        before["is_prefix"], entry.is_prefix = False, True
    if not before:
        return
    entry.save(update_fields=list(before))
    audit.note(
        actor=actor,
        verb="dnc.widened",
        target=entry,
        tenant_id=entry.tenant_id,
        now=now,
        before=before,
        after={name: getattr(entry, name) for name in before},
    )
