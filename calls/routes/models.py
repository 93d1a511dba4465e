"""Where calls go out: carrier accounts and the phone numbers that ride on them."""

from decimal import Decimal

from django.db import models
from django.db.models import Q

from calls.agents.models import Agent
from calls.lib.rows import Row
from calls.tenants.models import Org, Tenant, TenantRow


class CarrierAccount(Row):
    """An account at a carrier. Credentials are sealed; the hook token is kept as SHA-256 only."""

    PREFIX = "ca_"
    SANDBOX, STATESET, TWILIO = "sandbox", "stateset", "twilio"
    SANDBOX_TWILIO = "sandbox-twilio"
    SANDBOXES = (SANDBOX, SANDBOX_TWILIO)
    # Carriers that speak Twilio's language: a SID and a token, and every event signed.
    LIKE_TWILIO = (TWILIO, SANDBOX_TWILIO)

    tenant = models.ForeignKey(
        Tenant,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        help_text="Empty: shared by every tenant of this installation.",
    )
    carrier = models.CharField(
        max_length=20,
        choices=[
            (SANDBOX, "Sandbox"),
            (SANDBOX_TWILIO, "Sandbox, as Twilio"),
            (STATESET, "StateSet Voice"),
            (TWILIO, "Twilio"),
        ],
    )
    name = models.CharField(max_length=100)
    base_url = models.URLField()
    sealed_api_key = models.TextField()
    # Since when its log is read with this key at this address: calls asked for before may be in another log.
    log_since = models.DateTimeField(null=True, editable=False)
    hook_token_sha256 = models.CharField(max_length=64, unique=True)
    sealed_hook_secrets = models.JSONField(default=list)
    # What was valid before a rotation, and until when it still is (R3.10).
    sealed_former_secrets = models.JSONField(default=list, editable=False)
    former_secrets_until = models.DateTimeField(null=True, editable=False)
    former_token_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    former_token_until = models.DateTimeField(null=True, editable=False)
    # What a begun minute costs, for the spend cap; 0 means unknown, and nothing is capped.
    price_per_minute = models.DecimalField(max_digits=8, decimal_places=4, default=Decimal(0))
    cps = models.FloatField(default=1.0)
    concurrency = models.PositiveIntegerField(default=10)
    # The earliest instants at which the next call may be claimed, and the next request may leave: spacing
    # them by 1/cps keeps every rolling second within the carrier's limit, whichever worker sends.
    next_slot_at = models.DateTimeField(null=True, blank=True)
    next_send_at = models.DateTimeField(null=True, blank=True)
    # Whose call was taken last; the next turn is another tenant's.
    served_tenant_id = models.UUIDField(null=True, blank=True, editable=False)
    paused_at = models.DateTimeField(null=True, blank=True)
    paused_reason = models.CharField(max_length=200, blank=True)
    # When its admins have to be told that it paused by itself; null: they were, or somebody paused it.
    tell_at = models.DateTimeField(null=True, editable=False)
    # The breaker: since when the carrier does not answer, when a GET asks it next, when it last
    # answered again, and how often in a row that did not last.
    broken_at = models.DateTimeField(null=True, blank=True)
    probe_at = models.DateTimeField(null=True, blank=True)
    mended_at = models.DateTimeField(null=True, blank=True)
    breaks = models.PositiveSmallIntegerField(default=0)
    # Why its log could not be read to the end the last time, and since when; and when it was last held
    # against our records whole.
    log_trouble = models.CharField(max_length=200, blank=True, db_default="", editable=False)
    log_trouble_at = models.DateTimeField(null=True, editable=False)
    matched_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(cps__gt=0), name="account_cps_positive"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """Whether nobody real is ever rung by this account."""
        return self.carrier in self.SANDBOXES

    @property
    def is_like_twilio(self) -> bool:
        """Whether its carrier signs events with the credential, and is told their address with each call."""
        return self.carrier in self.LIKE_TWILIO

    @property
    def why_it_waits(self) -> str:
        """Why this account sends nothing at the moment; empty when it does."""
        if self.paused_at is not None:
            return self.paused_reason or "It was paused."
        return "The carrier does not answer." if self.broken_at is not None else ""


class PhoneRoute(TenantRow):
    """A phone number of the tenant that calls can show as caller ID."""

    PREFIX = "rt_"

    org = models.ForeignKey(Org, on_delete=models.PROTECT, null=True, blank=True)
    number = models.CharField(max_length=16, help_text="Caller ID, E.164.")
    label = models.CharField(max_length=100, blank=True)
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="routes")
    default_agent = models.ForeignKey(
        Agent, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # Narrows the tenant's countries for this caller ID; null means it does not.
    country_groups = models.JSONField(null=True, blank=True)
    is_default = models.BooleanField(default=False)
    enabled = models.BooleanField(default=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "number"], name="route_number_unique"),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(is_default=True, org__isnull=True),
                name="route_one_default_per_tenant",
            ),
            models.UniqueConstraint(
                fields=["tenant", "org"],
                condition=Q(is_default=True, org__isnull=False),
                name="route_one_default_per_org",
            ),
        ]

    def __str__(self) -> str:
        return self.label or self.number
