"""One act leads back to an earlier version: it says who and why, and keeps its launch gates."""

import pytest

from calls.agents.actions import LaunchNotComplete, NoSuchStep
from calls.agents.queries import missing_gates
from calls.lib.errors import BadField
from tests.agents.steps import add, go_live, launch, publish, retire, roll_back, staged, states
from tests.audit.entries import told
from tests.world import World


def test_the_earlier_one_speaks_again(world: World) -> None:
    publish(world, add(world))
    roll_back(world, world.version)
    assert states(world.agent) == {1: "published", 2: "retired"}
    assert world.place().call.agent_version == world.version


def test_who_and_why_is_kept(world: World) -> None:
    publish(world, add(world))
    roll_back(world, world.version, reason=" It stutters. ")
    after = {"version": 1, "reason": "It stutters."}
    assert told(world.version, "version.rolled_back_to") == ("Ada", {"version": 2}, after)


@pytest.mark.parametrize("reason", ["", "  "])
def test_a_reason_is_demanded(world: World, reason: str) -> None:
    publish(world, add(world))
    with pytest.raises(BadField) as refused:
        roll_back(world, world.version, reason=reason)
    assert (refused.value.field, states(world.agent)[2]) == ("reason", "published")


def test_after_a_retirement_there_is_a_way_back(world: World) -> None:
    retire(world, world.version)
    roll_back(world, world.version)
    assert states(world.agent) == {1: "published"}


def test_what_was_never_in_use_is_no_way_back(world: World) -> None:
    with pytest.raises(NoSuchStep, match="never in use"):
        roll_back(world, retire(world, staged(world)))


@pytest.mark.parametrize("number", [1, 2])
def test_what_is_in_use_or_to_come_is_no_way_back(world: World, number: int) -> None:
    staged(world)
    with pytest.raises(NoSuchStep):
        roll_back(world, world.agent.versions.get(number=number))


def test_its_launch_gates_still_hold(world: World) -> None:
    launch(world, world.version)
    publish(world, launch(world, staged(world)))
    go_live(world)
    roll_back(world, world.version)
    assert missing_gates(world.version) == ()
    assert states(world.agent) == {1: "published", 2: "retired"}


def test_real_people_hear_none_that_was_not_launched(world: World) -> None:
    publish(world, launch(world, staged(world)))
    go_live(world)
    with pytest.raises(LaunchNotComplete):
        roll_back(world, world.version)
    assert states(world.agent) == {1: "retired", 2: "published"}
