"""Verbs of the do-not-call list."""

from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dnc.models import DncEntry
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
    """Forbid calling `number` (E.164) from now on; asking twice changes nothing."""
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
    return entry


@transaction.atomic
def lift_number(*, entry: DncEntry, actor: Actor, now: datetime) -> DncEntry:
    """Allow a number again; the entry stays on record as lifted."""
    entry.lifted_at, entry.lifted_by = now, actor.name
    entry.save(update_fields=["lifted_at", "lifted_by"])
    audit.note(actor=actor, verb="dnc.lifted", target=entry, tenant_id=entry.tenant_id, now=now)
    return entry
