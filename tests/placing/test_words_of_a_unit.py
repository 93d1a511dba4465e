"""Words of one business unit are spoken in calls for it, and in no others."""

import pytest

from calls.greetings.models import Greeting
from calls.placing.actions import CallRefused
from tests.database.rows import change
from tests.dispatch.steps import fresh, intend
from tests.tenants.units import give, unit
from tests.world import World

WORDS = "Hello, this is Acme about your delivery."


@pytest.fixture
def norths(world: World) -> Greeting:
    """Approved words of the north."""
    return world.approve(world.draft(WORDS, org=unit(world, "north")))


def refusal(world: World, **fields: str) -> str:
    with pytest.raises(CallRefused) as refused:
        world.place(**fields)
    assert refused.value.code == "greeting_not_approved"
    return refused.value.sentence


def test_a_call_for_it_speaks_them(world: World, norths: Greeting) -> None:
    call = world.place(greeting_id=norths.public_id, org_id="north").call
    assert (call.state, call.greeting_revision) == ("queued", norths.live_revision)


def test_a_caller_id_of_the_unit_makes_it_a_call_for_it(world: World, norths: Greeting) -> None:
    give(world, "north", world.route)
    assert world.place(greeting_id=norths.public_id).call.state == "queued"


def test_a_call_for_nobody_in_particular_does_not(world: World, norths: Greeting) -> None:
    said = refusal(world, greeting_id=norths.public_id)
    assert "for north alone, and this call is for no business unit" in said


def test_a_call_for_another_unit_does_not(world: World, norths: Greeting) -> None:
    unit(world, "south")
    said = refusal(world, greeting_id=norths.public_id, org_id="south")
    assert "for north alone, and this call is for south" in said


def test_their_text_is_bound_like_their_id(world: World, norths: Greeting) -> None:
    assert "for north alone" in refusal(world, greeting=WORDS)
    assert world.place(greeting=WORDS, org_id="north").call.greeting_revision


def test_an_agents_default_is_bound_too(world: World, norths: Greeting) -> None:
    change(world.agent, default_greeting=norths)
    assert "for north alone" in refusal(world, greeting="")


def test_words_given_to_a_unit_by_hand_are_not_spoken_by_what_waits(world: World) -> None:
    waiting = world.place().call
    give(world, "north", world.appointment)
    assert intend(waiting) is None
    assert fresh(waiting).reason == "greeting_not_approved"
