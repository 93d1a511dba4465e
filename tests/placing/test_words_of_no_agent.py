"""Words approved for any agent are information; an agent that markets needs words approved for itself."""

from typing import Any

import pytest

from calls.agents import actions as agents
from calls.agents.models import Agent
from calls.placing.actions import CallRefused
from tests.world import NOW, SEED, World

WORDS = "Acme here. Say stop to end our calls."


@pytest.fixture
def sales(world: World) -> Agent:
    """An agent that markets, published."""
    made = agents.create_agent(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        agent_key="sales",
        name="Sales",
        purpose="marketing",
    )
    version = agents.add_version(agent=made, actor=SEED, now=NOW, config={"language": "en-US"})
    agents.publish_version(version=version, actor=SEED, now=NOW)
    return made


def said(world: World, name: str, **fields: Any) -> str:
    return world.approve(world.draft(WORDS, name=name, **fields)).public_id


def refusals(world: World, greeting_id: str) -> dict[str, str]:
    """What refuses a call of the agent that markets, with the sentence; consent is another story."""
    try:
        world.place(agent_key="sales", greeting_id=greeting_id)
    except CallRefused as refused:
        return {str(v["gate"]): str(v["message"]) for v in refused.verdicts}
    return {}


def test_an_agent_that_markets_does_not_say_them(world: World, sales: Agent) -> None:
    refused = refusals(world, said(world, "Any"))
    assert "sales markets, and these words are approved for any agent" in refused["greeting"]


def test_it_says_words_of_its_own(world: World, sales: Agent) -> None:
    assert "greeting" not in refusals(world, said(world, "Own", agent_id=sales.pk))


def test_an_agent_that_informs_says_them(world: World) -> None:
    assert world.place(greeting_id=said(world, "Any")).call.state == "queued"
