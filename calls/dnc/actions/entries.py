"""Forbidding one number, or a beginning of numbers, and allowing it again."""

import re
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dnc import breadth
from calls.dnc.models import DncEntry
from calls.lib.errors import BadField
from calls.tenants.models import Tenant
from calls.tenants.scope import must_act_for_all, must_hold, runs_the_house

REPLACED = "a wider entry"


class PrefixTooShort(BadField):
    """A beginning that stops most of a country is a slip or a stolen key, hardly ever meant."""

    code = "prefix_too_short"


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
    expires_at: datetime | None = None,
) -> DncEntry:
    """Forbid calling `number` (E.164) from now on; asking twice changes nothing. Raises BadField.

    An entry that stands already is kept when it forbids as much and as long. Otherwise a wider one takes
    its place, so that calls that wait meet it as something new. Raises NotFound,
    NotPermitted, PrefixTooShort.
    """
    must_hold(actor, tenant.pk if tenant else None, "dnc:write")
    if not re.fullmatch(r"\+[1-9][0-9]{0,14}" if is_prefix else r"\+[1-9][0-9]{6,14}", number):
        raise BadField("number", "Write the number in E.164, like +14155550100.", "invalid_number")
    if is_prefix:
        must_be_narrow(number, actor=actor)
    if expires_at is not None and expires_at <= now:
        raise BadField("expires_at", "This end is over already. Choose a later one, or none.")
    asked = DncEntry(
        tenant=tenant,
        number=number,
        is_prefix=is_prefix,
        reason=reason,
        source=source,
        added_by=actor.name,
        added_at=now,
        expires_at=expires_at,
    )
    return _keep(asked, actor=actor, now=now)


def must_be_narrow(beginning: str, *, actor: Actor) -> None:
    """Let only the house itself stop a country with one entry. Raises PrefixTooShort."""
    least = breadth.LEAST_TO_LIFT if actor.can("dnc:lift") else breadth.LEAST
    if runs_the_house(actor) or not breadth.is_too_wide(beginning, least=least):
        return
    raise PrefixTooShort(
        "number",
        f"{beginning} would stop too many numbers at once. Write at least {least} digits after the country"
        " code"
        + (
            "."
            if least == breadth.LEAST_TO_LIFT
            else ", or ask an owner or admin: three do for them."
        ),
    )


@transaction.atomic
def lift_number(*, entry: DncEntry, actor: Actor, now: datetime, reason: str = "") -> DncEntry:
    """Allow a number again; the entry stays on record as lifted by whoever was first.

    It forbids the number to every business unit, so nobody lifts it who acts for some.
    Raises NotFound, NotPermitted; BadField for what came with a registry, which only its next copy lifts.
    """
    must_hold(actor, entry.tenant_id, "dnc:lift")
    must_act_for_all(actor)
    if entry.registry_id is not None:
        raise BadField("entry", "This number came with a registry; its next copy lifts it.")
    lifted = _lift(entry, by=actor.name, now=now)
    entry.refresh_from_db()
    if lifted:
        audit.note(
            actor=actor,
            verb="dnc.lifted",
            target=entry,
            tenant_id=entry.tenant_id,
            now=now,
            after={"reason": reason} if reason else {},
        )
    return entry


def _keep(asked: DncEntry, *, actor: Actor, now: datetime) -> DncEntry:
    """The entry that stands for what is asked: the one there is, or a new one."""
    standing = _standing(asked)
    if standing is None:
        return _write(asked, "dnc.added", actor)
    if _covers(standing, asked, now):
        return standing
    asked.is_prefix = asked.is_prefix or standing.is_prefix
    ends = (asked.expires_at, standing.expires_at)
    asked.expires_at = None if None in ends else max(end for end in ends if end)
    _lift(standing, by=REPLACED, now=now)
    return _write(asked, "dnc.widened", actor, before=_extent(standing))


def _standing(asked: DncEntry) -> DncEntry | None:
    """The entry of the same owner for the same digits, nobody else touching it until we are done."""
    rows = DncEntry.objects.select_for_update().filter(
        tenant=asked.tenant, number=asked.number, registry=None, lifted_at=None
    )
    return rows.first()


def _covers(standing: DncEntry, asked: DncEntry, now: datetime) -> bool:
    """Whether a standing entry forbids all that is asked, for as long."""
    if asked.is_prefix and not standing.is_prefix:
        return False
    if standing.expires_at is None:
        return True
    wanted = asked.expires_at
    return standing.expires_at > now and wanted is not None and wanted <= standing.expires_at


def _write(
    entry: DncEntry, verb: str, actor: Actor, before: dict[str, object] | None = None
) -> DncEntry:
    """A new row and its audit entry; where another request was quicker, its row."""
    row, added = DncEntry.objects.get_or_create(
        tenant=entry.tenant,
        number=entry.number,
        registry=None,
        lifted_at=None,
        defaults={
            name: getattr(entry, name)
            for name in ("is_prefix", "reason", "source", "added_by", "added_at", "expires_at")
        },
    )
    if added:
        audit.note(
            actor=actor,
            verb=verb,
            target=row,
            tenant_id=row.tenant_id,
            now=row.added_at,
            before=before,
            after={"reason": row.reason, "source": row.source} | (_extent(row) if before else {}),
        )
    return row


def _lift(entry: DncEntry, *, by: str, now: datetime) -> int:
    rows = DncEntry.objects.filter(pk=entry.pk, lifted_at__isnull=True)
    return rows.update(lifted_at=now, lifted_by=by)


def _extent(entry: DncEntry) -> dict[str, object]:
    until = entry.expires_at
    return {"is_prefix": entry.is_prefix, "expires_at": until.isoformat() if until else None}
