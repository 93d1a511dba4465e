"""Everything that is on record about one call, and what carriers sent us."""

from dataclasses import dataclass

from django.db.models import Q, QuerySet

from calls.audit.models import AuditEntry
from calls.dispatch.models import Attempt
from calls.events.models import InboundEvent
from calls.records.models import Call, CallEvent, Receipt
from calls.routes.models import CarrierAccount
from calls.tenants import scope
from calls.tenants.models import Tenant


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


def inbox_of(tenant: Tenant, *, orgs: frozenset[str] | None) -> QuerySet[InboundEvent]:
    """Carrier events that are the tenant's, newest first: of its own accounts, and about its own calls.

    A reader limited to `orgs` sees those about calls of these business units and of none.
    """
    own = list(CarrierAccount.objects.filter(tenant=tenant).values_list("pk", flat=True))
    rows = InboundEvent.objects.filter(Q(account__in=own) | Q(call__tenant=tenant))
    if orgs is not None:
        rows = rows.filter(scope.of_orgs(orgs, "call__org"), call__isnull=False)
    return rows.select_related("account", "call").order_by("-id")


def inbound_of(tenant: Tenant, public_id: str, *, orgs: frozenset[str] | None) -> InboundEvent:
    """One of them. Raises NotFound."""
    return scope.one_of(inbox_of(tenant, orgs=orgs), public_id)


def last_unsigned(tenant: Tenant) -> AuditEntry | None:
    """The newest record that something unsigned came to one of the tenant's own accounts; once an hour it is kept."""
    own = CarrierAccount.objects.filter(tenant=tenant)
    rows = AuditEntry.objects.filter(
        tenant_id=tenant.pk,
        target_id__in=[account.public_id for account in own],
        verb="security.unsigned_event",
    )
    return rows.order_by("-id").first()
