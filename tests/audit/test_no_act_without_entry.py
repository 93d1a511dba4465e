"""Row and audit entry are one transaction: where the entry cannot be written, nothing was done."""

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest
from django.apps import apps
from django.db import IntegrityError, transaction

from calls.agents import actions as agents
from calls.audit.actor import Actor
from calls.dnc import actions as dnc
from calls.dnc.models import DncEntry
from calls.greetings import actions as greetings
from calls.greetings.models import Review
from calls.placing import actions as placing
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.world import CALLEE, NOW, World

Verb = Callable[[World, dict[str, Any]], object]

VERBS: dict[str, Verb] = {
    "create_tenant": lambda w, by: tenants.create_tenant(slug="x", name="X", **by),
    "change_tenant": lambda w, by: tenants.change_tenant(tenant=w.acme, name="X", **by),
    "suspend_tenant": lambda w, by: tenants.suspend_tenant(tenant=w.acme, reason="x", **by),
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
    "create_agent": lambda w, by: agents.create_agent(tenant=w.acme, agent_key="x", name="X", **by),
    "add_version": lambda w, by: agents.add_version(agent=w.agent, config={}, **by),
    "publish_version": lambda w, by: agents.publish_version(version=w.version, **by),
    "set_default_greeting": lambda w, by: agents.set_default_greeting(
        agent=w.agent, greeting_id=w.reminder.pk, **by
    ),
    "add_number": lambda w, by: dnc.add_number(
        tenant=w.acme, number=CALLEE, reason="", source="", **by
    ),
    "lift_number": lambda w, by: dnc.lift_number(entry=DncEntry.objects.get(), **by),
    "pause_account": lambda w, by: routes.pause_account(account=w.account, reason="x", **by),
    "resume_account": lambda w, by: routes.resume_account(account=w.account, **by),
    "point_hooks": lambda w, by: routes.point_hooks(
        account=w.account, base_url="http://x", token="x", hook_secrets=[], **by
    ),
    "add_route": lambda w, by: routes.add_route(
        tenant=w.acme, number="+15555550002", account=w.account, **by
    ),
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
    "place_call": lambda w, by: placing.place_call(ask=w.ask(), tenant=w.acme, **by),
}


def everything() -> dict[str, list[dict[str, Any]]]:
    """Every row of the domain."""
    models = apps.get_app_config("calls").get_models(include_auto_created=True)
    return {m.__name__: list(m._default_manager.order_by("pk").values()) for m in models}


def nameless(actor: Actor) -> Actor:
    """Somebody of whom no audit entry can be written."""
    return replace(actor, request_id=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_nothing_is_done(world: World, verb: Verb) -> None:
    dnc.add_number(
        tenant=world.acme, number="+12125550100", reason="", source="", actor=world.bob, now=NOW
    )
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        verb(world, {"actor": nameless(world.alice), "now": NOW})
    assert everything() == before


@pytest.mark.parametrize("verb", VERBS.values(), ids=VERBS)
def test_with_a_name_the_same_is_done(world: World, verb: Verb) -> None:
    dnc.add_number(
        tenant=world.acme, number="+12125550100", reason="", source="", actor=world.bob, now=NOW
    )
    before = everything()
    verb(world, {"actor": world.alice, "now": NOW})
    after = everything()
    assert len(after["AuditEntry"]) > len(before["AuditEntry"])


def test_a_call_is_not_canceled_either(world: World) -> None:
    call = world.place(actor=world.alice).call
    before = everything()
    with pytest.raises(IntegrityError), transaction.atomic():
        placing.cancel_call(call=call, actor=nameless(world.alice), now=NOW)
    assert everything() == before
