"""A staged version as a canary: one per agent, a share of callees, and gone once it is published."""

import pytest

from calls.agents import actions
from calls.agents.actions import CanaryTaken, LaunchNotComplete, NoSuchStep
from calls.lib.errors import BadField
from tests.agents.steps import add, go_live, launch, publish, retire, share, staged
from tests.audit.entries import told
from tests.world import NOW, World


def test_a_share_is_given_and_noted(world: World) -> None:
    version = share(world, staged(world), 10)
    version.refresh_from_db()
    assert version.canary_share == 10
    assert told(version, "version.canary_set") == ("Ada", {"share": 0}, {"share": 10})


@pytest.mark.parametrize("part", [-1, 101])
def test_of_a_hundred(world: World, part: int) -> None:
    with pytest.raises(BadField) as refused:
        share(world, staged(world), part)
    assert refused.value.field == "share"


@pytest.mark.parametrize("part", [0, 1, 100])
def test_none_some_and_all_can_be_given(world: World, part: int) -> None:
    assert share(world, staged(world), part).canary_share == part


def test_a_draft_is_no_canary(world: World) -> None:
    with pytest.raises(NoSuchStep, match="Stage it first"):
        share(world, add(world), 10)


def test_the_published_one_is_no_canary(world: World) -> None:
    with pytest.raises(NoSuchStep):
        share(world, world.version, 10)


def test_one_canary_at_a_time(world: World) -> None:
    first, second = share(world, staged(world), 10), staged(world)
    with pytest.raises(CanaryTaken, match="Version 2 speaks to 10 of 100 callees already"):
        share(world, second, 5)
    share(world, first, 0)
    assert share(world, second, 5).canary_share == 5


def test_the_canary_of_another_agent_is_not_in_the_way(world: World) -> None:
    sales = actions.create_agent(
        tenant=world.acme, actor=world.ada, now=NOW, agent_key="sales", name="Sales"
    )
    share(world, staged(world), 10)
    assert share(world, staged(world, sales), 10).canary_share == 10


def test_real_people_hear_no_canary_that_was_not_launched(world: World) -> None:
    version = launch(world, staged(world), "security")
    go_live(world)
    with pytest.raises(LaunchNotComplete):
        share(world, version, 1)


def test_a_share_can_always_be_taken_back(world: World) -> None:
    version = share(world, staged(world), 10)
    go_live(world)
    assert share(world, version, 0).canary_share == 0


def test_published_it_speaks_to_everybody(world: World) -> None:
    version = publish(world, share(world, staged(world), 10))
    version.refresh_from_db()
    assert (version.state, version.canary_share) == ("published", 0)


def test_retired_it_speaks_to_nobody(world: World) -> None:
    version = retire(world, share(world, staged(world), 10))
    version.refresh_from_db()
    assert (version.state, version.canary_share) == ("retired", 0)
