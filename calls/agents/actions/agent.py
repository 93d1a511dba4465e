"""The agent itself: its key, its name, what it calls about, and the greeting it opens with."""

from datetime import datetime
from typing import Any

from django.core.validators import slug_re
from django.db import transaction

from calls.agents.actions.steps import SETUP, must_keep, take_turn
from calls.agents.models import Agent
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.lib.errors import BadField, Refusal
from calls.tenants import scope
from calls.tenants.models import Org, Tenant

PURPOSES = (Agent.TRANSACTIONAL, Agent.MARKETING)


class AgentKeyTaken(Refusal):
    """Programs name an agent by its key, so two of one tenant cannot share it."""

    code = "agent_key_taken"
    message = "Another agent has this key. Choose a different one."


@transaction.atomic
def create_agent(
    *,
    tenant: Tenant,
    actor: Actor,
    now: datetime,
    agent_key: str,
    name: str,
    purpose: str = Agent.TRANSACTIONAL,
    org: Org | None = None,
) -> Agent:
    """Create an agent without any version; it cannot speak until one is published.

    Raises NotPermitted, NotFound, AgentKeyTaken, BadField.
    """
    scope.must_hold(actor, tenant.pk, SETUP)
    scope.must_own(tenant, org)
    scope.must_serve(actor, org)
    if not slug_re.match(agent_key) or len(agent_key) > 64:
        raise BadField("agent_key", "Use letters, digits, - and _ only, at most 64 of them.")
    _must_be_usable(name, purpose)
    if Agent.objects.filter(tenant=tenant, agent_key=agent_key).exists():
        raise AgentKeyTaken
    agent = Agent.objects.create(
        tenant=tenant, org=org, agent_key=agent_key, name=name, purpose=purpose, created_at=now
    )
    after = {"agent_key": agent_key, "purpose": purpose}
    audit.note(
        actor=actor, verb="agent.created", target=agent, tenant_id=tenant.id, now=now, after=after
    )
    return agent


@transaction.atomic
def change_agent(*, agent: Agent, actor: Actor, now: datetime, name: str, purpose: str) -> Agent:
    """Name an agent otherwise, or say anew what it calls about.

    Approvals are bound to the purpose: with another one, words that only this agent says are not
    approved any more, those of waiting calls included. Raises NotPermitted, BadField.
    """
    must_keep(actor, agent, SETUP)
    _must_be_usable(name, purpose)
    agent = take_turn(agent.pk)
    wanted = {"name": name, "purpose": purpose}
    after = {field: value for field, value in wanted.items() if getattr(agent, field) != value}
    before = {field: getattr(agent, field) for field in after}
    if not after:
        return agent
    for field, value in after.items():
        setattr(agent, field, value)
    agent.save(update_fields=list(after))
    audit.note(
        actor=actor,
        verb="agent.changed",
        target=agent,
        tenant_id=agent.tenant_id,
        now=now,
        before=before,
        after=after,
    )
    return agent


@transaction.atomic
def set_default_greeting(*, agent: Agent, greeting_id: Any, actor: Actor, now: datetime) -> Agent:
    """Name the tenant's greeting this agent opens with when a request names none.

    Words of one business unit are an agent's default only when the agent is that unit's own. Raises
    NotPermitted, NotFound, BadField.
    """
    must_keep(actor, agent, SETUP)
    agent.default_greeting_id = greeting_id
    scope.must_own(agent.tenant, agent.default_greeting)
    own = agent.default_greeting.org if agent.default_greeting else None
    if own is not None and own.pk != agent.org_id:
        raise BadField("greeting", f"These words are for {own} alone. Choose a greeting for all.")
    agent.save(update_fields=["default_greeting"])
    audit.note(
        actor=actor,
        verb="agent.default_greeting_set",
        target=agent,
        tenant_id=agent.tenant_id,
        now=now,
        after={"greeting": str(greeting_id)},
    )
    return agent


def _must_be_usable(name: str, purpose: str) -> None:
    if not name.strip() or len(name) > 100:
        raise BadField("name", "Give the agent a name of at most 100 characters.")
    if purpose not in PURPOSES:
        raise BadField("purpose", "An agent calls for transactions or for marketing. Choose one.")
