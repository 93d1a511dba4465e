"""The do-not-call list."""

from django.db import models
from django.db.models import Q

from calls.lib.rows import Row
from calls.tenants.models import Tenant


class DncEntry(Row):
    """A number nobody may call: for one tenant, or (no tenant) for the whole installation.

    `number` is E.164; with `is_prefix` it is the beginning of every number meant. Lifted, never deleted.
    """

    PREFIX = "dn_"

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    number = models.CharField(max_length=16)
    is_prefix = models.BooleanField(default=False)
    reason = models.CharField(max_length=200)
    source = models.CharField(max_length=40)
    added_by = models.CharField(max_length=200)
    added_at = models.DateTimeField()
    expires_at = models.DateTimeField(null=True, blank=True)
    lifted_at = models.DateTimeField(null=True, blank=True)
    lifted_by = models.CharField(max_length=200, blank=True)

    class Meta:
        verbose_name = "do-not-call entry"
        verbose_name_plural = "do-not-call entries"
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "number"],
                condition=Q(lifted_at__isnull=True),
                name="dnc_one_entry_per_number",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(lifted_at__isnull=True, tenant__isnull=True),
                name="dnc_one_platform_entry",
            ),
        ]
        indexes = [
            # Read by every accept and every dial: the number itself and its prefixes.
            models.Index(fields=["number"], name="dnc_by_number"),
        ]

    def __str__(self) -> str:
        return f"{self.number}{'…' if self.is_prefix else ''}"
