"""What a person may choose from on the screens of calls, loaded once per request."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from calls.agents.models import Agent
from calls.agents.queries import agents_of
from calls.greetings.models import Greeting
from calls.greetings.queries import live_greetings
from calls.routes.models import PhoneRoute
from calls.routes.queries import routes_of
from console.access import TenantRequest
from console.templatetags.greenlight import phone

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

Choices = list[tuple[str, "StrOrPromise"]]

DOORS: dict[str, "StrOrPromise"] = {
    "form": _("Console"),
    "api": _("API"),
    "redial": _("Redial"),
}


@dataclass(frozen=True, slots=True)
class Offer:
    """The routes, agents and approved greetings this member may choose."""

    routes: list[PhoneRoute]
    agents: list[Agent]
    greetings: list[Greeting]

    @property
    def usual_agent(self) -> Agent | None:
        """Whom a call is by when nobody is named: the first caller ID's own agent, if it is on offer."""
        own = self.routes[0].default_agent_id if self.routes else None
        named = (agent for agent in self.agents if agent.pk == own)
        return next(named, next(iter(self.agents), None))

    def route(self, public_id: str) -> PhoneRoute | None:
        """The route with this id, if it is on offer."""
        return next((route for route in self.routes if route.public_id == public_id), None)

    def greeting(self, public_id: str) -> Greeting | None:
        """The greeting with this id, if it is on offer."""
        return next((one for one in self.greetings if one.public_id == public_id), None)


def offer_to(request: TenantRequest) -> Offer:
    """What this member may choose from, in three queries."""
    orgs = request.actor.orgs
    routes = routes_of(request.tenant, orgs=orgs)
    # A call here is for the business unit of its caller ID, so words of any other cannot be said.
    units = {None, *(route.org_id for route in routes)}
    live = live_greetings(request.tenant, orgs=orgs)
    return Offer(
        routes=routes,
        agents=agents_of(request.tenant, orgs=orgs),
        greetings=[greeting for greeting in live if greeting.org_id in units],
    )


def route_choices(routes: Iterable[PhoneRoute]) -> Choices:
    """Caller IDs by public id, so that no number stands in a URL."""
    return [(route.public_id, route_name(route)) for route in routes]


def route_name(route: PhoneRoute) -> str:
    """The number as people read it, with its label."""
    number = phone(route.number)
    return f"{number} · {route.label}" if route.label else number


def agent_choices(agents: Iterable[Agent]) -> Choices:
    """Agents by their stable key."""
    return [(agent.agent_key, agent.name) for agent in agents]


def greeting_choices(greetings: Iterable[Greeting]) -> Choices:
    """Approved greetings by public id, with the business unit they alone may be said for."""
    return [(g.public_id, f"{g.name} · {g.org}" if g.org else g.name) for g in greetings]


def filter_offer(request: TenantRequest) -> Offer:
    """What a list can be filtered by, in two queries."""
    orgs = request.actor.orgs
    return Offer(
        routes=routes_of(request.tenant, orgs=orgs),
        agents=agents_of(request.tenant, orgs=orgs),
        greetings=[],
    )
