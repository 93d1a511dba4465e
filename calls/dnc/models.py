"""The do-not-call list, and the registries parts of it come from."""

from django.db import models
from django.db.models import Q

from calls.lib.rows import Row
from calls.tenants.models import Tenant


class DncSource(Row):
    """A do-not-call registry that is imported as a whole, and blocks when our copy is too old."""

    PREFIX = "ds_"

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    # What rules of law call it, such as us-national.
    name = models.SlugField(max_length=40)
    title = models.CharField(max_length=100)
    max_age_days = models.PositiveIntegerField(default=31)
    fetched_at = models.DateTimeField(null=True, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "name"],
                condition=Q(tenant__isnull=False),
                name="dncsource_name_unique",
            ),
            models.UniqueConstraint(
                fields=["name"],
                condition=Q(tenant__isnull=True),
                name="dncsource_platform_name_unique",
            ),
        ]

    def __str__(self) -> str:
        return self.title


class DncImport(Row):
    """One file of a registry on its way into the list; kept as the record of what it brought."""

    PREFIX = "di_"
    WAITING, RUNNING, DONE, FAILED = "waiting", "running", "done", "failed"
    STATES = (WAITING, RUNNING, DONE, FAILED)

    source = models.ForeignKey(DncSource, on_delete=models.PROTECT, related_name="imports")
    state = models.CharField(
        max_length=8, choices=[(s, s.title()) for s in STATES], default=WAITING
    )
    # The numbers as they came, one a line; emptied once they are in the list.
    content = models.TextField(blank=True)
    fetched_at = models.DateTimeField()
    lines = models.PositiveIntegerField(default=0)
    done = models.PositiveIntegerField(default=0)
    added = models.PositiveIntegerField(default=0)
    lifted = models.PositiveIntegerField(default=0)
    unreadable = models.PositiveIntegerField(default=0)
    problem = models.CharField(max_length=300, blank=True)
    problem_code = models.CharField(max_length=40, blank=True)
    # How many entries were in force when it began, and whether somebody says that far fewer are right.
    before = models.PositiveIntegerField(default=0)
    accepts_shrink = models.BooleanField(default=False)
    asked_by = models.CharField(max_length=200)
    created_at = models.DateTimeField()
    # When it last got further; a running import that stands still has lost its worker.
    moved_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["source"],
                condition=Q(state__in=["waiting", "running"]),
                name="dncimport_one_at_a_time",
            ),
        ]
        indexes = [
            # Asked every few seconds: what waits or stands still.
            models.Index(
                fields=["state", "moved_at"],
                condition=Q(state__in=["waiting", "running"]),
                name="dncimport_unfinished",
            ),
        ]

    def __str__(self) -> str:
        return f"Import of {self.source} at {self.created_at:%Y-%m-%d %H:%M}"


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
    # Set for numbers that came with a registry; they come and go with its next copy.
    registry = models.ForeignKey(
        DncSource, on_delete=models.PROTECT, null=True, blank=True, related_name="entries"
    )
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
                condition=Q(lifted_at__isnull=True, registry__isnull=True),
                name="dnc_one_entry_per_number",
            ),
            models.UniqueConstraint(
                fields=["number"],
                condition=Q(lifted_at__isnull=True, tenant__isnull=True, registry__isnull=True),
                name="dnc_one_platform_entry",
            ),
            models.UniqueConstraint(
                fields=["registry", "number"],
                condition=Q(lifted_at__isnull=True, registry__isnull=False),
                name="dnc_one_entry_per_registry",
            ),
        ]
        indexes = [
            # Read by every accept and every dial: the number itself and its prefixes.
            models.Index(fields=["number"], name="dnc_by_number"),
            models.Index(
                fields=["tenant", "number"],
                condition=Q(lifted_at__isnull=True),
                name="dnc_in_force",
            ),
            # What came lately, and may stop calls that wait.
            models.Index(fields=["added_at"], name="dnc_newest"),
            # The page of a tenant's own list.
            models.Index(
                fields=["tenant", "-id"],
                condition=Q(lifted_at__isnull=True, registry__isnull=True),
                name="dnc_own_newest",
            ),
            # Walked once per import, for what is no longer in the registry.
            models.Index(
                fields=["registry", "id"],
                condition=Q(lifted_at__isnull=True, registry__isnull=False),
                name="dnc_of_registry",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number}{'…' if self.is_prefix else ''}"
