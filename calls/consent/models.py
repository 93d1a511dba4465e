"""Consent: who agreed to be called, to what words, and how that is shown."""

from django.db import models
from django.db.models import F, Q

from calls.tenants.models import TenantRow


class ConsentRecord(TenantRow):
    """One person's agreement to be called by the tenant. Revoked, never deleted.

    `number` is E.164. `kind` is how strong it is: `written` counts for everything `express` does.
    """

    PREFIX = "cr_"
    EXPRESS, WRITTEN = "express", "written"
    KINDS = ((EXPRESS, "Express"), (WRITTEN, "Express, in writing"))
    CHANNELS = tuple(
        (name, name.title()) for name in ("web", "phone", "paper", "message", "person", "other")
    )

    number = models.CharField(max_length=16)
    kind = models.CharField(max_length=8, choices=KINDS)
    channel = models.CharField(max_length=8, choices=CHANNELS)
    # The request as it was shown, word for word, and where the proof of the answer lies.
    text_shown = models.TextField()
    evidence = models.CharField(max_length=500)
    captured_at = models.DateTimeField()
    recorded_at = models.DateTimeField()
    recorded_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    revoked_how = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind__in=["express", "written"]), name="consent_kind_known"
            ),
            models.CheckConstraint(
                condition=~Q(text_shown="") & ~Q(evidence=""), name="consent_has_evidence"
            ),
            models.CheckConstraint(
                condition=Q(captured_at__lte=F("recorded_at")), name="consent_captured_before"
            ),
        ]
        indexes = [
            # Read by every accept and every dial that needs consent.
            models.Index(fields=["tenant", "number"], name="consent_by_number"),
            # What was revoked lately, and may stop calls that wait.
            models.Index(
                fields=["revoked_at"],
                condition=Q(revoked_at__isnull=False),
                name="consent_revoked",
            ),
        ]

    def __str__(self) -> str:
        return f"Consent of {self.captured_at:%Y-%m-%d}"


class ConsentRevocation(TenantRow):
    """Somebody took back whatever they had agreed to, when no record of it stood.

    A consent captured before counts for nothing, however late it comes on record. Where records stand,
    each of them keeps its own end, and no such row is written.
    """

    PREFIX = "cv_"

    number = models.CharField(max_length=16)
    at = models.DateTimeField()
    by = models.CharField(max_length=200)
    how = models.CharField(max_length=200)

    class Meta:
        indexes = [
            # Read with the records of the number, by every accept and every dial that needs consent.
            models.Index(fields=["tenant", "number"], name="revocation_by_number"),
        ]

    def __str__(self) -> str:
        return f"Revocation of {self.at:%Y-%m-%d}"
