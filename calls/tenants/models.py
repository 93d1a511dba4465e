"""Tenants, their people and their keys."""

from datetime import datetime
from typing import ClassVar

from django.contrib.auth.models import AbstractBaseUser, BaseUserManager, PermissionsMixin
from django.db import models
from django.db.models import Q

from calls.lib.rows import Row
from calls.tenants import roles


class Tenant(Row):
    """A customer of this installation. Everything else belongs to exactly one tenant."""

    PREFIX = "tn_"
    SANDBOX, LIVE = "sandbox", "live"
    REFUSE, DEFER = "refuse", "defer"
    HOLD, REDIAL = "hold", "redial"

    slug = models.SlugField(max_length=40, unique=True)
    name = models.CharField(max_length=100)
    mode = models.CharField(
        max_length=8, choices=[(SANDBOX, "Sandbox"), (LIVE, "Live")], default=SANDBOX
    )
    time_zone = models.CharField(max_length=64, default="UTC")
    # Two-letter regions or group names the tenant opted into; empty means none (RELIABILITY R5.10).
    country_groups = models.JSONField(default=list, blank=True)
    outside_hours = models.CharField(
        max_length=8,
        choices=[(REFUSE, "Refuse"), (DEFER, "Wait for the next allowed minute")],
        default=REFUSE,
    )
    # What becomes of a call the carrier's whole log does not show after the window W (RELIABILITY E7).
    unknown_outcome = models.CharField(
        max_length=6,
        choices=[(HOLD, "A person decides"), (REDIAL, "Dial once more")],
        default=HOLD,
    )
    unapproved_greeting = models.CharField(
        max_length=8,
        choices=[(REFUSE, "Refuse"), (HOLD, "Hold until an owner approves it")],
        default=REFUSE,
    )
    # Minutes after which a call that reached nobody is dialled again, per outcome; empty: not again.
    redial_busy = models.JSONField(default=list, blank=True)
    redial_no_answer = models.JSONField(default=list, blank=True)
    redial_voicemail = models.JSONField(default=list, blank=True)
    # How the business is called aloud, which a greeting must say; empty means its name.
    spoken_name = models.CharField(max_length=100, blank=True)
    # Its own hours, which only tighten the law's: {"mon": ["10:00", "18:00"], …}; empty means none.
    calling_hours = models.JSONField(default=dict, blank=True)
    allow_toll_free = models.BooleanField(default=False)
    # How many requests its programs may send in a minute; empty means as many as anybody's.
    requests_per_minute = models.PositiveIntegerField(null=True, blank=True)
    # Since when it calls real people; the ramp of new tenants counts from here (RELIABILITY R5.11).
    live_since = models.DateTimeField(null=True, blank=True)
    suspended_at = models.DateTimeField(null=True, blank=True)
    suspended_reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(mode__in=["sandbox", "live"]), name="tenant_mode_known"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_sandbox(self) -> bool:
        """Whether calls of this tenant go to a sandbox carrier only."""
        return self.mode == self.SANDBOX

    def redial_gaps(self, outcome: str) -> list[int]:
        """Minutes after which calls with this outcome are dialled again; none for most outcomes."""
        gaps = {
            "busy": self.redial_busy,
            "no_answer": self.redial_no_answer,
            "voicemail": self.redial_voicemail,
        }
        found: list[int] = gaps.get(outcome, [])
        return found


class TenantRow(Row):
    """A row that belongs to one tenant; loaded only through tenants/scope.py."""

    tenant = models.ForeignKey(Tenant, on_delete=models.PROTECT, related_name="+")

    class Meta:
        abstract = True


class UserManager(BaseUserManager["User"]):
    """Looks people up by e-mail without regard to case, as sign-in does."""

    def get_by_natural_key(self, username: str | None) -> "User":
        return self.get(email__iexact=username)


class User(AbstractBaseUser, PermissionsMixin, Row):
    """A person who signs in with an e-mail address; rights come from memberships, not from here."""

    PREFIX = "us_"
    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=100, blank=True)
    is_active = models.BooleanField(default=True)
    is_staff = models.BooleanField("may open the Django admin", default=False)
    # When they last got mail about refused calls, which must not come too often.
    mailed_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[UserManager] = UserManager()

    def __str__(self) -> str:
        return self.name or self.email


class Org(TenantRow):
    """A business unit of a tenant; `key` is the `org_id` of the API."""

    PREFIX = "og_"

    key = models.CharField(max_length=64)
    name = models.CharField(max_length=100)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "key"], name="org_key_unique")]

    def __str__(self) -> str:
        return self.name


class Member(TenantRow):
    """A user's place in a tenant: one role, perhaps only some orgs. Ended, never deleted."""

    PREFIX = "mb_"

    user = models.ForeignKey(User, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=8, choices=roles.ROLE_CHOICES)
    orgs = models.ManyToManyField(Org, blank=True, help_text="None chosen means all.")
    created_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "user"],
                condition=Q(ended_at__isnull=True),
                name="member_one_role_per_tenant",
            ),
            models.CheckConstraint(
                condition=Q(role__in=[role for role, _ in roles.ROLE_CHOICES]),
                name="member_role_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} ({self.get_role_display()})"


class ApiKey(Row):
    """A credential for programs: only its SHA-256 is kept. Runtime keys belong to a tenant."""

    PREFIX = "ak_"
    RUNTIME, ADMIN = "runtime", "admin"

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="api_keys"
    )
    kind = models.CharField(max_length=8, choices=[(RUNTIME, "Runtime"), (ADMIN, "Admin")])
    name = models.CharField(max_length=100)
    key_id = models.CharField(max_length=8, unique=True)
    sha256 = models.CharField(max_length=64)
    scopes = models.JSONField(default=list)
    org_keys = models.JSONField(default=list, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    expires_at = models.DateTimeField(null=True, blank=True)
    revoked_at = models.DateTimeField(null=True, blank=True)
    revoked_by = models.CharField(max_length=200, blank=True)
    # Set when it was revoked because strangers may have it: what it asked for is not dialled either.
    leaked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)
    # The network of the last use, without the part that names a machine.
    last_used_from = models.CharField(max_length=50, blank=True)
    # The key this one came for, which a rotation ends; a key is rotated once.
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by"
    )
    # When mail about its leak is due; empty when nobody has to hear (any more).
    tell_leak_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(kind="runtime", tenant__isnull=False)
                | Q(kind="admin", tenant__isnull=True),
                name="apikey_runtime_has_tenant",
            ),
        ]
        indexes = [
            models.Index(
                fields=["tell_leak_at"],
                condition=Q(tell_leak_at__isnull=False),
                name="apikey_leak_to_tell",
            ),
            models.Index(
                fields=["leaked_at"],
                condition=Q(leaked_at__isnull=False),
                name="apikey_leaked",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.key_id})"

    def is_usable(self, now: datetime) -> bool:
        """Neither revoked nor expired at `now`."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)


class KeyUse(Row):
    """How often a key used one endpoint on one day (UTC), and when last: what would break without it.

    Written at most once a minute by each process, so `count` is what was seen at least.
    """

    PREFIX = "ku_"

    key = models.ForeignKey(ApiKey, on_delete=models.PROTECT, related_name="uses")
    day = models.DateField()
    # Method and route, `POST /api/v1/make-call`, and the scope it took.
    endpoint = models.CharField(max_length=100)
    scope = models.CharField(max_length=40, blank=True)
    count = models.PositiveIntegerField(default=0)
    last_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["key", "day", "endpoint"], name="keyuse_one_per_day_and_endpoint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.endpoint} on {self.day}"
