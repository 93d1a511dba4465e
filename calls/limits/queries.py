"""Which caps and pauses are in force?"""

from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Exists, Q, QuerySet

from calls.audit.actor import Actor
from calls.limits import counting
from calls.limits.models import Limit, Pause
from calls.tenants import scope
from calls.tenants.models import Tenant


def limits_in_force(tenant: Tenant | None) -> list[Limit]:
    """What was set for this tenant and for all tenants; for None only the latter. In order of scope."""
    rows = Limit.objects.filter(ended_at__isnull=True)
    mine = Q(tenant__isnull=True) | Q(tenant=tenant) if tenant else Q(tenant__isnull=True)
    return list(rows.filter(mine).order_by("scope", "subject", "window_seconds"))


def get_limit_for(tenant: Tenant, public_id: str) -> Limit:
    """The tenant's own limit with this id. Raises NotFound."""
    rows = Limit.objects.select_related("tenant").filter(tenant=tenant)
    return scope.one_of(rows, public_id)


def get_pause_for(tenant: Tenant, public_id: str) -> Pause:
    """The tenant's own pause with this id. Raises NotFound."""
    rows = Pause.objects.select_related("tenant", "route", "agent").filter(tenant=tenant)
    return scope.one_of(rows, public_id)


def named_by(row: Limit | Pause) -> Any | None:
    """The route or agent that a limit counts alone, or a pause stops; None for the whole tenant.

    Raises NotFound where a limit names one that the tenant does not have.
    """
    if isinstance(row, Pause):
        return row.route or row.agent
    if row.scope not in (counting.ROUTE, counting.AGENT) or not row.subject:
        return None
    # The rooms of routes and agents are not below this one; the foreign keys of Pause lead there.
    model: Any = Pause._meta.get_field(row.scope).related_model
    return scope.one_of(model.objects.filter(tenant=row.tenant_id), row.subject)


def may_loosen(row: Limit | Pause, actor: Actor) -> bool:
    """Whether all that this holds back is the actor's to let go; the whole tenant is no single unit's."""
    if scope.acts_for_all(actor):
        return True
    named = named_by(row)
    return named is not None and scope.serves(actor, named.org)


def caps_of(tenant: Tenant, *, at: datetime, is_exempt: bool = False) -> list[counting.Cap]:
    """Every cap on this tenant's calls at `at`, of every scope and subject, in one query.

    Law's caps come from the rulebook and are added by whoever asks. `is_exempt`: a sandbox tenant calls
    a fictional number, for which only limits somebody set hold.
    """
    return counting.in_force(
        map(cap_of, limits_in_force(tenant)),
        is_exempt=is_exempt,
        is_live=not tenant.is_sandbox,
        live_since=tenant.live_since,
        at=at,
    )


def cap_of(limit: Limit) -> counting.Cap:
    """A limit as a cap: who set it says whether it replaces what the house caps anyway."""
    return counting.Cap(
        scope=limit.scope,
        most=limit.most,
        window_seconds=limit.window_seconds,
        min_gap_seconds=limit.min_gap_seconds,
        why=limit.reason or f"Set by {limit.created_by}",
        subject=limit.subject,
        origin="own" if limit.tenant_id else "platform",
    )


def pauses_in_force(
    *, tenant_id: UUID, now: datetime, route_id: UUID | None = None, agent_id: UUID | None = None
) -> list[Pause]:
    """What stops a call of this tenant over this route by this agent now, widest first, in one query."""
    scopes = Q(scope=Pause.PLATFORM) | Q(scope=Pause.OF_TENANT, tenant=tenant_id)
    if route_id:
        scopes |= Q(route=route_id)
    if agent_id:
        scopes |= Q(agent=agent_id)
    found = list(_in_force(now).filter(scopes))
    return sorted(found, key=lambda pause: Pause.SCOPES.index(pause.scope))


def pauses_of(tenant: Tenant, *, now: datetime, orgs: frozenset[str] | None = None) -> list[Pause]:
    """Every pause that stops calls of this tenant, with its route or agent, widest first.

    `orgs` is the reader's limit.
    """
    found = _in_force(now).filter(Q(scope=Pause.PLATFORM) | Q(tenant=tenant))
    seen = found.filter(scope.of_orgs(orgs, "route__org", "agent__org"))
    rows = list(seen.select_related("route", "agent").order_by("started_at"))
    return sorted(rows, key=lambda pause: Pause.SCOPES.index(pause.scope))


def paused_condition(now: datetime) -> Q:
    """Which calls a pause keeps in the queue, as a condition on calls; asked once, not for each call."""
    paused = _in_force(now)
    return (
        Q(Exists(paused.filter(scope=Pause.PLATFORM)))
        | Q(tenant__in=paused.filter(scope=Pause.OF_TENANT).values("tenant"))
        | Q(route__in=paused.filter(scope=Pause.OF_ROUTE).values("route"))
        | Q(agent__in=paused.filter(scope=Pause.OF_AGENT).values("agent"))
    )


def held_by(now: datetime) -> Q | None:
    """The same as a condition with the pauses spelled out, for a question asked at every call; None: no pause."""
    found = list(_in_force(now).values_list("scope", "tenant", "route", "agent"))
    if not found:
        return None
    if any(scope == Pause.PLATFORM for scope, *_ in found):
        return Q(pk__isnull=False)
    return (
        Q(tenant__in=[tenant for scope, tenant, *_ in found if scope == Pause.OF_TENANT])
        | Q(route__in=[route for scope, _, route, _ in found if scope == Pause.OF_ROUTE])
        | Q(agent__in=[agent for scope, _, _, agent in found if scope == Pause.OF_AGENT])
    )


def _in_force(now: datetime) -> QuerySet[Pause]:
    return Pause.objects.filter(Q(until__isnull=True) | Q(until__gt=now), ended_at__isnull=True)
