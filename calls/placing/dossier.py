"""Everything on record about one number: lists, consent, and every call with its receipts."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.consent.queries import revocations_of
from calls.contacts.models import Contact
from calls.dnc.models import DncEntry
from calls.dnc.queries import entries_against
from calls.lib.phone import Number
from calls.records import states
from calls.records.models import Call, Receipt
from calls.records.queries import calls_of
from calls.tenants.models import Tenant


@dataclass(frozen=True, slots=True)
class Dossier:
    """What a tenant has on record about a number; `calls` are the newest of `total`."""

    tenant: Tenant
    number: Number
    contact: Contact | None
    entries: list[DncEntry]
    consents: list[ConsentRecord]
    revocations: list[ConsentRevocation]
    calls: list[Call]
    total: int
    waiting: int

    @property
    def is_listed(self) -> bool:
        """Whether the tenant itself listed exactly this number."""
        own = (entry for entry in self.entries if entry.tenant_id and not entry.registry_id)
        return any(not entry.is_prefix for entry in own)


def dossier_of(
    tenant: Tenant, number: Number, *, orgs: frozenset[str] | None, now: datetime, most: int
) -> Dossier:
    """The dossier of a number, at most `most` calls of the business units the reader may see."""
    calls = calls_of(tenant, orgs=orgs).filter(to=number.e164)
    consents = ConsentRecord.objects.filter(tenant=tenant, number=number.e164)
    return Dossier(
        tenant=tenant,
        number=number,
        contact=Contact.objects.filter(tenant=tenant, number=number.e164).first(),
        entries=list(
            entries_against(tenant=tenant, number=number.e164, now=now).order_by("added_at")
        ),
        consents=list(consents.order_by("-captured_at")),
        revocations=revocations_of(tenant, number.e164),
        calls=list(calls.prefetch_related("receipts")[:most]),
        total=calls.count(),
        waiting=calls.filter(state__in=states.WAITING).count(),
    )


def as_record(dossier: Dossier) -> dict[str, Any]:
    """The dossier as data, for an export."""
    number, contact = dossier.number, dossier.contact
    return {
        "tenant": {"slug": dossier.tenant.slug, "name": dossier.tenant.name},
        "number": {
            "e164": number.e164,
            "country": number.region,
            "line_type": number.line_type,
            "zones": list(number.zones),
        },
        "stated": _columns(contact, "time_zone", "jurisdiction", "source", "stated_by", "stated_at")
        if contact
        else None,
        "do_not_call": [_entry(entry) for entry in dossier.entries],
        "consent": [_consent(record) for record in dossier.consents],
        "consent_taken_back_unrecorded": [
            {"id": row.public_id} | _columns(row, "at", "by", "how") for row in dossier.revocations
        ],
        "calls_on_record": dossier.total,
        "calls": [_call(call) for call in dossier.calls],
    }


def approver_of(call: Call) -> str:
    """Who had approved the words, as the newest receipt of the call saw it; empty when nobody had."""
    for receipt in reversed(_receipts(call)):
        for verdict in receipt.verdicts:
            if verdict["gate"] == "greeting":
                return str(verdict["saw"].get("approved_by", ""))
    return ""


def _receipts(call: Call) -> list[Receipt]:
    return sorted(call.receipts.all(), key=lambda receipt: receipt.pk)


def _entry(entry: DncEntry) -> dict[str, Any]:
    shown = _columns(entry, "number", "is_prefix", "reason", "source", "added_by", "added_at")
    scope = "tenant" if entry.tenant_id else "platform"
    return {"id": entry.public_id, "list": scope, "expires_at": entry.expires_at} | shown


def _consent(record: ConsentRecord) -> dict[str, Any]:
    shown = ("kind", "channel", "text_shown", "evidence", "captured_at", "recorded_at")
    ended = ("recorded_by", "expires_at", "revoked_at", "revoked_by", "revoked_how")
    return {"id": record.public_id} | _columns(record, *shown, *ended)


def _call(call: Call) -> dict[str, Any]:
    shown = ("to", "caller_id", "state", "reason", "reason_text", "created_at", "due_at")
    later = ("dialled_at", "ended_at", "duration_seconds", "requester_name", "door", "reference")
    return {
        "call_sid": call.sid,
        **_columns(call, *shown, *later),
        "agent": call.agent.agent_key,
        "greeting": call.greeting_text,
        "greeting_sha256": call.greeting_sha256,
        "approved_by": approver_of(call),
        "receipts": [_receipt(receipt) for receipt in _receipts(call)],
    }


def _receipt(receipt: Receipt) -> dict[str, Any]:
    shown = (
        "moment",
        "at",
        "allowed",
        "rules_version",
        "verdicts",
        "sha256",
        "seal_number",
        "seal",
    )
    return {"id": receipt.public_id} | _columns(receipt, *shown)


def _columns(row: Any, *names: str) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}
