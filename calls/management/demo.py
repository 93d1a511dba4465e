"""The demo tenants of CONTRACT 9, made through the same verbs as everything else."""

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from calls.agents import actions as agents
from calls.agents.models import Agent
from calls.audit.actor import Actor, system
from calls.consent import actions as consent
from calls.dnc import actions as dnc
from calls.dnc import importing
from calls.greetings import actions as greetings
from calls.greetings.models import Greeting, Review
from calls.greetings.wording import Placeholder
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.tenants import actions as tenants
from calls.tenants import roles, scope
from calls.tenants.models import Member, Tenant

ROLES = ("support", "owner", "admin", "auditor")
SEED = system("seed")

REGISTERED = [f"+1555555019{n}" for n in range(5)]

APPOINTMENT = "Hi, this is Acme calling about your appointment."
REMINDER = "Hi {first_name}, this is Acme. Your appointment is on {day} at {hour}."
WAITING = "Hello, this is Acme with news about your order. Say stop at any time to end our calls."
LAUNCH_EVIDENCE = {
    "security": "Forty attempts to make it reveal its instructions or a customer's data: none worked.",
    "behaviour": "Sixty test calls with rude, confused and silent callees; the protocol is in the wiki.",
}


@dataclass(frozen=True, slots=True)
class Seeded:
    """A new tenant, its people with their passwords, and its runtime key (both seen only now)."""

    tenant: Tenant
    members: dict[str, Member]
    users: list[dict[str, str]]
    api_key: str


def seed_acme(*, sandbox_url: str, now: datetime) -> Seeded:
    """The tenant of the README: a default route, an agent, two approved greetings, one waiting."""
    seeded = _tenant("acme", "Acme", now)
    agent = _route_and_agent(seeded, "+15555551234", "Acme main line", sandbox_url, now)
    approved = _approved(seeded, agent, "Appointment", APPOINTMENT, (), now)
    agents.set_default_greeting(agent=agent, greeting_id=approved.pk, actor=SEED, now=now)
    gaps = (
        Placeholder("first_name", "name", 40),
        Placeholder("day", "date", 30),
        Placeholder("hour", "time", 10),
    )
    _approved(seeded, agent, "Appointment reminder", REMINDER, gaps, now)
    _drafted(seeded, agent, "Order news", WAITING, (), now)
    dnc.add_number(
        tenant=seeded.tenant,
        number="+15555550199",
        reason="Asked by e-mail not to be called",
        source="seed",
        actor=SEED,
        now=now,
    )
    _consent(seeded, now)
    return seeded


def seed_globex(*, sandbox_url: str, now: datetime) -> Seeded:
    """A second tenant with its own people and key, so that isolation can be tried by hand."""
    seeded = _tenant("globex", "Globex", now)
    agent = _route_and_agent(seeded, "+15555559876", "Globex line", sandbox_url, now)
    words = "Hello, this is Globex about your delivery."
    approved = _approved(seeded, agent, "Delivery", words, (), now)
    agents.set_default_greeting(agent=agent, greeting_id=approved.pk, actor=SEED, now=now)
    return seeded


def seed_registry(*, now: datetime) -> None:
    """The registry United States rules ask for, fetched today: a few fictional numbers are on it."""
    source = dnc.add_source(
        tenant=None, name="us-national", title="US national registry", actor=SEED, now=now
    )
    found = dnc.start_import(source=source, fetched_at=now, actor=SEED, now=now)
    importing.carry(found, REGISTERED)


def seed_platform(*, now: datetime) -> tuple[dict[str, str], str]:
    """Who runs the installation (every tenant, in the Django admin), and an admin key."""
    password = _password()
    tenants.create_user(
        actor=SEED,
        now=now,
        email="platform@greenlight.example",
        name="Pat Platform",
        password=password,
        is_staff=True,
        is_superuser=True,
    )
    _, admin_key = tenants.issue_admin_key(actor=SEED, now=now, name="Demo admin key")
    login = {"role": "platform", "email": "platform@greenlight.example", "password": password}
    return login, admin_key


def _consent(seeded: Seeded, now: datetime) -> None:
    consent.record_consent(
        tenant=seeded.tenant,
        number="+15555550142",
        kind="written",
        channel="web",
        text_shown="Acme may call me, also with an automated voice, about its offers.",
        evidence="Form 4711, copy in the archive",
        captured_at=now - timedelta(days=30),
        actor=SEED,
        now=now,
    )


def _tenant(slug: str, name: str, now: datetime) -> Seeded:
    tenant = tenants.create_tenant(
        actor=SEED,
        now=now,
        slug=slug,
        name=name,
        time_zone="America/New_York",
        country_groups=["US"],
    )
    people = [_person(tenant, role, now, name=_NAMES[role]) for role in ROLES]
    # Four eyes: an owner's own words, and evidence an owner filed, need another owner.
    _, second = _person(tenant, roles.OWNER, now, name="Omar", address="owner2")
    _, api_key = tenants.issue_runtime_key(
        tenant=tenant,
        actor=SEED,
        now=now,
        name="Demo key",
        scopes=["calls:write", "calls:read", "dnc:write", "consent:write", "webhooks:write"],
    )
    return Seeded(
        tenant=tenant,
        members={member.role: member for member, _ in people},
        users=[*(login for _, login in people), second],
        api_key=api_key,
    )


_NAMES = {"support": "Sam", "owner": "Olive", "admin": "Ada", "auditor": "Aurel"}


def _person(
    tenant: Tenant, role: str, now: datetime, *, name: str, address: str = ""
) -> tuple[Member, dict[str, str]]:
    email, password = f"{address or role}@{tenant.slug}.example", _password()
    user = tenants.create_user(
        actor=SEED,
        now=now,
        email=email,
        name=f"{name} {tenant.name}",
        password=password,
        is_staff=role == "admin",
    )
    member = tenants.add_member(tenant=tenant, user=user, role=role, actor=SEED, now=now)
    return member, {"role": role, "email": email, "password": password}


def _password() -> str:
    return f"go-{secrets.token_urlsafe(9)}"


def _route_and_agent(
    seeded: Seeded, number: str, label: str, sandbox_url: str, now: datetime
) -> Agent:
    tenant = seeded.tenant
    agent = agents.create_agent(
        tenant=tenant, actor=SEED, now=now, agent_key="support_primary", name="Support"
    )
    config: dict[str, Any] = {"model": "voice-1", "voice": "alloy", "language": "en-US"}
    version = agents.add_version(agent=agent, actor=SEED, now=now, config=config)
    agents.publish_version(version=version, actor=SEED, now=now)
    _next_version(seeded, agent, config | {"voice": "verse", "prompt_key": "support/calmer"}, now)
    account = routes.open_account(
        tenant=tenant,
        actor=SEED,
        now=now,
        carrier=CarrierAccount.SANDBOX,
        name=f"Sandbox of {tenant.name}",
        base_url=sandbox_url,
        api_key=f"sandbox-{tenant.slug}-{secrets.token_urlsafe(12)}",
        hook_token=secrets.token_urlsafe(32),
        cps=5,
        concurrency=30,
    )
    routes.add_route(
        tenant=tenant,
        actor=SEED,
        now=now,
        number=number,
        account=account,
        label=label,
        default_agent=agent,
        is_default=True,
    )
    return agent


def _next_version(seeded: Seeded, agent: Agent, config: dict[str, Any], now: datetime) -> None:
    """A staged version on its way to real people: two launch gates filed, one of them complete."""
    admin, owner = seeded.members["admin"], seeded.members["owner"]
    version = agents.add_version(
        agent=agent,
        actor=_actor(admin),
        author=admin.user,
        now=now,
        config=config,
        note="Another voice, and calmer instructions",
    )
    agents.stage_version(version=version, actor=_actor(admin), now=now)
    for name, evidence in LAUNCH_EVIDENCE.items():
        agents.file_evidence(
            version=version,
            name=name,
            evidence=evidence,
            owner=admin.user,
            actor=_actor(admin),
            user=admin.user,
            now=now,
        )
    agents.complete_gate(
        version=version, name="security", actor=_actor(owner), user=owner.user, now=now
    )


def _drafted(
    seeded: Seeded, agent: Agent, name: str, text: str, gaps: tuple[Placeholder, ...], now: datetime
) -> Greeting:
    author = seeded.members["support"]
    return greetings.draft_greeting(
        tenant=seeded.tenant,
        actor=_actor(author),
        author=author.user,
        now=now,
        name=name,
        text=text,
        placeholders=gaps,
        agent_id=agent.pk,
    )


def _approved(
    seeded: Seeded, agent: Agent, name: str, text: str, gaps: tuple[Placeholder, ...], now: datetime
) -> Greeting:
    greeting, owner = _drafted(seeded, agent, name, text, gaps, now), seeded.members["owner"]
    greetings.decide_review(
        asked=greeting.reviews.get(),
        actor=_actor(owner),
        decider=owner.user,
        now=now,
        decision=Review.APPROVED,
        comment="Reads well.",
    )
    return greeting


def _actor(member: Member) -> Actor:
    return scope.member_actor(member)
