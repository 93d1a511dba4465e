"""The kill switches a member can reach: the tenant's, one per route, one per agent; what each would hold."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext

from calls.agents.models import Agent
from calls.agents.queries import agents_of
from calls.lib.errors import NotFound
from calls.limits.models import Pause
from calls.limits.queries import pauses_of
from calls.records.queries import waiting_by_switch
from calls.routes.models import PhoneRoute
from calls.routes.queries import routes_of
from console.access import TenantRequest
from console.choices import route_name
from console.words import Word

WHOLE = "tenant"


@dataclass(frozen=True, slots=True)
class Switch:
    """One kill switch: its name, what is paused by it (None: calls go), and how many calls wait behind it.

    `key` names it in an address: `tenant`, or the public id of the route or agent.
    """

    key: str
    kind: str
    name: str
    pause: Pause | None
    waiting: int
    route: PhoneRoute | None = None
    agent: Agent | None = None
    may_lift: bool = True

    @property
    def word(self) -> Word:
        """On or off, as a chip says it."""
        if self.pause is None:
            return Word(gettext("Calling"), "check", "go")
        return Word(gettext("Paused"), "pause", "stop", self.pause.reason)


def switches_of(request: TenantRequest) -> list[Switch]:
    """The tenant's switch first, then its routes' and agents' within the member's business units."""
    tenant, orgs = request.tenant, request.actor.orgs
    waiting = waiting_by_switch(tenant)
    off = {_what(pause): pause for pause in pauses_of(tenant, now=request.now)}
    total = sum(count for *_, count in waiting)
    return [
        Switch(
            WHOLE,
            gettext("Everything"),
            tenant.name,
            off.get(WHOLE),
            total,
            may_lift=orgs is None,  # the whole tenant is no single unit's to let go
        ),
        *(
            Switch(
                route.public_id,
                gettext("Route"),
                route_name(route),
                off.get(route.pk),
                sum(count for route_id, _, count in waiting if route_id == route.pk),
                route=route,
            )
            for route in routes_of(tenant, orgs=orgs)
        ),
        *(
            Switch(
                agent.public_id,
                gettext("Agent"),
                agent.name,
                off.get(agent.pk),
                sum(count for _, agent_id, count in waiting if agent_id == agent.pk),
                agent=agent,
            )
            for agent in agents_of(tenant, orgs=orgs)
        ),
    ]


def _what(pause: Pause) -> UUID | str:
    """What a pause holds: a route's or agent's key, `tenant` or `platform`."""
    return pause.route_id or pause.agent_id or pause.scope


def switch_for(request: TenantRequest, key: str) -> Switch:
    """The switch an address names. Raises NotFound."""
    found = next((switch for switch in switches_of(request) if switch.key == key), None)
    if found is None:
        raise NotFound().naming(key)
    return found
