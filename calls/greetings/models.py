"""Greetings: what may be said first, in immutable revisions that a second person approves."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from calls.lib.rows import Row
from calls.tenants.models import Org, TenantRow


class Greeting(TenantRow):
    """A named opening. `live_revision` points at the approved words new calls use, if any."""

    PREFIX = "gr_"

    org = models.ForeignKey(Org, on_delete=models.PROTECT, null=True, blank=True)
    agent = models.ForeignKey(
        "calls.Agent",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="greetings",
        help_text="Only this agent may say it; empty means any agent of the tenant.",
    )
    name = models.CharField(max_length=100)
    language = models.CharField(max_length=16, default="en-US")
    live_revision = models.ForeignKey(
        "calls.GreetingRevision", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "name"], name="greeting_name_unique")
        ]

    def __str__(self) -> str:
        return self.name


class GreetingRevision(Row):
    """Words that never change once written; an edit is a new revision, and starts unapproved."""

    PREFIX = "gv_"

    greeting = models.ForeignKey(Greeting, on_delete=models.PROTECT, related_name="revisions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    # [{"name": "first_name", "type": "name", "max_length": 40}], see greetings/wording.py.
    placeholders = models.JSONField(default=list)
    sha256 = models.CharField(max_length=64)
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    author_name = models.CharField(max_length=200)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["greeting", "number"], name="revision_number_unique")
        ]
        indexes = [models.Index(fields=["sha256"], name="revision_by_hash")]

    def __str__(self) -> str:
        return f"{self.greeting.name}, revision {self.number}"


class Review(TenantRow):
    """One request to approve a revision, and its answer. Open while `decision` is empty."""

    PREFIX = "rv_"
    OPEN, APPROVED, CHANGES_REQUESTED, REJECTED = "", "approved", "changes_requested", "rejected"

    # What stands where nobody decided: the author wrote other words meanwhile.
    REPLACED = "Replaced by a newer revision."

    greeting = models.ForeignKey(Greeting, on_delete=models.PROTECT, related_name="reviews")
    revision = models.ForeignKey(GreetingRevision, on_delete=models.PROTECT, related_name="reviews")
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    asked_at = models.DateTimeField()
    decision = models.CharField(
        max_length=20,
        blank=True,
        choices=[
            (OPEN, "Waiting"),
            (APPROVED, "Approved"),
            (CHANGES_REQUESTED, "Changes requested"),
            (REJECTED, "Rejected"),
        ],
    )
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    decided_by_name = models.CharField(max_length=200, blank=True)
    decided_at = models.DateTimeField(null=True)
    comment = models.TextField(blank=True)
    valid_until = models.DateTimeField(null=True)
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by_name = models.CharField(max_length=200, blank=True)
    withdrawn_reason = models.CharField(max_length=300, blank=True)
    # When people have to be told where it stands; null: they were.
    tell_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["greeting"], condition=Q(decision=""), name="review_one_open_per_greeting"
            ),
            models.UniqueConstraint(
                fields=["revision"],
                condition=Q(decision="approved"),
                name="review_one_approval_per_revision",
            ),
            models.CheckConstraint(
                condition=Q(decided_by__isnull=True) | ~Q(decided_by=F("author")),
                name="review_never_own_words",
            ),
            models.CheckConstraint(
                condition=Q(decision="", decided_at__isnull=True)
                | (~Q(decision="") & Q(decided_at__isnull=False)),
                name="review_decided_has_time",
            ),
        ]
        indexes = [
            models.Index(
                fields=["withdrawn_at"],
                condition=Q(withdrawn_at__isnull=False),
                name="review_withdrawn",
            ),
            models.Index(
                fields=["tell_at"], condition=Q(tell_at__isnull=False), name="review_untold"
            ),
        ]

    def __str__(self) -> str:
        return f"Review of {self.revision}"

    @property
    def author_ids(self) -> frozenset[UUID]:
        """Who may not decide: whoever wrote the words, and whoever asked for them."""
        people = (self.author_id, self.revision.author_id)
        return frozenset(person for person in people if person)

    @property
    def ends(self) -> bool:
        """Approved, and withdrawn or with a last day: words that can be asked for again."""
        limited = self.withdrawn_at is not None or self.valid_until is not None
        return self.decision == self.APPROVED and limited

    @property
    def was_replaced(self) -> bool:
        """Closed without a decision, because newer words were written."""
        return (self.decision, self.decided_by_id, self.comment) == (
            self.CHANGES_REQUESTED,
            None,
            self.REPLACED,
        )

    def is_in_force(self, now: datetime) -> bool:
        """Approved, not withdrawn and not past its validity at `now`."""
        return (
            self.decision == self.APPROVED
            and self.withdrawn_at is None
            and (self.valid_until is None or self.valid_until > now)
        )
