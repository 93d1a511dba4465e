"""Voice agents and their versions."""

from django.db import models
from django.db.models import Q

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
    DRAFT, STAGED, PUBLISHED, RETIRED = "draft", "staged", "published", "retired"
    STATES = (DRAFT, STAGED, PUBLISHED, RETIRED)

    agent = models.ForeignKey(Agent, on_delete=models.PROTECT, related_name="versions")
    number = models.PositiveIntegerField()
    # model, voice, language, prompt key, media URL, and the carrier's own version id if it has one.
    config = models.JSONField(default=dict)
    state = models.CharField(max_length=10, choices=[(s, s.title()) for s in STATES], default=DRAFT)
    created_at = models.DateTimeField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["agent", "number"], name="agentversion_number_unique"),
            models.UniqueConstraint(
                fields=["agent"],
                condition=Q(state="published"),
                name="agentversion_one_published",
            ),
            models.CheckConstraint(
                condition=Q(state__in=["draft", "staged", "published", "retired"]),
                name="agentversion_state_known",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.agent.name} v{self.number}"
