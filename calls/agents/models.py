"""Voice agents and their versions."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from calls.agents import launch, life
from calls.lib.rows import Row
from calls.tenants.models import Org, TenantRow


class Agent(TenantRow):
    """Who speaks on the call; programs name it by its stable `agent_key`."""

    PREFIX = "ag_"
    TRANSACTIONAL, MARKETING = "transactional", "marketing"

    org = models.ForeignKey(Org, on_delete=models.PROTECT, null=True, blank=True)
    agent_key = models.SlugField(max_length=64)
    name = models.CharField(max_length=100)
    purpose = models.CharField(
        max_length=16,
        choices=[(TRANSACTIONAL, "Transactional"), (MARKETING, "Marketing")],
        default=TRANSACTIONAL,
    )
    default_greeting = models.ForeignKey(
        "calls.Greeting", on_delete=models.PROTECT, null=True, blank=True, related_name="+"
    )
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "agent_key"], name="agent_key_unique")
        ]

    def __str__(self) -> str:
        return self.name


class AgentVersion(Row):
    """One frozen configuration of an agent; at most one version is published."""

    PREFIX = "av_"
    DRAFT, STAGED, PUBLISHED, RETIRED = life.STATES
    STATES = life.STATES

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    # model, voice, language, prompt key, media URL, and the carrier's own version id if it has one.
    config = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=[(s, s.title()) for s in STATES], default=DRAFT)
    # Of a staged version: how many of a hundred callees it speaks to, always the same ones.
    canary_share = models.PositiveSmallIntegerField(default=0)
    note = models.CharField(max_length=300, blank=True)
    created_at = models.DateTimeField()
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    created_by_name = models.CharField(max_length=200, blank=True)
    published_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="agentversion_number_unique"),
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(state="published"),
                name="agentversion_one_published",
            ),
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(canary_share__gt=0),
                name="agentversion_one_canary",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "staged", "published", "retired"]),
                name="agentversion_state_known",
            ),
            models.CheckConstraint(
                condition=Q(canary_share=0) | Q(canary_share__lte=100, state="staged"),
                name="agentversion_canary_is_staged",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent.name} v{self.number}"


class LaunchGate(Row):
    """One of the four things that must be shown of a version before it speaks to real people.

    Somebody files evidence and names who answers for it; another person completes it.
    """

    PREFIX = "lg_"
    NAMES = launch.NAMES

    version = models.ForeignKey(AgentVersion, on_delete=models.PROTECT, related_name="launch_gates")
    name = models.CharField(max_length=12, choices=[(name, name.title()) for name in NAMES])
    owner = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    owner_name = models.CharField(max_length=200, blank=True)
    evidence = models.TextField(blank=True)
    filed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    filed_by_name = models.CharField(max_length=200, blank=True)
    filed_at = models.DateTimeField(null=True)
    completed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, null=True, related_name="+"
    )
    completed_by_name = models.CharField(max_length=200, blank=True)
    completed_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["version", "name"], name="launchgate_one_per_name"),
            models.CheckConstraint(
                condition=Q(name__in=["security", "behaviour", "operations", "rollout"]),
                name="launchgate_name_known",
            ),
            models.CheckConstraint(
                condition=Q(completed_by__isnull=True) | ~Q(completed_by=F("filed_by")),
                name="launchgate_never_own_evidence",
            ),
            models.CheckConstraint(
                condition=Q(completed_at__isnull=True)
                | (Q(filed_at__isnull=False) & ~Q(evidence="")),
                name="launchgate_complete_has_evidence",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_name_display()} of {self.version}"

    @property
    def is_complete(self) -> bool:
        """Whether a second person accepted the evidence."""
        return self.completed_at is not None
