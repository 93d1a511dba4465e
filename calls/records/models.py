"""Calls, their history and the receipts of every decision about them."""

from datetime import datetime

from django.db import models
from django.db.models import Q

from calls.agents.models import Agent, AgentVersion
from calls.audit.models import SealedRow
from calls.greetings.models import GreetingRevision
from calls.lib.rows import Row
from calls.records import states
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants.models import Org, TenantRow

VERSION_CHANGED = "version_changed"


class Call(TenantRow):
    """One intended phone call: everything asked, everything resolved, and where it stands.

    Refused calls are kept too. Times are UTC instants; numbers are E.164; durations are seconds.
    """

    PREFIX = "CA"

    # What was asked, and by whom (names frozen).
    to = models.CharField(max_length=16)
    door = models.CharField(max_length=10)
    requester_id = models.CharField(max_length=64)
    requester_name = models.CharField(max_length=200)
    reference = models.CharField(max_length=200, blank=True)
    metadata = models.JSONField(default=dict)
    # Null, not empty: the unique constraints below skip calls without one.
    idempotency_key = models.CharField(max_length=255, null=True)  # noqa: DJ001
    fingerprint = models.CharField(max_length=64)
    # Where it goes, for velocity: the country group, and the number without its last four digits.
    country = models.CharField(max_length=3, blank=True)
    prefix = models.CharField(max_length=16, blank=True)

    # What it resolved to.
    org = models.ForeignKey(Org, on_delete=models.PROTECT, null=True)
    route = models.ForeignKey(PhoneRoute, on_delete=models.PROTECT)
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT)
    caller_id = models.CharField(max_length=16)
    agent = models.ForeignKey(Agent, on_delete=models.PROTECT)
    agent_version = models.ForeignKey(AgentVersion, on_delete=models.PROTECT, null=True)
    version_chosen = models.BooleanField(default=False)
    greeting_revision = models.ForeignKey(GreetingRevision, on_delete=models.PROTECT, null=True)
    greeting_text = models.TextField(blank=True)
    greeting_sha256 = models.CharField(max_length=64, blank=True)

    # When.
    created_at = models.DateTimeField()
    due_at = models.DateTimeField()
    expires_at = models.DateTimeField()
    dialled_at = models.DateTimeField(null=True)
    started_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # Where it stands.
    state = models.CharField(max_length=12, choices=[(s, s) for s in states.STATES])
    outcome = models.CharField(max_length=12)
    reason = models.CharField(max_length=40, blank=True)
    reason_text = models.CharField(max_length=300, blank=True)
    carrier_call_id = models.CharField(max_length=128, null=True)  # noqa: DJ001
    carrier_word = models.CharField(max_length=64, blank=True)
    disposition = models.CharField(max_length=10, blank=True)
    duration_seconds = models.PositiveIntegerField(null=True)
    escalated = models.BooleanField(default=False)
    # In the currency of its carrier account; null until the call is over, or without a price.
    cost = models.DecimalField(max_digits=10, decimal_places=4, null=True)
    summary = models.TextField(blank=True)

    # The call this one dials again and which redial of it this is; and when a redial of this one is to be arranged.
    redial_of = models.ForeignKey(
        "self", on_delete=models.PROTECT, null=True, related_name="redials", db_index=False
    )
    redial_number = models.PositiveSmallIntegerField(default=0)
    redial_at = models.DateTimeField(null=True)

    # Who works on it, and when the carrier is asked about it next.
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    # The carrier proved that it did not take the last request: the next one is a retry, and has a budget.
    retrying = models.BooleanField(default=False)
    next_check_at = models.DateTimeField(null=True)
    checks = models.PositiveIntegerField(default=0)
    # When whoever asked for it has to be told by mail that it is refused; null: they were, or know.
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "idempotency_key"],
                condition=Q(idempotency_key__isnull=False),
                name="call_one_per_idempotency_key",
            ),
            models.UniqueConstraint(
                fields=["account", "carrier_call_id"],
                condition=Q(carrier_call_id__isnull=False),
                name="call_one_per_carrier_call_id",
            ),
            models.UniqueConstraint(
                fields=["redial_of", "redial_number"],
                condition=Q(redial_of__isnull=False),
                name="call_redialled_once_each",
            ),
            models.CheckConstraint(
                condition=Q(redial_of=None, redial_number=0)
                | Q(redial_of__isnull=False, redial_number__gt=0),
                name="call_redial_is_numbered",
            ),
            models.CheckConstraint(condition=Q(state__in=states.STATES), name="call_state_known"),
            models.CheckConstraint(
                condition=Q(outcome__in=states.OUTCOMES), name="call_outcome_known"
            ),
            models.CheckConstraint(
                condition=~Q(state="dispatching") | Q(lease_until__isnull=False),
                name="call_dispatching_has_lease",
            ),
            models.CheckConstraint(
                condition=Q(state="refused") | Q(greeting_revision__isnull=False),
                name="call_speaks_approved_words",
            ),
        ]
        indexes = [
            # The call list, newest first.
            models.Index(fields=["tenant", "-id"], name="call_newest"),
            models.Index(fields=["tenant", "state", "-id"], name="call_by_state"),
            models.Index(fields=["tenant", "outcome", "-id"], name="call_by_outcome"),
            # Everything about one number; also the duplicate gate.
            models.Index(fields=["tenant", "to", "-id"], name="call_by_number"),
            # Velocity: the newest calls of a requester, over a route, by an agent, to a country, to a prefix.
            models.Index(fields=["tenant", "requester_id", "-id"], name="call_by_requester"),
            models.Index(fields=["tenant", "route", "-id"], name="call_by_route"),
            models.Index(fields=["tenant", "agent", "-id"], name="call_by_agent"),
            models.Index(fields=["tenant", "country", "-id"], name="call_by_country"),
            models.Index(fields=["tenant", "prefix", "-id"], name="call_by_prefix"),
            # What a tenant spent today: everything the sum needs, so that no row is read.
            models.Index(
                fields=["tenant", "dialled_at", "cost"],
                condition=Q(cost__isnull=False),
                name="call_spent",
            ),
            # What a do-not-call entry or a withdrawal has to stop.
            models.Index(
                fields=["to"],
                condition=Q(state__in=states.WAITING),
                name="call_waiting_to",
            ),
            models.Index(
                fields=["greeting_revision"],
                condition=Q(state__in=states.WAITING),
                name="call_waiting_words",
            ),
            # Looked at every second: what waits for an owner's decision.
            models.Index(fields=["expires_at"], condition=Q(state="held"), name="call_held"),
            # The hot queue: finished rows leave it (R2.11).
            models.Index(
                fields=["account", "due_at"], condition=Q(state="queued"), name="call_due"
            ),
            models.Index(
                fields=["account", "tenant", "retrying", "due_at"],
                condition=Q(state="queued"),
                name="call_turn",
            ),
            models.Index(fields=["expires_at"], condition=Q(state="queued"), name="call_expiring"),
            models.Index(
                fields=["redial_at"], condition=Q(redial_at__isnull=False), name="call_to_redial"
            ),
            models.Index(
                fields=["lease_until"], condition=Q(state="dispatching"), name="call_lease"
            ),
            models.Index(
                fields=["next_check_at"],
                condition=Q(next_check_at__isnull=False),
                name="call_next_check",
            ),
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="call_untold"
            ),
            models.Index(
                fields=["account"],
                condition=Q(state__in=states.IN_FLIGHT),
                name="call_in_flight",
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def sid(self) -> str:
        """The public `call_sid`."""
        return self.public_id

    @property
    def status(self) -> str:
        """The contract's word for the state."""
        return states.PUBLIC_STATUS[self.state]

    @property
    def is_over(self) -> bool:
        """Whether the state can never change again."""
        return self.state in states.TERMINAL

    @property
    def can_be_canceled(self) -> bool:
        """Whether no request to the carrier has been started."""
        return self.state in states.WAITING

    def is_scheduled(self, now: datetime) -> bool:
        """Queued with its minute still to come."""
        return self.state == states.QUEUED and self.due_at > now


class CallEvent(Row):
    """One thing that happened to a call, never changed; rollups fold each exactly once."""

    PREFIX = "ce_"

    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="events")
    what = models.CharField(max_length=40)
    source = models.CharField(max_length=20)
    at = models.DateTimeField()
    data = models.JSONField(default=dict)
    # The count this event moves the call out of and into; equal when it moves none.
    outcome_before = models.CharField(max_length=12, blank=True)
    outcome_after = models.CharField(max_length=12, blank=True)
    reason_before = models.CharField(max_length=40, blank=True)
    reason_after = models.CharField(max_length=40, blank=True)
    folded_at = models.DateTimeField(null=True)
    # When webhooks took it up, whether or not anybody wanted to hear of it.
    published_at = models.DateTimeField(null=True)

    class Meta:
        indexes = [
            models.Index(fields=["call", "id"], name="callevent_timeline"),
            models.Index(
                fields=["id"],
                condition=Q(published_at__isnull=True),
                name="callevent_unpublished",
            ),
            models.Index(
                fields=["id"], condition=Q(folded_at__isnull=True), name="callevent_unfolded"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.what} of {self.call_id}"


class Receipt(SealedRow):
    """What every gate saw and decided, at one moment (accept, dial or stop) about one call."""

    PREFIX = "rc_"
    CHAIN = "receipts"
    ACCEPT, DIAL, STOP = "accept", "dial", "stop"

    tenant_id = models.UUIDField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="receipts")
    moment = models.CharField(
        max_length=8, choices=[(ACCEPT, "Accepted"), (DIAL, "Dialled"), (STOP, "Stopped")]
    )
    at = models.DateTimeField()
    allowed = models.BooleanField()
    rules_version = models.CharField(max_length=40)
    verdicts = models.JSONField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "seal_number"],
                condition=Q(seal_number__isnull=False),
                name="receipt_one_per_seal_number",
            ),
        ]
        indexes = [
            models.Index(fields=["call", "id"], name="receipt_of_call"),
            models.Index(
                fields=["tenant_id", "id"],
                condition=Q(seal_number__isnull=True),
                name="receipt_unsealed",
            ),
        ]

    def __str__(self) -> str:
        return f"Receipt of {self.call_id} at {self.moment}"
