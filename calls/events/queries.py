"""Everything that is on record about one call."""

from dataclasses import dataclass

from calls.audit.models import AuditEntry
from calls.dispatch.models import Attempt
from calls.events.models import InboundEvent
from calls.records.models import Call, CallEvent, Receipt


@dataclass(frozen=True, slots=True)
class Story:
    """What happened to a call, from every side: our steps, gates, requests, webhooks, people."""

    events: list[CallEvent]
    receipts: list[Receipt]
    attempts: list[Attempt]
    inbound: list[InboundEvent]
    audit: list[AuditEntry]


def story_of(call: Call) -> Story:
    """Each kind oldest first, in five queries."""
    audit = AuditEntry.objects.filter(tenant_id=call.tenant_id, target_id=call.public_id)
    return Story(
        events=list(call.events.order_by("id")),
        receipts=list(call.receipts.order_by("id")),
        attempts=list(call.attempts.order_by("number")),
        inbound=list(call.inbound.order_by("received_at", "id")),
        audit=list(audit.order_by("id")),
    )
