"""Versions of an agent: numbered, frozen, and one of them published."""

import pytest
from django.db import IntegrityError, transaction

from calls.agents import actions
from calls.agents.models import Agent, AgentVersion
from tests.audit.entries import entry
from tests.world import NOW, World


def add(world: World, agent: Agent | None = None, **config: str) -> AgentVersion:
    return actions.add_version(agent=agent or world.agent, actor=world.ada, now=NOW, config=config)


def states(agent: Agent) -> dict[int, str]:
    return dict(agent.versions.order_by("number").values_list("number", "state"))


def test_versions_are_counted_per_agent(world: World) -> None:
    other = actions.create_agent(
        tenant=world.acme, actor=world.ada, now=NOW, agent_key="sales", name="Sales"
    )
    assert [add(world).number, add(world).number] == [2, 3]
    assert add(world, other).number == 1


def test_a_new_version_is_a_draft(world: World) -> None:
    version = add(world, voice="alloy")
    version.refresh_from_db()
    assert (version.state, version.config) == ("draft", {"voice": "alloy"})
    assert entry(version, "version.added").target_label == "Support v2"


def test_publishing_retires_the_one_before(world: World) -> None:
    second = add(world)
    actions.publish_version(version=second, actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "retired", 2: "published"}
    assert entry(second, "version.published").actor_name == "Ada"


def test_publishing_twice_changes_nothing(world: World) -> None:
    actions.publish_version(version=world.version, actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "published"}


def test_a_retired_version_can_be_published_again(world: World) -> None:
    actions.publish_version(version=add(world), actor=world.ada, now=NOW)
    actions.publish_version(version=world.version, actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "published", 2: "retired"}


def test_other_agents_keep_theirs(world: World) -> None:
    other = actions.create_agent(
        tenant=world.acme, actor=world.ada, now=NOW, agent_key="sales", name="Sales"
    )
    actions.publish_version(version=add(world, other), actor=world.ada, now=NOW)
    assert states(world.agent) == {1: "published"}


def test_new_calls_speak_with_the_published_one(world: World) -> None:
    second = add(world)
    assert world.place().call.agent_version == world.version
    actions.publish_version(version=second, actor=world.ada, now=NOW)
    assert world.place(allow_duplicate=True).call.agent_version == second


@pytest.mark.parametrize(
    ("number", "state"), [(2, "published"), (1, "draft"), (2, "live"), (2, "")]
)
def test_the_database_refuses_by_hand(world: World, number: int, state: str) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        AgentVersion(agent=world.agent, number=number, state=state, created_at=NOW).save()
