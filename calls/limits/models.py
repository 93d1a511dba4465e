"""Caps on how often and how fast is called, and the switches that stop calling."""

from django.db import models
from django.db.models import Q

from calls.lib.rows import Row
from calls.tenants.models import Tenant


class Limit(Row):
    """At most `most` calls in any `window_seconds`, of one tenant or (no tenant) of each.

    `scope` says what is counted together: calls to one callee, by one requester (key or member), over
    one route, by one agent, of the tenant, to one country group, to one prefix (the number without its
    last four digits). `subject` narrows it to one of those; empty means each of them for itself.
    With scope `spend`, `most` is money per day of the tenant, in the currency of its accounts.
    """

    PREFIX = "li_"
    CALLEE, REQUESTER, ROUTE, AGENT = "callee", "requester", "route", "agent"
    TENANT, COUNTRY, PREFIX_SCOPE, SPEND = "tenant", "country", "prefix", "spend"
    SCOPES = (CALLEE, REQUESTER, ROUTE, AGENT, TENANT, COUNTRY, PREFIX_SCOPE, SPEND)

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    scope = models.CharField(max_length=10, choices=[(s, s.title()) for s in SCOPES])
    subject = models.CharField(max_length=64, blank=True)
    most = models.PositiveIntegerField()
    window_seconds = models.PositiveIntegerField(default=86400)
    min_gap_seconds = models.PositiveIntegerField(default=0)
    reason = models.CharField(max_length=200, blank=True)
    created_at = models.DateTimeField()
    created_by = models.CharField(max_length=200)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "scope", "subject", "window_seconds"],
                condition=Q(ended_at__isnull=True, tenant__isnull=False),
                name="limit_one_per_scope_and_window",
            ),
            models.UniqueConstraint(
                fields=["scope", "subject", "window_seconds"],
                condition=Q(ended_at__isnull=True, tenant__isnull=True),
                name="limit_one_for_all_tenants",
            ),
            models.CheckConstraint(
                condition=Q(
                    scope__in=[
                        "callee",
                        "requester",
                        "route",
                        "agent",
                        "tenant",
                        "country",
                        "prefix",
                        "spend",
                    ]
                ),
                name="limit_scope_known",
            ),
            models.CheckConstraint(
                condition=Q(window_seconds__gte=1, window_seconds__lte=31 * 86400),
                name="limit_window_sane",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.most} per {self.window_seconds} s and {self.get_scope_display().lower()}"


class Pause(Row):
    """A kill switch that is on: nothing of its scope is dialled until it is lifted or runs out."""

    PREFIX = "pa_"
    PLATFORM, OF_TENANT, OF_ROUTE, OF_AGENT = "platform", "tenant", "route", "agent"
    SCOPES = (PLATFORM, OF_TENANT, OF_ROUTE, OF_AGENT)

    scope = models.CharField(max_length=8, choices=[(s, s.title()) for s in SCOPES])

    tenant = models.ForeignKey(
        Tenant, on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    route = models.ForeignKey(
        "calls.PhoneRoute", on_delete=models.PROTECT, null=True, blank=True, related_name="pauses"
    )
    agent = models.ForeignKey(
        "calls.Agent", on_delete=models.PROTECT, null=True, blank=True, related_name="pauses"
    )
    reason = models.CharField(max_length=200)
    started_at = models.DateTimeField()
    started_by = models.CharField(max_length=200)
    until = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.CharField(max_length=200, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["scope"],
                condition=Q(ended_at__isnull=True, scope="platform"),
                name="pause_one_of_platform",
            ),
            models.UniqueConstraint(
                fields=["tenant"],
                condition=Q(ended_at__isnull=True, scope="tenant"),
                name="pause_one_per_tenant",
            ),
            models.UniqueConstraint(
                fields=["route"],
                condition=Q(ended_at__isnull=True, route__isnull=False),
                name="pause_one_per_route",
            ),
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(ended_at__isnull=True, agent__isnull=False),
                name="pause_one_per_agent",
            ),
            models.CheckConstraint(
                condition=Q(scope="platform", tenant=None, route=None, agent=None)
                | Q(scope="tenant", tenant__isnull=False, route=None, agent=None)
                | Q(scope="route", tenant__isnull=False, route__isnull=False, agent=None)
                | Q(scope="agent", tenant__isnull=False, route=None, agent__isnull=False),
                name="pause_names_its_scope",
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="pause_has_reason"),
        ]

    def __str__(self) -> str:
        return self.reason
