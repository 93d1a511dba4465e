"""What the admin API does to several rooms at once: all of it, or none."""

from collections.abc import Mapping
from datetime import datetime

from django.db import transaction

from calls.agents import actions as agents
from calls.agents import life
from calls.agents.models import AgentVersion
from calls.api.admin import queries
from calls.audit.actor import Actor
from calls.hooks import actions as hooks
from calls.hooks.models import Endpoint
from calls.lib.errors import Refusal
from calls.routes.queries import default_agent_of
from calls.tenants import scope
from calls.tenants.models import Tenant

ALREADY = (
    "The endpoint at this address is disabled or is told only some events. Enable it or delete it"
    " first, at /webhooks."
)


class NoDefaultAgent(Refusal):
    """A runtime configuration is that of the agent who speaks unless another is named."""

    code = "no_default_agent"
    message = (
        "This tenant's default route has no default agent. Give it one in the Django admin, under"
        " Phone routes."
    )


def configure_runtime(
    *, tenant: Tenant, changes: Mapping[str, str], url: str, actor: Actor, now: datetime
) -> tuple[AgentVersion | None, str | None]:
    """Stage these changes of the default agent, and tell an address of events; either may be left out.

    Answers the version, and the secret of an endpoint that is new.
    Raises NotFound, NotPermitted, BadField, NoDefaultAgent, EndpointExists, TooManyEndpoints, Busy.
    """
    scope.must_belong(actor, tenant.pk)
    agent = default_agent_of(tenant)
    if changes and agent is None:
        raise NoDefaultAgent
    # Before the transaction: names are looked up in the network.
    prepared = _prepared(tenant, url, actor, now) if url else None
    with transaction.atomic():
        version = queries.speaking(agent, actor=actor).get(life.PUBLISHED)
        if changes and agent:
            version = agents.stage_configuration(agent=agent, changes=changes, actor=actor, now=now)
        return version, _listen(*prepared, actor, now) if prepared else None


def _prepared(tenant: Tenant, url: str, actor: Actor, now: datetime) -> tuple[Endpoint, str] | None:
    """A new endpoint there and its secret, not kept yet; None where one is told the same already."""
    try:
        return hooks.prepare_endpoint(tenant=tenant, url=url, actor=actor, now=now)
    except hooks.EndpointExists:
        _must_be_told_all(tenant, url, actor)
        return None


def _listen(endpoint: Endpoint, secret: str, actor: Actor, now: datetime) -> str | None:
    """The secret of the endpoint, which is kept; None where somebody added one meanwhile."""
    try:
        hooks.keep_endpoint(endpoint=endpoint, actor=actor, now=now)
    except hooks.EndpointExists:
        _must_be_told_all(endpoint.tenant, endpoint.url, actor)
        return None
    return secret


def _must_be_told_all(tenant: Tenant, url: str, actor: Actor) -> None:
    standing = Endpoint.objects.filter(tenant=tenant, url=url, ended_at=None).first()
    if standing is None:
        raise hooks.EndpointExists
    same_units = sorted(standing.org_keys) == sorted(actor.orgs or ())
    if standing.disabled_at or standing.events or not same_units:
        raise hooks.EndpointExists(ALREADY, endpoint_id=standing.public_id)
