"""What carriers tell us by webhook, kept raw."""

from django.db import models

from calls.lib.rows import Row
from calls.records.models import Call
from calls.routes.models import CarrierAccount


class InboundEvent(Row):
    """One genuine event, stored before it is answered; a repeated delivery is the same row."""

    PREFIX = "ie_"
    PARKED, APPLIED, NO_CHANGE, IGNORED = "parked", "applied", "no_change", "ignored"
    BROKEN = "broken"
    # It shows a call that was taken for never placed.
    DISPUTED = "disputed"

    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="+")
    dedupe_key = models.CharField(max_length=128)
    kind = models.CharField(max_length=64)
    body = models.TextField()
    # Of the address it came to: there a carrier gives back what we told it with the request.
    query = models.CharField(max_length=200, blank=True)
    received_at = models.DateTimeField()
    deliveries = models.PositiveIntegerField(default=1)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="inbound")
    effect = models.CharField(max_length=12, blank=True)
    absorbed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "dedupe_key"], name="inbound_event_once")
        ]
        indexes = [
            models.Index(
                fields=["received_at"],
                condition=models.Q(absorbed_at__isnull=True),
                name="inbound_unabsorbed",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} at {self.received_at:%H:%M:%S}"
