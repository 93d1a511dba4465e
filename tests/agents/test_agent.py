"""Creating an agent, and the greeting it opens with."""

from typing import Any

import pytest

from calls.agents import actions
from calls.agents.actions import AgentKeyTaken
from calls.agents.models import Agent
from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.placing.actions import CallRefused
from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.audit.entries import told
from tests.world import NOW, SEED, World


def create(tenant: Tenant, **fields: Any) -> Agent:
    given = {"agent_key": "sales", "name": "Sales"} | fields
    return actions.create_agent(tenant=tenant, actor=SEED, now=NOW, **given)


def test_a_new_agent_is_on_record_and_cannot_speak(world: World) -> None:
    agent = create(world.acme)
    assert agent.versions.count() == 0
    after = {"agent_key": "sales", "purpose": "transactional"}
    assert told(agent, "agent.created") == ("seed", {}, after)


def test_a_key_names_one_agent_of_a_tenant(world: World) -> None:
    with pytest.raises(AgentKeyTaken):
        create(world.acme, agent_key="support_primary")
    assert create(world.globex, agent_key="support_primary").tenant == world.globex


def test_an_agent_of_another_tenants_org_is_refused(world: World) -> None:
    org = tenants.add_org(tenant=world.globex, actor=SEED, now=NOW, key="west", name="West")
    with pytest.raises(NotFound):
        create(world.acme, org=org)
    assert not Agent.objects.filter(agent_key="sales").exists()


def test_the_default_greeting_is_spoken_when_none_is_named(world: World) -> None:
    call = world.place(greeting="").call
    assert call.greeting_revision == world.appointment.live_revision
    assert told(world.agent, "agent.default_greeting_set") == (
        "seed",
        {},
        {"greeting": str(world.appointment.pk)},
    )


def test_another_tenants_greeting_is_refused(world: World) -> None:
    theirs = world.draft("Hello, this is Globex.", by="charlie")
    with pytest.raises(NotFound):
        actions.set_default_greeting(
            agent=world.agent, greeting_id=theirs.pk, actor=world.ada, now=NOW
        )
    world.agent.refresh_from_db()
    assert world.agent.default_greeting == world.appointment


def test_an_agent_can_be_left_without_one(world: World) -> None:
    actions.set_default_greeting(agent=world.agent, greeting_id=None, actor=world.ada, now=NOW)
    world.agent.refresh_from_db()
    assert world.agent.default_greeting is None


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("agent_key", "two words"),
        ("agent_key", ""),
        ("agent_key", "x" * 65),
        ("name", " "),
        ("name", "x" * 101),
        ("purpose", "fun"),
    ],
)
def test_what_is_not_usable_is_named(world: World, field: str, value: str) -> None:
    with pytest.raises(BadField) as refused:
        create(world.acme, **{field: value})
    assert refused.value.field == field


@pytest.mark.parametrize("who", ["alice", "bob", "aurel"])
def test_only_admins_make_and_change_agents(world: World, who: str) -> None:
    by = {"actor": getattr(world, who), "now": NOW}
    with pytest.raises(NotPermitted):
        actions.create_agent(tenant=world.acme, agent_key="x", name="X", **by)
    with pytest.raises(NotPermitted):
        actions.change_agent(agent=world.agent, name="X", purpose="marketing", **by)
    with pytest.raises(NotPermitted):
        actions.set_default_greeting(agent=world.agent, greeting_id=None, **by)


def change(world: World, **fields: str) -> Agent:
    given = {"name": "Support", "purpose": "transactional"} | fields
    return actions.change_agent(agent=world.agent, actor=world.ada, now=NOW, **given)


def test_only_what_changed_is_noted(world: World) -> None:
    assert change(world, name="Service").name == "Service"
    assert told(world.agent, "agent.changed") == (
        "Ada",
        {"name": "Support"},
        {"name": "Service"},
    )


def test_changing_nothing_is_not_noted(world: World) -> None:
    change(world)
    assert not AuditEntry.objects.filter(verb="agent.changed").exists()


def test_another_purpose_takes_the_approvals_away(world: World) -> None:
    change(world, purpose="marketing")
    refused = refusal_of(world)
    assert refused == "greeting_not_approved"


def test_with_the_old_purpose_they_hold_again(world: World) -> None:
    change(world, purpose="marketing")
    change(world)
    assert world.place().call.state == "queued"


def refusal_of(world: World) -> str:
    with pytest.raises(CallRefused) as refused:
        world.place()
    return refused.value.code
