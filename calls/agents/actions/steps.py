"""What every verb of agents asks first: the right, and whose turn it is."""

from uuid import UUID

from calls.agents.models import Agent
from calls.audit.actor import Actor
from calls.tenants.scope import must_hold, must_serve

SETUP, LAUNCH = "setup:write", "launch:approve"


def must_keep(actor: Actor, agent: Agent, *permissions: str) -> None:
    """Let pass who holds one of these rights over an agent: of their tenant, and of their business units."""
    must_hold(actor, agent.tenant_id, *permissions)
    must_serve(actor, agent.org)


def take_turn(agent_id: UUID) -> Agent:
    """Let whoever changes one agent or its versions do so one after the other."""
    rows = Agent.objects.select_for_update(of=("self",)).select_related("tenant")
    return rows.get(pk=agent_id)
