"""Every address of the web application, read from the URL conf: what is added there, is tested here."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern

from calls.agents import actions as agents
from calls.agents.models import Agent
from calls.contacts import actions as contacts
from calls.dispatch.models import Finding
from calls.dnc import actions as dnc
from calls.dnc.models import DncSource
from calls.events.models import InboundEvent
from calls.hooks.models import Endpoint
from calls.limits import actions as limits
from calls.records.models import Call
from tests.consent.agreed import agreed
from tests.hooks.steps import delivery, endpoint
from tests.world import CALLER_ID, NEW_YORKER, NOW, SEED, World

HOLE = re.compile(r"<(?:\w+:)?(\w+)>|\(\?P<(\w+)>(?:[^()]|\([^()]*\))*\)")


@dataclass(frozen=True, slots=True)
class Address:
    """One pattern of the URL conf; `route` is `t/<slug>/calls/<sid>`."""

    route: str
    name: str
    view: Any = field(repr=False, compare=False)

    @property
    def holes(self) -> list[str]:
        """What has to be filled in."""
        return re.findall(r"<(\w+)>", self.route)

    def path(self, **values: str) -> str:
        """The address with its holes filled."""
        filled = re.sub(r"<(\w+)>", lambda hole: values.get(hole[1], "1"), self.route)
        return f"/{filled}"


def addresses(
    patterns: Sequence[URLPattern | URLResolver] | None = None, before: str = ""
) -> Iterator[Address]:
    """Every address of the URL conf, or of these patterns."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        route = before + _spelled(pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        else:
            yield Address(route, pattern.name or "", pattern.callback)


def families() -> dict[str, list[Address]]:
    """Addresses by their first word: accounts, admin, api, … and `t` for the console's own."""
    found: dict[str, list[Address]] = {}
    for address in addresses():
        found.setdefault(address.route.partition("/")[0] or "home", []).append(address)
    return found


def pages() -> list[Address]:
    """The console's own pages: everything that is not somebody else's or a program's."""
    foreign = ("accounts/", "admin/", "api/", "api-docs/", "hooks/", "health/")
    return [address for address in addresses() if not address.route.startswith(foreign)]


def _spelled(pattern: URLPattern | URLResolver) -> str:
    spelled = HOLE.sub(lambda hole: f"<{hole[1] or hole[2]}>", str(pattern.pattern))
    simple = isinstance(pattern.pattern, RoutePattern)
    return spelled if simple else re.sub(r"[\^$\\?]|\.\*", "", spelled)


def ids_of(world: World, call: Call) -> dict[str, str]:
    """Acme's things, by the name of the hole they fill."""
    by: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW}
    return {
        "slug": "acme",
        "sid": call.sid,
        "call_sid": call.sid,
        "review_id": world.order_news.reviews.get().public_id,
        "greeting_id": world.appointment.public_id,
        "limit_id": limits.set_limit(**by, scope="tenant", most=9).public_id,
        "pause_id": limits.pause(**by, agent=_idle(world), reason="Stop").public_id,
        "what": world.route.public_id,
        "entry_id": dnc.add_number(
            **by, number=NEW_YORKER, reason="Asked", source="test"
        ).public_id,
        "source_id": DncSource.objects.get_or_create(
            tenant=world.acme, name="litigators", defaults={"title": "X", "created_at": NOW}
        )[0].public_id,
        "record_id": agreed(world).public_id,
        "contact_id": contacts.state_contact(
            **by, number=NEW_YORKER, jurisdiction="US", source="told us"
        ).public_id,
        "endpoint_id": _listener(world).public_id,
        "delivery_id": _listener(world).deliveries.get().public_id,
        "inbound_id": InboundEvent.objects.get_or_create(
            account=world.account,
            dedupe_key="evt_1",
            defaults={"kind": "voice.call.started", "body": "{}", "received_at": NOW},
        )[0].public_id,
        "agent_id": world.agent.public_id,
        "version_id": world.version.public_id,
        "name": "security",
        "finding_id": Finding.objects.get_or_create(
            account=world.account,
            kind="only_there",
            key="SM9",
            defaults={
                "tenant_id": world.acme.pk,
                "found_at": NOW,
                "seen_at": NOW,
                "data": {"to": NEW_YORKER, "caller_id": CALLER_ID, "at": "", "word": ""},
            },
        )[0].public_id,
    }


def _listener(world: World) -> Endpoint:
    """An endpoint of Acme's with one delivery."""
    known = Endpoint.objects.filter(tenant=world.acme).first()
    if known is None:
        known = endpoint(world, actor=SEED)
        delivery(known)
    return known


def _idle(world: World) -> Agent:
    """An agent no test calls with, so that it may be paused."""
    known = Agent.objects.filter(tenant=world.acme, agent_key="idle").first()
    return known or agents.create_agent(
        tenant=world.acme, actor=SEED, now=NOW, agent_key="idle", name="Zero work"
    )


def session_of(world: World, name: str) -> Client:
    """A browser in which this person is signed in; `anonymous` is nobody."""
    client = Client(raise_request_exception=False)
    if name != "anonymous":
        client.force_login(world.user(name))
    return client
