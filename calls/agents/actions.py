"""Verbs of agents."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Max

from calls.agents.models import Agent, AgentVersion
from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.tenants import scope
from calls.tenants.models import Org, Tenant


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
    """Create an agent without any version; it cannot speak until one is published. Raises NotFound."""
    scope.must_own(tenant, org)
    agent = Agent.objects.create(
        tenant=tenant, org=org, agent_key=agent_key, name=name, purpose=purpose, created_at=now
    )
    after = {"agent_key": agent_key, "purpose": purpose}
    audit.note(
        actor=actor, verb="agent.created", target=agent, tenant_id=tenant.id, now=now, after=after
    )
    return agent


@transaction.atomic
def add_version(
    *, agent: Agent, actor: Actor, now: datetime, config: Mapping[str, Any]
) -> AgentVersion:
    """Add a draft version with its configuration, which never changes afterwards."""
    last = agent.versions.aggregate(last=Max("number"))["last"] or 0
    version = AgentVersion.objects.create(
        agent=agent, number=last + 1, config=dict(config), created_at=now
    )
    audit.note(
        actor=actor, verb="version.added", target=version, tenant_id=agent.tenant_id, now=now
    )
    return version


@transaction.atomic
def publish_version(*, version: AgentVersion, actor: Actor, now: datetime) -> AgentVersion:
    """Make this the version live calls use; the one published before is retired."""
    AgentVersion.objects.filter(agent=version.agent, state=AgentVersion.PUBLISHED).update(
        state=AgentVersion.RETIRED
    )
    version.state = AgentVersion.PUBLISHED
    version.save(update_fields=["state"])
    audit.note(
        actor=actor,
        verb="version.published",
        target=version,
        tenant_id=version.agent.tenant_id,
        now=now,
    )
    return version


@transaction.atomic
def set_default_greeting(*, agent: Agent, greeting_id: Any, actor: Actor, now: datetime) -> Agent:
    """Name the tenant's greeting this agent opens with when a request names none. Raises NotFound."""
    agent.default_greeting_id = greeting_id
    scope.must_own(agent.tenant, agent.default_greeting)
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
