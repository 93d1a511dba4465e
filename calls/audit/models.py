"""The audit log: who changed what, when, with the names frozen as they were."""

import json
from collections.abc import Iterable
from typing import Any, ClassVar

from django.db import models
from django.db.models import Q

from calls.audit import chain
from calls.lib.rows import Row


class SealedRow(Row):
    """A row nobody may change unseen: hashed when written, sealed into its tenant's chain soon after.

    `digests` names the fields the hash covers, each with a short digest, by which an edit is found.
    """

    CHAIN: ClassVar[str]
    SEALS = ("sha256", "digests", "seal_number", "seal")

    tenant_id = models.UUIDField(null=True)
    sha256 = models.CharField(max_length=64, blank=True)
    digests = models.JSONField(default=dict)
    seal_number = models.PositiveBigIntegerField(null=True)
    seal = models.CharField(max_length=64, blank=True)

    class Meta:
        abstract = True

    @classmethod
    def frozen_fields(cls) -> list[str]:
        """The columns that must never change: all but the seals themselves."""
        names = [field.attname for field in cls._meta.concrete_fields]
        return [name for name in names if name not in cls.SEALS]

    def content(self, names: Iterable[str]) -> dict[str, object]:
        """The named fields as a reload would give them back; what is no field is left out."""
        known = {*self.frozen_fields(), chain.HASHED_LATE}
        return {name: self._kept(name) for name in names if name in known}

    def hash_content(self, *, late: bool = False) -> None:
        """Fill in `sha256` and `digests`; `late` where the row was written long ago."""
        names = [*self.frozen_fields(), *([chain.HASHED_LATE] if late else [])]
        self.sha256, self.digests = chain.hash_content(self.content(names))

    def _kept(self, name: str) -> object:
        if name == chain.HASHED_LATE:
            return True
        field: Any = self._meta.get_field(name)
        value = field.to_python(getattr(self, name))
        return json.loads(json.dumps(value)) if isinstance(field, models.JSONField) else value


class AuditEntry(SealedRow):
    """One act. It points at nothing by foreign key, so it outlives its actor and its subject."""

    PREFIX = "au_"
    CHAIN = "audit"

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
