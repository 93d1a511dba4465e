"""Requests to carriers, and the pulse of the loops that make them."""

from django.db import models
from django.db.models import Q

from calls.dispatch import match
from calls.lib.rows import Row
from calls.records.models import Call
from calls.routes.models import CarrierAccount


class Attempt(Row):
    """One request to a carrier, committed before it is sent, closed only by evidence.

    `intent` and `unknown` are open: a call may exist at the carrier, so no other request may be made.
    `refused` is proof that none exists, `accepted` that one does, `absent` a human's or policy's word.
    """

    PREFIX = "at_"
    INTENT, UNKNOWN, ACCEPTED = "intent", "unknown", "accepted"
    REFUSED, ABSENT = "refused", "absent"
    OPEN = (INTENT, UNKNOWN)
    NOT_PLACED = (REFUSED, ABSENT)
    OUTCOMES = (INTENT, UNKNOWN, ACCEPTED, REFUSED, ABSENT)

    tenant_id = models.UUIDField()
    call = models.ForeignKey(Call, on_delete=models.PROTECT, related_name="attempts")
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="+")
    number = models.PositiveIntegerField()
    caller_id = models.CharField(max_length=16)
    to = models.CharField(max_length=16)
    fence = models.PositiveIntegerField()
    request_sha256 = models.CharField(max_length=64)
    outcome = models.CharField(max_length=8, choices=[(o, o) for o in OUTCOMES], default=INTENT)
    evidence = models.CharField(max_length=2, blank=True)
    http_status = models.PositiveSmallIntegerField(null=True)
    reason = models.CharField(max_length=300, blank=True)
    # It ended for trouble of our own, which says nothing of how the carrier is: no breaker counts it.
    ours = models.BooleanField(default=False, db_default=False)
    intent_at = models.DateTimeField()
    concluded_at = models.DateTimeField(null=True)
    # When the carrier's log was last read to its end without this call, and how long the log took to show
    # it: seconds, 0 where the first reading did. The window W is measured by it.
    missed_at = models.DateTimeField(null=True)
    # When an event came, while this was open, that may speak of it and names no call: the carrier is not
    # quiet, so a silent log is no reason to dial again (E7).
    stray_at = models.DateTimeField(null=True)
    log_lag = models.FloatField(null=True)

    class Meta:
        constraints = [
            # A second request for a call needs proof that the first placed nothing (R1.6).
            models.UniqueConstraint(
                fields=["call"],
                condition=Q(outcome__in=["intent", "unknown", "accepted"]),
                name="attempt_one_live_per_call",
            ),
            # So that a log row can match only one attempt (R1.9).
            models.UniqueConstraint(
                fields=["tenant_id", "caller_id", "to"],
                condition=Q(outcome__in=["intent", "unknown"]),
                name="attempt_one_open_per_pair",
            ),
            models.UniqueConstraint(fields=["call", "number"], name="attempt_number_unique"),
            models.CheckConstraint(
                condition=Q(outcome__in=["intent", "unknown", "accepted", "refused", "absent"]),
                name="attempt_outcome_known",
            ),
        ]
        indexes = [
            # Frequency: when a callee was last rung (R5.8).
            models.Index(fields=["tenant_id", "to", "-intent_at"], name="attempt_by_callee"),
            # The breaker: how the last requests of an account ended.
            models.Index(fields=["account", "-concluded_at"], name="attempt_by_end"),
            # The retry budget: what an account tried again in the last minute.
            models.Index(
                fields=["account", "-intent_at"], condition=Q(number__gt=1), name="attempt_again"
            ),
            # The three-way match of an account's last hours, and its latest lags.
            models.Index(fields=["account", "-intent_at"], name="attempt_by_account"),
        ]

    def __str__(self) -> str:
        return f"Attempt {self.number} of {self.call_id}"

    @property
    def is_late_in_log(self) -> bool:
        """Whether the log, read to its end, has not shown this call yet: how slow it is, it has still to tell."""
        return self.missed_at is not None and self.log_lag is None

    @property
    def is_open(self) -> bool:
        """Whether a call may exist that nobody has confirmed yet."""
        return self.outcome in self.OPEN


class Finding(Row):
    """Something that our records, the carrier's log and its events do not agree on.

    One row per account, kind and `key` (the carrier's id, or ours where it has none). It is settled by a
    later match that finds it explained, or by a person who says why.
    """

    PREFIX = "fd_"
    account = models.ForeignKey(CarrierAccount, on_delete=models.PROTECT, related_name="findings")
    # Whose number it is about; empty where no route of ours bears it.
    tenant_id = models.UUIDField(null=True)
    kind = models.CharField(max_length=10, choices=[(kind, kind) for kind in match.KINDS])
    key = models.CharField(max_length=128)
    call = models.ForeignKey(Call, on_delete=models.PROTECT, null=True, related_name="findings")
    data = models.JSONField(default=dict)
    found_at = models.DateTimeField()
    seen_at = models.DateTimeField()
    settled_at = models.DateTimeField(null=True)
    settled_by = models.CharField(max_length=200, blank=True)
    comment = models.CharField(max_length=500, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["account", "kind", "key"], name="finding_once"),
            models.CheckConstraint(
                condition=Q(kind__in=list(match.KINDS)),
                name="finding_kind_known",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "-found_at"],
                condition=Q(settled_at__isnull=True),
                name="finding_open",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.key}"


class Heartbeat(models.Model):
    """When a background loop last went round; readiness looks here, not at process ids (R2.8)."""

    loop = models.CharField(max_length=40, primary_key=True)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.loop} at {self.at:%H:%M:%S}"
