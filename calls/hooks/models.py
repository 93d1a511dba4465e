"""Where tenants want to hear of what happens, and everything that was sent there."""

from django.db import models
from django.db.models import Q

from calls.records.models import Call
from calls.tenants.models import TenantRow


class Endpoint(TenantRow):
    """An address of the tenant's own that is told of events. Ended, never deleted: its log stays.

    Secrets are sealed; while one is rotated the former one signs too, until `former_until`.
    """

    PREFIX = "we_"
    PERSON, GONE, FAILING = "person", "gone", "failing"

    url = models.CharField(max_length=1000)
    # Names of events; empty means all of them, also those that come later.
    events = models.JSONField(default=list)
    # Business units whose calls it hears of; empty means all.
    org_keys = models.JSONField(default=list)
    sealed_secret = models.TextField()
    sealed_former_secret = models.TextField(blank=True)
    former_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    # Since when no try has succeeded; null while the last one did.
    failing_since = models.DateTimeField(null=True)
    disabled_at = models.DateTimeField(null=True)
    disabled_by = models.CharField(max_length=8, blank=True)
    # When the tenant's admins have to hear by mail that it was disabled; null: they have, or need not.
    tell_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "url"],
                condition=Q(ended_at__isnull=True),
                name="endpoint_one_per_url",
            ),
            models.CheckConstraint(
                condition=Q(disabled_at=None, disabled_by="")
                | Q(disabled_at__isnull=False, disabled_by__in=["person", "gone", "failing"]),
                name="endpoint_disabled_by_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="endpoint_untold"
            ),
        ]

    def __str__(self) -> str:
        return self.public_id

    @property
    def is_enabled(self) -> bool:
        """Whether anything is sent there."""
        return self.disabled_at is None and self.ended_at is None

    def wants(self, event: str, org_key: str | None) -> bool:
        """Whether it is to hear of an event of this business unit (None: of no unit's)."""
        named = not self.events or event in self.events
        return named and (org_key is None or not self.org_keys or org_key in self.org_keys)


class Delivery(TenantRow):
    """One event on its way to one endpoint: the body exactly as signed, and every try.

    `tries` holds, oldest first, `at`, `status` (null without an answer), `milliseconds`, `trouble` and the
    beginning of the answer. Who works on it has `lease_until` and the newest `fence`.
    """

    PREFIX = "wd_"

    endpoint = models.ForeignKey(Endpoint, on_delete=models.PROTECT, related_name="deliveries")
    event_id = models.CharField(max_length=36)
    event = models.CharField(max_length=40)
    call = models.ForeignKey(
        Call, on_delete=models.PROTECT, null=True, related_name="deliveries", db_index=False
    )
    body = models.TextField()
    created_at = models.DateTimeField()
    # Tries since it was asked for, by the event or by a replay: the place in the schedule.
    tried = models.PositiveSmallIntegerField(default=0)
    tries = models.JSONField(default=list)
    next_at = models.DateTimeField(null=True)
    fence = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    delivered_at = models.DateTimeField(null=True)
    given_up_at = models.DateTimeField(null=True)

    class Meta:
        verbose_name_plural = "deliveries"
        constraints = [
            models.UniqueConstraint(fields=["endpoint", "event_id"], name="delivery_once"),
            models.CheckConstraint(
                condition=Q(next_at__isnull=False, delivered_at=None, given_up_at=None)
                | Q(next_at=None, delivered_at__isnull=False, given_up_at=None)
                | Q(next_at=None, delivered_at=None, given_up_at__isnull=False),
                name="delivery_waits_or_is_over",
            ),
        ]
        indexes = [
            # An endpoint's log, newest first.
            models.Index(fields=["endpoint", "-id"], name="delivery_newest"),
            models.Index(
                fields=["endpoint", "next_at"],
                condition=Q(next_at__isnull=False),
                name="delivery_due",
            ),
            models.Index(
                fields=["endpoint", "lease_until"],
                condition=Q(lease_until__isnull=False),
                name="delivery_leased",
            ),
            models.Index(
                fields=["endpoint", "given_up_at"],
                condition=Q(given_up_at__isnull=False),
                name="delivery_given_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.event} to {self.endpoint_id}"

    @property
    def state(self) -> str:
        """`waiting` for its next try, `delivered` or `given_up`."""
        if self.next_at is not None:
            return "waiting"
        return "delivered" if self.delivered_at is not None else "given_up"
