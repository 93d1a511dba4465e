"""A greeting may be one business unit's own; it stays what it was written and approved for."""

from typing import Any

import pytest

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.greetings import queries
from calls.greetings.models import Greeting
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.tenants import actions as tenants
from calls.tenants.models import Org
from tests.tenants.units import give, limit_to, unit
from tests.world import NOW, SEED, World

WORDS = "Hello, this is Acme about your delivery."


def draft(world: World, key: str = "north", **fields: Any) -> Greeting:
    return world.draft(WORDS, name=f"Of {key}", org=unit(world, key), **fields)


def meant(world: World, key: str = "") -> list[str]:
    """The greetings this text means in a call for a unit."""
    found = queries.recognise(
        tenant=world.acme,
        text=WORDS,
        agent_id=world.agent.pk,
        org_id=unit(world, key).pk if key else None,
    )
    return [revision.greeting.name for revision, _ in found]


def test_it_is_kept_and_on_record(world: World) -> None:
    greeting = draft(world)
    assert greeting.org == unit(world, "north")
    entry = AuditEntry.objects.get(target_id=greeting.public_id)
    assert entry.after["org"] == "north"


def test_without_one_it_is_for_all(world: World) -> None:
    assert world.draft(WORDS).org is None
    entry = AuditEntry.objects.filter(verb="greeting.drafted").latest("id")
    assert "org" not in entry.after


def test_who_acts_for_another_unit_does_not_write_it(world: World) -> None:
    limit_to(world, "south", "bob")
    with pytest.raises(NotPermitted):
        draft(world)
    assert draft(world, "south").org == unit(world, "south")


def test_a_unit_of_another_tenant_is_not_there(world: World) -> None:
    theirs = tenants.add_org(tenant=world.globex, actor=SEED, now=NOW, key="north", name="North")
    with pytest.raises(NotFound):
        world.draft(WORDS, org=theirs)
    assert not Greeting.objects.filter(org__isnull=False).exists()


def test_an_agent_of_another_unit_cannot_say_it(world: World) -> None:
    give(world, "south", world.agent)
    with pytest.raises(BadField, match="This agent is of South"):
        draft(world, agent_id=world.agent.pk)
    assert draft(world, "south", agent_id=world.agent.pk).org == Org.objects.get(key="south")


def test_new_words_stay_its_own(world: World) -> None:
    greeting = world.approve(draft(world))
    assert greeting.live_revision
    assert greeting.live_revision.greeting.org == unit(world, "north")


def test_its_text_means_it_in_a_call_for_it(world: World) -> None:
    for key in ("north", "south"):
        world.approve(draft(world, key))
    assert (meant(world, "north"), meant(world, "south")) == (["Of north"], ["Of south"])


def test_elsewhere_it_is_found_so_that_the_gate_can_say_why(world: World) -> None:
    world.approve(draft(world))
    assert (meant(world), meant(world, "south")) == (["Of north"], ["Of north"])


def test_it_is_the_default_of_an_agent_of_its_unit_only(world: World) -> None:
    own = world.approve(draft(world))
    given = {"greeting_id": own.pk, "actor": SEED, "now": NOW}
    with pytest.raises(BadField, match="These words are for North alone"):
        agents.set_default_greeting(agent=world.agent, **given)
    give(world, "north", world.agent)
    assert agents.set_default_greeting(agent=world.agent, **given).default_greeting == own
