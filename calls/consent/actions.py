"""Verbs of consent: put it on record with its evidence, and take it back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction
from django.db.models import Q

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.lib.errors import BadField
from calls.lib.phone import must_read
from calls.tenants.models import Tenant
from calls.tenants.scope import must_hold


@transaction.atomic
def record_consent(
    *,
    tenant: Tenant,
    number: str,
    kind: str,
    channel: str,
    text_shown: str,
    evidence: str,
    captured_at: datetime,
    actor: Actor,
    now: datetime,
    expires_at: datetime | None = None,
) -> ConsentRecord:
    """Put on record that somebody agreed to be called, to which words, and how that is shown.

    The same agreement (number, kind, evidence, instant) told again changes nothing: the record of it is
    given back, also one revoked since. Raises NotFound, NotPermitted, BadField.
    """
    must_hold(actor, tenant.pk, "consent:write")
    record = ConsentRecord(
        tenant=tenant,
        number=must_read("number", number).e164,
        kind=kind,
        channel=channel,
        text_shown=text_shown.strip(),
        evidence=evidence.strip(),
        captured_at=captured_at,
        recorded_at=now,
        recorded_by=actor.name,
        expires_at=expires_at,
    )
    _must_prove(record)
    _must_have_been(record)
    _take_turn(tenant)
    if known := _known(record):
        return known
    record.save(force_insert=True)
    after = {"kind": kind, "channel": channel, "captured_at": captured_at.isoformat()}
    _note(record, "consent.recorded", actor, now, after)
    return record


@transaction.atomic
def revoke_consent(
    *, record: ConsentRecord, how: str, actor: Actor, now: datetime
) -> ConsentRecord:
    """Take back what this person agreed to: this record and every other one captured before now.

    A record that was taken back already is left as it is, and so is what was agreed to since. Raises
    NotPermitted, BadField.
    """
    must_hold(actor, record.tenant_id, "consent:write")
    how = _told(how)
    _take_turn(record.tenant)
    record.refresh_from_db()
    if record.revoked_at is None:
        _take_back(record.tenant, record.number, how=how, actor=actor, now=now)
        record.refresh_from_db()
    return record


@transaction.atomic
def revoke_number(
    *, tenant: Tenant, number: str, how: str, actor: Actor, now: datetime
) -> list[ConsentRecord]:
    """Take back everything the person behind a number agreed to before now; which records that were.

    Where none stood, that they said so is kept: what was captured before and comes on record later does
    not count either. Raises NotFound, NotPermitted, BadField.
    """
    must_hold(actor, tenant.pk, "consent:write")
    e164, how = must_read("number", number).e164, _told(how)
    _take_turn(tenant)
    taken = _take_back(tenant, e164, how=how, actor=actor, now=now)
    if not taken:
        row = ConsentRevocation.objects.create(
            tenant=tenant, number=e164, at=now, by=actor.name[:200], how=how
        )
        _note(row, "consent.revoked_unrecorded", actor, now, {"how": how})
    return taken


def _take_turn(tenant: Tenant) -> None:
    """Let two who write about one person's consent do so one after the other."""
    Tenant.objects.select_for_update(no_key=True).get(pk=tenant.pk)


def _known(told: ConsentRecord) -> ConsentRecord | None:
    """The record of the same agreement, unless it ran out and is now said to go on."""
    same = ConsentRecord.objects.filter(
        tenant=told.tenant_id,
        number=told.number,
        kind=told.kind,
        evidence=told.evidence,
        captured_at=told.captured_at,
    )
    still = Q(expires_at__isnull=True) | Q(expires_at__gt=told.recorded_at)
    return same.filter(still).order_by("id").first()


def _take_back(
    tenant: Tenant, number: str, *, how: str, actor: Actor, now: datetime
) -> list[ConsentRecord]:
    rows = ConsentRecord.objects.filter(tenant=tenant, number=number, captured_at__lte=now)
    taken = list(rows.filter(revoked_at__isnull=True).order_by("id"))
    for each in taken:
        each.revoked_at, each.revoked_by, each.revoked_how = now, actor.name, how
        each.save(update_fields=["revoked_at", "revoked_by", "revoked_how"])
        _note(each, "consent.revoked", actor, now, {"how": how})
    return taken


def _told(how: str) -> str:
    if not how.strip():
        raise BadField("how", "Say how they took it back, like: by phone, to Bob.")
    if len(how.strip()) > 200:
        raise BadField("how", "Say how they took it back in at most 200 characters.")
    return how.strip()


def _must_prove(record: ConsentRecord) -> None:
    """A consent nobody can show is none."""
    if record.kind not in dict(ConsentRecord.KINDS):
        raise BadField("kind", "Consent is express or written.")
    if record.channel not in dict(ConsentRecord.CHANNELS):
        raise BadField("channel", "Say by which channel it was given.")
    if not record.text_shown:
        raise BadField("text_shown", "Give the words they agreed to, as they were shown.")
    if not record.evidence:
        raise BadField("evidence", "Say where the proof lies, like a document or a recording.")
    if len(record.evidence) > 500:
        raise BadField("evidence", "Name the proof in at most 500 characters.")


def _must_have_been(record: ConsentRecord) -> None:
    if record.captured_at > record.recorded_at:
        raise BadField("captured_at", "Consent cannot be of the future. Check day and time.")
    if record.expires_at is not None and record.expires_at <= record.recorded_at:
        raise BadField("expires_at", "It would be over already. Choose a later end, or none.")


def _note(
    record: ConsentRecord | ConsentRevocation,
    verb: str,
    actor: Actor,
    now: datetime,
    after: Mapping[str, object],
) -> None:
    audit.note(
        actor=actor, verb=verb, target=record, tenant_id=record.tenant_id, now=now, after=after
    )
