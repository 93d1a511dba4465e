"""What the admin API shows that spans rooms."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Count, Q, QuerySet

from calls.agents import life
from calls.agents.models import Agent, AgentVersion
from calls.agents.queries import every_agent
from calls.audit.actor import Actor
from calls.greetings.models import Greeting, Review
from calls.lib import ids
from calls.records.queries import Asked, asked_with
from calls.tenants import scope
from calls.tenants.models import ApiKey, Tenant


@dataclass(frozen=True, slots=True)
class KeyPage:
    """Some keys of a tenant, the newest first, and what each asked for lately."""

    keys: list[ApiKey]
    asked: Mapping[str, Asked]
    has_more: bool


def keys_of(tenant: Tenant) -> QuerySet[ApiKey]:
    """Every key of a tenant, the newest first."""
    rows = ApiKey.objects.filter(tenant=tenant).select_related("tenant", "replaces", "replaced_by")
    return rows.order_by("-id")


def key_page(tenant: Tenant, *, limit: int, after: str, now: datetime) -> KeyPage:
    """A page of them: from the newest, or those older than the key `after`."""
    rows = keys_of(tenant)
    key = ids.parse(ApiKey.PREFIX, after)
    found = list((rows.filter(pk__lt=key) if key else rows)[: limit + 1])
    shown = found[:limit]
    asked = asked_with([row.public_id for row in shown], tenant_id=tenant.pk, now=now)
    return KeyPage(shown, asked, has_more=len(found) > limit)


def speaking(agent: Agent | None, *, actor: Actor) -> dict[str, AgentVersion]:
    """The published version of an agent and its newest staged one, by state; none of another unit's."""
    if agent is None or not (scope.acts_for_all(actor) or scope.serves(actor, agent.org)):
        return {}
    rows = agent.versions.filter(state__in=(life.PUBLISHED, life.STAGED)).order_by("number")
    return {version.state: version for version in rows.select_related("agent")}


def agents_in(tenants: QuerySet[Tenant], *, units: Q, limit: int, after: str) -> list[Agent]:
    """Agents of these tenants, one more than `limit` where there are more, the newest first."""
    rows = every_agent().filter(units, tenant__in=tenants.order_by().values("pk")).order_by("-id")
    key = ids.parse(Agent.PREFIX, after)
    return list((rows.filter(pk__lt=key) if key else rows)[: limit + 1])


def approvals_of(agents: Collection[Agent]) -> dict[UUID, tuple[int, int]]:
    """Of each agent, how many greetings of its own are live, and how many reviews wait."""
    own = Greeting.objects.filter(agent__in=agents).order_by().values_list("agent")
    waits = Q(reviews__decision=Review.OPEN)
    found: Iterable[tuple[UUID, int, int]] = own.annotate(
        live=Count("pk", filter=Q(live_revision__isnull=False), distinct=True),
        waiting=Count("reviews", filter=waits, distinct=True),
    )
    return {agent: (live, waiting) for agent, live, waiting in found}
