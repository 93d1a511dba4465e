"""The audit log: who changed what, when, with the names frozen as they were."""

from django.db import models
from django.db.models import Q

from calls.lib.rows import Row


class AuditEntry(Row):
    """One act. It points at nothing by foreign key, so it outlives its actor and its subject."""

    PREFIX = "au_"

    tenant_id = models.UUIDField(null=True)
    at = models.DateTimeField()
    actor_kind = models.CharField(max_length=16)
    actor_id = models.CharField(max_length=64)
    actor_name = models.CharField(max_length=200)
    verb = models.CharField(max_length=64)
    target_type = models.CharField(max_length=64)
    target_id = models.CharField(max_length=64)
    target_label = models.CharField(max_length=200, blank=True)
    before = models.JSONField(default=dict)
    after = models.JSONField(default=dict)
    request_id = models.CharField(max_length=64, blank=True)
    sha256 = models.CharField(max_length=64, blank=True)
    seal_number = models.PositiveBigIntegerField(null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        verbose_name_plural = "audit entries"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant_id", "seal_number"],
                condition=Q(seal_number__isnull=False, tenant_id__isnull=False),
                name="audit_one_per_seal_number",
            ),
            # The installation's own chain: entries of no tenant.
            models.UniqueConstraint(
                fields=["seal_number"],
                condition=Q(seal_number__isnull=False, tenant_id__isnull=True),
                name="audit_one_per_own_seal",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant_id", "id"],
                condition=Q(seal_number__isnull=True),
                name="audit_unsealed",
            ),
            models.Index(fields=["tenant_id", "-id"], name="audit_newest"),
            models.Index(fields=["tenant_id", "target_id", "-id"], name="audit_of_target"),
        ]

    def __str__(self) -> str:
        return f"{self.actor_name} {self.verb} {self.target_label or self.target_id}"
