"""One small named world for every test: who works where, what may be said, and how a call is asked for.

Acme: Alice and Olga own, Bob supports, Ada administers, Aurel audits. Globex: Charlie owns, and must
see nothing of Acme. Acme has one route, one agent and three greetings; the constants below name them.
"""

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.agents.models import Agent, AgentVersion
from calls.audit.actor import Actor, system
from calls.consent import actions as consent
from calls.consent.models import ConsentRecord
from calls.greetings import actions as greetings
from calls.greetings.models import Greeting, Review
from calls.greetings.wording import Placeholder
from calls.lib.signing import new_secret
from calls.management.demo import APPOINTMENT as APPOINTMENT
from calls.management.demo import REMINDER as REMINDER
from calls.management.demo import WAITING as WAITING
from calls.placing import actions as placing
from calls.placing.actions import Placement
from calls.placing.ask import Ask
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import actions as tenants
from calls.tenants import roles, scope
from calls.tenants.models import ApiKey, Member, Tenant, User

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York
SEED = system("seed")
PASSWORD = "correct horse battery"

CALLER_ID = "+15555551234"
CALLEE = "+15555555678"  # fictional: a sandbox may dial it at any hour
NEW_YORKER = "+12127365000"  # as a real number, it meets every gate; its owner agreed to be called
CALIFORNIAN = "+14152365000"  # the same, three hours later
PENSACOLAN = "+18502345678"  # the same, on New York's clock or Chicago's
HOOK_TOKEN = "acme-hook-token"
HOOK_SECRET = new_secret()
GAPS = (
    Placeholder("first_name", "name", 40),
    Placeholder("day", "date", 30),
    Placeholder("hour", "time", 10),
)


@dataclass
class World:
    """What a test may name. Actors by first name; the people behind them in `members`."""

    acme: Tenant
    globex: Tenant
    account: CarrierAccount
    route: PhoneRoute
    agent: Agent
    version: AgentVersion
    runtime_key: ApiKey
    key: str
    members: dict[str, Member]
    appointment: Greeting = field(init=False)  # approved, the agent's default: APPOINTMENT
    reminder: Greeting = field(init=False)  # approved, with placeholders: REMINDER
    order_news: Greeting = field(init=False)  # waits for an owner: WAITING

    def __getattr__(self, name: str) -> Actor:
        """`world.alice` is Alice's Actor."""
        if member := self.__dict__.get("members", {}).get(name):
            return scope.member_actor(member)
        raise AttributeError(name)

    @property
    def program(self) -> Actor:
        """The actor behind Acme's runtime key."""
        return scope.key_actor(self.runtime_key)

    def user(self, name: str) -> User:
        """The person, for signing in (PASSWORD) and for authorship."""
        return self.members[name].user

    def ask(self, **fields: Any) -> Ask:
        """The README's request, with other fields where given."""
        seed = {
            "to": CALLEE,
            "caller_id": CALLER_ID,
            "agent_key": "support_primary",
            "greeting": "" if fields.get("greeting_id") else APPOINTMENT,
        }
        return Ask(**seed | fields)

    def place(self, *, now: datetime = NOW, actor: Actor | None = None, **fields: Any) -> Placement:
        """Bob places the README's call, with other fields where given."""
        ask = self.ask(**fields)
        return placing.place_call(ask=ask, tenant=self.acme, actor=actor or self.bob, now=now)

    def draft(self, text: str, *, name: str = "Draft", by: str = "bob", **fields: Any) -> Greeting:
        """A greeting that waits for an owner."""
        author = self.members[by]
        return greetings.draft_greeting(
            tenant=author.tenant,
            actor=scope.member_actor(author),
            author=author.user,
            now=NOW,
            name=name,
            text=text,
            **fields,
        )

    def approve(self, greeting: Greeting, *, by: str = "alice", **fields: Any) -> Greeting:
        """An owner approves what waits; the greeting is given back with its live words."""
        greetings.decide_review(
            asked=greeting.reviews.get(decision=Review.OPEN),
            actor=scope.member_actor(self.members[by]),
            decider=self.user(by),
            now=NOW,
            decision=Review.APPROVED,
            **fields,
        )
        greeting.refresh_from_db()
        return greeting


@pytest.fixture
def world(db: None) -> World:
    """Acme and Globex, fresh for each test."""
    return build()


def build(*, sandbox_url: str = "http://127.0.0.1:9") -> World:
    """Make the world through the same verbs as everything else; nobody listens at the default URL."""
    acme, globex = _tenant("acme", "Acme"), _tenant("globex", "Globex")
    agent = agents.create_agent(
        tenant=acme, actor=SEED, now=NOW, agent_key="support_primary", name="Support"
    )
    version = agents.add_version(agent=agent, actor=SEED, now=NOW, config={"language": "en-US"})
    agents.publish_version(version=version, actor=SEED, now=NOW)
    account = account_of(acme, sandbox_url)
    runtime_key, key = tenants.issue_runtime_key(
        tenant=acme, actor=SEED, now=NOW, name="Shop", scopes=["calls:write", "calls:read"]
    )
    world = World(
        acme=acme,
        globex=globex,
        account=account,
        route=_route(acme, account, agent),
        agent=agent,
        version=version,
        runtime_key=runtime_key,
        key=key,
        members=_people(acme, globex),
    )
    _say(world)
    for number in (NEW_YORKER, CALIFORNIAN, PENSACOLAN):
        agree(acme, number)
    return world


def agree(tenant: Tenant, number: str, **fields: Any) -> ConsentRecord:
    """Somebody agreed to be called by the tenant, and it stands on record."""
    given: dict[str, Any] = {
        "captured_at": NOW - timedelta(days=30),
        "now": NOW,
        "kind": "express",
        "channel": "web",
        "text_shown": "Acme may call me about my orders.",
        "evidence": "form 7",
    }
    return consent.record_consent(
        tenant=tenant,
        number=number,
        actor=SEED,
        **given | fields,
    )


def account_of(
    tenant: Tenant, sandbox_url: str = "http://127.0.0.1:9", **fields: Any
) -> CarrierAccount:
    """A sandbox carrier account: 5 calls per second, 30 lines, hooks at HOOK_TOKEN."""
    given: dict[str, Any] = {
        "carrier": CarrierAccount.SANDBOX,
        "name": f"Sandbox of {tenant.name}",
        "base_url": sandbox_url,
        "api_key": f"sandbox-{tenant.slug}",
        "hook_token": HOOK_TOKEN.replace("acme", tenant.slug),
        "hook_secrets": [HOOK_SECRET],
        "cps": 5.0,
        "concurrency": 30,
    }
    given |= fields
    if given["carrier"] not in CarrierAccount.SANDBOXES and "base_url" not in fields:
        given["base_url"] = "https://carrier.example"  # a real one is asked over https only
    return routes.open_account(tenant=tenant, actor=SEED, now=NOW, **given)


def person(name: str, tenant: Tenant, role: str) -> Member:
    """Someone with a role in a tenant, who signs in with PASSWORD."""
    user = tenants.create_user(
        actor=SEED,
        now=NOW,
        email=f"{name}@{tenant.slug}.example",
        name=name.title(),
        password=PASSWORD,
    )
    return tenants.add_member(tenant=tenant, user=user, role=role, actor=SEED, now=NOW)


def _tenant(slug: str, name: str) -> Tenant:
    return tenants.create_tenant(
        actor=SEED,
        now=NOW,
        slug=slug,
        name=name,
        time_zone="America/New_York",
        country_groups=["US"],
    )


def _people(acme: Tenant, globex: Tenant) -> dict[str, Member]:
    return {
        "alice": person("alice", acme, roles.OWNER),
        "olga": person("olga", acme, roles.OWNER),
        "bob": person("bob", acme, roles.SUPPORT),
        "ada": person("ada", acme, roles.ADMIN),
        "aurel": person("aurel", acme, roles.AUDITOR),
        "charlie": person("charlie", globex, roles.OWNER),
    }


def _route(acme: Tenant, account: CarrierAccount, agent: Agent) -> PhoneRoute:
    return routes.add_route(
        tenant=acme,
        actor=SEED,
        now=NOW,
        number=CALLER_ID,
        account=account,
        label="Acme main line",
        default_agent=agent,
        is_default=True,
    )


def _say(world: World) -> None:
    own: dict[str, Any] = {"agent_id": world.agent.pk}
    world.appointment = world.approve(world.draft(APPOINTMENT, name="Appointment", **own))
    world.reminder = world.approve(world.draft(REMINDER, name="Reminder", placeholders=GAPS, **own))
    world.order_news = world.draft(WAITING, name="Order news", **own)
    agents.set_default_greeting(
        agent=world.agent, greeting_id=world.appointment.pk, actor=SEED, now=NOW
    )
