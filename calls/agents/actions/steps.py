"""What every verb of agents asks first: the right, and whose turn it is."""

from uuid import UUID

from calls.agents.models import Agent
from calls.audit.actor import Actor
from calls.lib.errors import NotPermitted
from calls.tenants.scope import must_belong, must_serve

SETUP, LAUNCH = "setup:write", "launch:approve"


def must_hold(actor: Actor, tenant_id: UUID, *permissions: str) -> None:
    """Let pass who works for the tenant and holds one of these rights, and the house itself."""
    must_belong(actor, tenant_id)
    if actor.kind != "system" and not any(actor.can(permission) for permission in permissions):
        raise NotPermitted


def must_keep(actor: Actor, agent: Agent, *permissions: str) -> None:
    """The same for what is done to one agent: it is of a business unit the actor acts for."""
    must_hold(actor, agent.tenant_id, *permissions)
    must_serve(actor, agent.org)


def take_turn(agent_id: UUID) -> Agent:
    """Let whoever changes one agent or its versions do so one after the other."""
    rows = Agent.objects.select_for_update(of=("self",)).select_related("tenant")
    return rows.get(pk=agent_id)
