"""Verbs of consent: put it on record with its evidence, and take it back."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.consent.models import ConsentRecord
from calls.lib.errors import BadField
from calls.lib.phone import UnreadableNumber, read
from calls.tenants.models import Tenant
from calls.tenants.scope import must_be_allowed


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

    Raises NotPermitted, BadField.
    """
    must_be_allowed(actor, "consent:write", tenant)
    record = ConsentRecord(
        tenant=tenant,
        number=_number(number),
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
    must_be_allowed(actor, "consent:write", record.tenant)
    if not how.strip():
        raise BadField("how", "Say how they took it back, like: by phone, to Bob.")
    rows = ConsentRecord.objects.select_for_update()
    if rows.get(pk=record.pk).revoked_at is None:
        same = rows.filter(tenant=record.tenant_id, number=record.number, revoked_at__isnull=True)
        for each in same.filter(captured_at__lte=now):
            each.revoked_at, each.revoked_by, each.revoked_how = now, actor.name, how.strip()
            each.save(update_fields=["revoked_at", "revoked_by", "revoked_how"])
            _note(each, "consent.revoked", actor, now, {"how": how.strip()})
    record.refresh_from_db()
    return record


def _number(text: str) -> str:
    try:
        return read(text).e164
    except UnreadableNumber as problem:
        raise BadField("number", str(problem), "invalid_number") from None


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
    record: ConsentRecord, verb: str, actor: Actor, now: datetime, after: Mapping[str, object]
) -> None:
    audit.note(
        actor=actor, verb=verb, target=record, tenant_id=record.tenant_id, now=now, after=after
    )
