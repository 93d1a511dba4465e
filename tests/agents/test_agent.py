"""Creating an agent, and the greeting it opens with."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calls.agents import actions
from calls.agents.models import Agent
from calls.lib.errors import NotFound
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
    with pytest.raises(IntegrityError), transaction.atomic():
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
