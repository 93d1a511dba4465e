"""Row and audit entry are one transaction: where the entry cannot be written, nothing was done."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from calls.agents import actions as agents
from calls.agents.models import AgentVersion
from calls.audit.actor import Actor
from calls.consent import actions as consent
from calls.contacts import actions as contacts
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.greetings import actions as greetings
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.hooks import actions as hooks
from calls.hooks.models import Endpoint
from calls.limits import actions as limits
from calls.limits.models import Limit, Pause
from calls.placing import actions as placing
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.tenants import actions as tenants
from calls.tenants import roles
from tests.agents import steps
from tests.consent.agreed import agreed
from tests.database.rows import again
from tests.dnc.registries import acmes, start
from tests.hooks.steps import URL, delivery, endpoint
from tests.world import CALLEE, NOW, SEED, World

Verb = Callable[[World, dict[str, Any]], object]

VERBS: dict[str, Verb] = {
    "create_tenant": lambda w, by: tenants.create_tenant(slug="x", name="X", **by),
    "change_tenant": lambda w, by: tenants.change_tenant(tenant=w.acme, name="X", **by),
    "suspend_tenant": lambda w, by: tenants.suspend_tenant(tenant=w.acme, reason="x", **by),
    "resume_tenant": lambda w, by: tenants.resume_tenant(tenant=w.acme, **by),
    "set_calling_hours": lambda w, by: tenants.set_calling_hours(
        tenant=w.acme, hours={"mon": ("10:00", "18:00")}, **by
    ),
    "change_user": lambda w, by: tenants.change_user(user=w.user("bob"), name="X", **by),
    "invite_member": lambda w, by: tenants.invite_member(
        tenant=w.acme, email="x@y.example", name="X", role="owner", **by
    ),
    "create_user": lambda w, by: tenants.create_user(email="x@y.example", name="X", **by),
    "add_org": lambda w, by: tenants.add_org(tenant=w.acme, key="x", name="X", **by),
    "add_member": lambda w, by: tenants.add_member(
        tenant=w.acme, user=w.user("charlie"), role="owner", **by
    ),
    "change_role": lambda w, by: tenants.change_role(member=w.members["bob"], role="owner", **by),
    "end_membership": lambda w, by: tenants.end_membership(member=w.members["bob"], **by),
    "issue_runtime_key": lambda w, by: tenants.issue_runtime_key(tenant=w.acme, name="X", **by),
    "issue_admin_key": lambda w, by: tenants.issue_admin_key(name="X", **by),
    "revoke_key": lambda w, by: tenants.revoke_key(key=w.runtime_key, **by),
    "rotate_key": lambda w, by: tenants.rotate_key(key=w.runtime_key, **by),
    "change_key_scopes": lambda w, by: tenants.change_key_scopes(
        key=w.runtime_key, scopes=["calls:read"], **by
    ),
    "create_agent": lambda w, by: agents.create_agent(tenant=w.acme, agent_key="x", name="X", **by),
    "add_version": lambda w, by: agents.add_version(agent=w.agent, config={}, **by),
    "publish_version": lambda w, by: agents.publish_version(version=w.version, **by),
    "stage_version": lambda w, by: agents.stage_version(version=version(w, "draft"), **by),
    "stage_configuration": lambda w, by: agents.stage_configuration(
        agent=w.agent, changes={"voice": "alloy"}, **by
    ),
    "set_canary": lambda w, by: agents.set_canary(version=version(w, "staged"), share=9, **by),
    "roll_back": lambda w, by: agents.roll_back(version=version(w, "retired"), reason="x", **by),
    "retire_version": lambda w, by: agents.retire_version(version=w.version, **by),
    "change_agent": lambda w, by: agents.change_agent(
        agent=w.agent, name="X", purpose="marketing", **by
    ),
    "file_evidence": lambda w, by: agents.file_evidence(
        **gate(w, "rollout"), evidence="x", owner=w.user("bob"), user=w.user("ada"), **by
    ),
    "complete_gate": lambda w, by: agents.complete_gate(
        **gate(w, "security"), user=w.user("alice"), **by
    ),
    "reopen_gate": lambda w, by: agents.reopen_gate(**gate(w, "behaviour"), reason="x", **by),
    "set_default_greeting": lambda w, by: agents.set_default_greeting(
        agent=w.agent, greeting_id=w.reminder.pk, **by
    ),
    "add_number": lambda w, by: dnc.add_number(
        tenant=w.acme, number=CALLEE, reason="", source="", **by
    ),
    "lift_number": lambda w, by: dnc.lift_number(entry=DncEntry.objects.get(), **by),
    "add_source": lambda w, by: dnc.add_source(tenant=w.acme, name="x", title="X", **by),
    "start_import": lambda w, by: dnc.start_import(
        source=acmes(w), content=CALLEE, fetched_at=NOW, **by
    ),
    "finish_import": lambda w, by: dnc.finish_import(found=start(acmes(w), CALLEE), **by),
    "fail_import": lambda w, by: dnc.fail_import(found=start(acmes(w), CALLEE), problem="x", **by),
    "record_consent": lambda w, by: agreed(w, **by),
    "revoke_consent": lambda w, by: consent.revoke_consent(record=agreed(w), how="x", **by),
    "revoke_number": lambda w, by: consent.revoke_number(
        tenant=w.acme, number=agreed(w).number, how="x", **by
    ),
    "state_contact": lambda w, by: contacts.state_contact(
        tenant=w.acme, number=CALLEE, jurisdiction="US", source="x", **by
    ),
    "forget_contact": lambda w, by: contacts.forget_contact(
        contact=contacts.state_contact(
            tenant=w.acme, number=CALLEE, jurisdiction="US", source="x", actor=w.bob, now=NOW
        ),
        **by,
    ),
    "open_account": lambda w, by: routes.open_account(
        tenant=w.acme,
        carrier="sandbox",
        name="X",
        base_url="http://127.0.0.1:9",
        api_key="x",
        hook_token="x",
        **by,
    ),
    "change_account": lambda w, by: routes.change_account(account=w.account, cps=2.0, **by),
    "change_credential": lambda w, by: routes.change_credential(
        account=w.account, api_key="x", **by
    ),
    "rotate_hook_secret": lambda w, by: routes.rotate_hook_secret(account=w.account, **by),
    "rotate_hook_token": lambda w, by: routes.rotate_hook_token(account=w.account, **by),
    "pause_account": lambda w, by: routes.pause_account(account=w.account, reason="x", **by),
    "resume_account": lambda w, by: routes.resume_account(account=w.account, **by),
    "open_breaker": lambda w, by: routes.open_breaker(
        account=w.account, reason="x", breaks=1, probe_at=NOW, **by
    ),
    "close_breaker": lambda w, by: routes.close_breaker(account=broken(w), **by),
    "point_hooks": lambda w, by: routes.point_hooks(
        account=w.account, base_url="http://127.0.0.1:9", token="x", hook_secrets=[], **by
    ),
    "add_route": lambda w, by: routes.add_route(
        tenant=w.acme, number="+15555550002", account=w.account, **by
    ),
    "narrow_route": lambda w, by: routes.narrow_route(route=w.route, country_groups=["US"], **by),
    "switch_route": lambda w, by: routes.switch_route(route=w.route, enabled=False, **by),
    "draft_greeting": lambda w, by: greetings.draft_greeting(
        tenant=w.acme, author=w.user("alice"), name="X", text="Hello there.", **by
    ),
    "revise_greeting": lambda w, by: greetings.revise_greeting(
        greeting=w.order_news, author=w.user("alice"), text="Hello there.", **by
    ),
    "decide_review": lambda w, by: greetings.decide_review(
        asked=w.order_news.reviews.get(), decider=w.user("alice"), decision=Review.APPROVED, **by
    ),
    "withdraw_approval": lambda w, by: greetings.withdraw_approval(
        asked=w.appointment.reviews.get(), **by
    ),
    "ask_again": lambda w, by: greetings.ask_again(
        revision=ended(w.reminder), asker=w.user("bob"), **by
    ),
    "set_limit": lambda w, by: limits.set_limit(tenant=w.acme, scope="tenant", most=5, **by),
    "end_limit": lambda w, by: limits.end_limit(limit=Limit.objects.get(ended_at=None), **by),
    "pause": lambda w, by: limits.pause(tenant=w.acme, reason="x", **by),
    "lift_pause": lambda w, by: limits.lift_pause(pause=Pause.objects.get(), **by),
    "add_endpoint": lambda w, by: hooks.add_endpoint(tenant=w.acme, url=URL, **by),
    "rotate_secret": lambda w, by: hooks.rotate_secret(endpoint=endpoint(w), **by),
    "disable_endpoint": lambda w, by: hooks.disable_endpoint(endpoint=endpoint(w), **by),
    "enable_endpoint": lambda w, by: hooks.enable_endpoint(endpoint=disabled(w), **by),
    "end_endpoint": lambda w, by: hooks.end_endpoint(endpoint=endpoint(w), **by),
    "send_test_event": lambda w, by: hooks.send_test_event(endpoint=endpoint(w), **by),
    "replay_delivery": lambda w, by: hooks.replay_delivery(delivery=delivery(endpoint(w)), **by),
    "replay_failed": lambda w, by: hooks.replay_failed(endpoint=endpoint(w), since=NOW, **by),
    "place_call": lambda w, by: placing.place_call(ask=w.ask(), tenant=w.acme, **by),
}


# What an owner may not do is done by an admin.
BY_ADA = {"create_agent", "change_agent", "add_version", "publish_version", "stage_version"}
BY_ADA |= {"set_canary", "roll_back", "retire_version", "set_default_greeting", "file_evidence"}
BY_ADA |= {"set_limit", "end_limit", "change_tenant", "set_calling_hours", "add_org", "add_member"}
BY_ADA |= {"invite_member", "change_role", "end_membership", "issue_runtime_key", "revoke_key"}
BY_ADA |= {"open_account", "point_hooks", "add_route", "switch_route", "narrow_route"}
BY_ADA |= {"resume_account", "rotate_key", "change_key_scopes"}
BY_ADA |= {"resume_account", "change_account", "change_credential"}
BY_ADA |= {"rotate_hook_secret", "rotate_hook_token"}
BY_ADA |= {"add_endpoint", "rotate_secret", "disable_endpoint", "enable_endpoint", "end_endpoint"}
BY_ADA |= {"send_test_event", "replay_delivery", "replay_failed"}
BY_ADA |= {"stage_configuration"}
# What no tenant's people may do is done by whoever runs the installation.
BY_PAT = {"create_tenant", "suspend_tenant", "resume_tenant", "create_user", "change_user"}
BY_PAT |= {"issue_admin_key", "open_breaker", "close_breaker"}
PAT = Actor(kind="user", id="us_1", name="Pat", may=frozenset({roles.PLATFORM}))


def version(world: World, state: str) -> AgentVersion:
    """The version of the agent that stands there."""
    return world.agent.versions.get(state=state)


def broken(world: World) -> CarrierAccount:
    """The account, whose carrier does not answer."""
    by: dict[str, Any] = {"actor": SEED, "now": NOW}
    return routes.open_breaker(account=world.account, reason="x", breaks=1, probe_at=NOW, **by)


def disabled(world: World) -> Endpoint:
    """An endpoint that nothing is sent to."""
    return hooks.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)


def ended(greeting: Greeting) -> GreetingRevision:
    """Live words whose approval has an end."""
    greeting.reviews.update(valid_until=NOW + timedelta(days=1))
    return greeting.revisions.get()


def gate(world: World, name: str) -> dict[str, Any]:
    """A launch gate of the published version, named as verbs want it."""
    return {"version": world.version, "name": name}


def prepare(world: World) -> None:
    """A number to lift, a version in each state, a gate to complete and one to reopen."""
    dnc.add_number(
        tenant=world.acme, number="+12125550100", reason="", source="", actor=world.bob, now=NOW
    )
    steps.add(world)
    steps.staged(world)
    again(world.version, number=9, state="retired", published_at=NOW)
    steps.file(world, world.version, "security")
    steps.launch(world, world.version, "behaviour")
    what_limits(world)


def what_limits(world: World) -> None:
    """A limit to end, and a pause to lift."""
    act: dict[str, Any] = {"tenant": world.acme, "now": NOW}
    limits.set_limit(scope="prefix", most=5, actor=world.ada, **act)
    idle = again(world.agent, agent_key="idle")
    limits.pause(agent=idle, reason="x", actor=world.bob, **act)


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the domain."""
    models = apps.get_app_config("calls").get_models(include_auto_created=True)
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def nameless(actor: Actor) -> Actor:
    """Somebody of whom no audit entry can be written."""
    return replace(actor, request_id=None)  # type: ignore[arg-type]


def doer(world: World, verb: str) -> Actor:
    """Somebody who may."""
    if verb in BY_PAT:
        return PAT
    return world.ada if verb in BY_ADA else world.alice


@pytest.mark.parametrize("verb", VERBS)
def test_nothing_is_done(world: World, verb: str) -> None:
    prepare(world)
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        VERBS[verb](world, {"actor": nameless(doer(world, verb)), "now": NOW})
    assert everything() == before


@pytest.mark.parametrize("verb", VERBS)
def test_with_a_name_the_same_is_done(world: World, verb: str) -> None:
    prepare(world)
    before = everything()
    VERBS[verb](world, {"actor": doer(world, verb), "now": NOW})
    after = everything()
    assert len(after["AuditEntry"]) > len(before["AuditEntry"])


def test_a_call_is_not_canceled_either(world: World) -> None:
    call = world.place(actor=world.alice).call
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        placing.cancel_call(call=call, actor=nameless(world.alice), now=NOW)
    assert everything() == before
