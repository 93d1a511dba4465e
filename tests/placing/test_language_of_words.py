"""Words are spoken by a version that speaks their language, also by one published after the call was accepted."""

import pytest

from calls.agents import actions as agents
from calls.agents.models import AgentVersion
from calls.greetings.models import Greeting
from calls.placing.actions import CallRefused
from calls.records.models import Call
from tests.dispatch.steps import fresh, intend
from tests.world import NOW, SEED, World

SPANISH = "Hola, le llama Acme por su cita de mañana."


def greeting(world: World, language: str) -> Greeting:
    """Words of the agent in a language, approved."""
    own = {"agent_id": world.agent.pk, "language": language}
    return world.approve(world.draft(SPANISH, name="Cita", **own))


def publish(world: World, config: dict[str, str]) -> AgentVersion:
    """A version with this configuration speaks from now on."""
    version = agents.add_version(agent=world.agent, actor=SEED, now=NOW, config=config)
    return agents.publish_version(version=version, actor=SEED, now=NOW)


def refusal(world: World, **fields: str) -> str:
    with pytest.raises(CallRefused) as refused:
        world.place(**fields)
    assert refused.value.code == "greeting_not_approved"
    return refused.value.sentence


@pytest.mark.parametrize("language", ["es-US", "en-GB"])
def test_words_in_another_language_are_refused_by_both_names(world: World, language: str) -> None:
    said = refusal(world, greeting_id=greeting(world, language).public_id)
    assert f"in {language}, and support_primary speaks en-US" in said


def test_so_is_their_text(world: World) -> None:
    greeting(world, "es-US")
    assert "speaks en-US" in refusal(world, greeting=SPANISH)


def test_words_in_its_own_language_pass(world: World) -> None:
    publish(world, {"language": "es"})
    placed = world.place(greeting_id=greeting(world, "es-US").public_id)
    assert placed.call.state == "queued"


def test_a_version_that_states_no_language_speaks_any(world: World) -> None:
    publish(world, {"voice": "calm"})
    placed = world.place(greeting_id=greeting(world, "es-US").public_id)
    assert placed.call.state == "queued"


def test_a_version_published_meanwhile_does_not_speak_the_words_of_the_last_one(
    world: World,
) -> None:
    waiting = world.place().call
    publish(world, {"language": "fr-CA"})
    assert intend(waiting) is None
    refused: Call = fresh(waiting)
    assert (refused.state, refused.reason) == ("refused", "greeting_not_approved")
    assert "in en-US, and support_primary speaks fr-CA" in refused.reason_text
