"""Rotation: a new key in place of one that goes on for a while, so that no program stops in between."""

from datetime import datetime, timedelta

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants import scope
from calls.tenants.actions.keys import KEYS, must_be_usable, write_key
from calls.tenants.models import ApiKey

OVERLAP = timedelta(hours=24)
LONGEST_OVERLAP = timedelta(days=30)


class KeyAlreadyRotated(Refusal):
    """A key has one successor, or nobody could tell which of them programs use."""

    code = "key_already_rotated"

    def __init__(self, successor: ApiKey) -> None:
        super().__init__(
            f"This key was rotated already: {successor} came in its place. Rotate that one.",
            replaced_by=successor.public_id,
        )


@transaction.atomic
def rotate_key(
    *, key: ApiKey, actor: Actor, now: datetime, overlap: timedelta = OVERLAP
) -> tuple[ApiKey, str]:
    """Give out a new key with the name, scopes, business units and end of this one; seen only now.

    The old one opens what it did for the `overlap` and not after its own end; without any overlap it is
    revoked at once. Calls that either of them asked for go on.
    Raises NotPermitted, NotFound, BadField, KeyNotUsable, KeyAlreadyRotated.
    """
    scope.must_hold(actor, key.tenant_id, KEYS)
    old = must_be_usable(key, now)
    scope.must_not_exceed(actor, old.org_keys)
    if not timedelta(0) <= overlap <= LONGEST_OVERLAP:
        raise BadField("overlap_hours", "Let the old key go on for 0 to 720 hours (30 days).")
    if successor := ApiKey.objects.filter(replaces=old).first():
        raise KeyAlreadyRotated(successor)
    new, spelled = write_key(_successor(old), actor=actor, now=now)
    _end(old, now + overlap, actor=actor, now=now)
    after = {"replaced_by": new.public_id, "valid_until": (old.revoked_at or old.expires_at)}
    audit.note(
        actor=actor,
        verb="key.rotated",
        target=old,
        tenant_id=old.tenant_id,
        now=now,
        after={name: str(value) for name, value in after.items()},
    )
    return new, spelled


def _successor(old: ApiKey) -> ApiKey:
    same = ("tenant", "kind", "name", "scopes", "org_keys", "expires_at")
    return ApiKey(replaces=old, **{name: getattr(old, name) for name in same})


def _end(old: ApiKey, end: datetime, *, actor: Actor, now: datetime) -> None:
    """A revocation holds whatever another process's clock says; an end in the future cannot."""
    if end <= now:
        old.revoked_at, old.revoked_by = now, actor.name[:200]
    else:
        old.expires_at = min(end, old.expires_at or end)
    old.save(update_fields=["expires_at", "revoked_at", "revoked_by"])
