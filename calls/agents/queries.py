"""Which agents may somebody choose, which version speaks, and what is missing before it may?"""

from django.db.models import Count, OuterRef, Prefetch, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.db.models.lookups import Exact

from calls.agents import canary, launch, life
from calls.agents.models import Agent, AgentVersion, LaunchGate
from calls.audit.actor import Actor
from calls.tenants import scope
from calls.tenants.models import Tenant, User

# What an agent says unless somebody chooses other words; for `select_related`.
DEFAULT_WORDS = (
    "default_greeting__live_revision",
    "default_greeting__agent",
    "default_greeting__org",
)


def agents_of(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> list[Agent]:
    """Every agent of the tenant by name, with its default greeting; `orgs` is the reader's limit."""
    return list(_agents(tenant, orgs).select_related("default_greeting"))


def agents_with_versions(tenant: Tenant, *, orgs: frozenset[str] | None = None) -> QuerySet[Agent]:
    """Every agent by name, with all its versions, newest first, and their launch gates."""
    rows = every_agent().filter(tenant=tenant).filter(scope.of_orgs(orgs))
    return rows.select_related("default_greeting", "org", "tenant").order_by("name")


def every_agent() -> QuerySet[Agent]:
    """Every agent of every tenant, with all its versions, newest first, and their launch gates."""
    versions = AgentVersion.objects.order_by("-number").prefetch_related("launch_gates")
    rows = Agent.objects.select_related("tenant")
    return rows.prefetch_related(Prefetch("versions", queryset=versions))


def version_for(agent: Agent, e164: str) -> AgentVersion | None:
    """The version that speaks to a callee now: the canary to its share of them, else the published.

    A canary whose launch gates are not complete is passed over where real people would hear it. With
    nothing else to speak it is named all the same: the gates say what it is missing.
    """
    speaking = Q(state=life.PUBLISHED) | Q(state=life.STAGED, canary_share__gt=0)
    rows = agent.versions.filter(speaking).annotate(ready=_may_be_heard())
    found = {version.state: version for version in rows}
    staged, published = found.get(life.STAGED), found.get(life.PUBLISHED)
    if staged is None or not canary.speaks_to(staged.canary_share, agent.public_id, e164):
        return published
    return staged if staged.ready or published is None else published


def _may_be_heard() -> Q:
    """Versions with all four launch gates complete, and every version of a sandbox tenant."""
    complete = LaunchGate.objects.filter(version=OuterRef("pk"), completed_at__isnull=False)
    number = complete.order_by().values("version").annotate(n=Count("pk")).values("n")
    launched = Exact(Coalesce(Subquery(number), 0), len(launch.NAMES))
    return Q(agent__tenant__mode=Tenant.SANDBOX) | Q(launched)


def missing_gates(version: AgentVersion | None) -> tuple[str, ...]:
    """The launch gates that nobody has completed for this version, in their order."""
    if version is None:
        return launch.NAMES
    complete = LaunchGate.objects.filter(version=version, completed_at__isnull=False)
    return launch.missing(complete.values_list("name", flat=True))


def completion_facts(
    gate: LaunchGate, *, actor: Actor, user: User | None
) -> launch.CompletionFacts:
    """What decides whether this person may complete a launch gate."""
    return launch.CompletionFacts(
        is_filed=gate.filed_at is not None,
        is_complete=gate.is_complete,
        filed_by_id=gate.filed_by_id,
        made_by_id=gate.version.created_by_id,
        completer_id=user.pk if user else None,
        may_complete=actor.can("launch:approve"),
    )


def _agents(tenant: Tenant, orgs: frozenset[str] | None) -> QuerySet[Agent]:
    return Agent.objects.filter(tenant=tenant).filter(scope.of_orgs(orgs)).order_by("name")
