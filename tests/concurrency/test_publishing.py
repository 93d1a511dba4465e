"""Admins and owners act on one agent at once: one published version, one canary, one completion."""

from functools import partial

import pytest

from calls.agents.actions import CanaryTaken, CannotComplete, NoSuchStep
from calls.agents.models import AgentVersion
from tests.agents.steps import add, complete, file, publish, retire, roll_back, share, staged
from tests.audit.entries import entry
from tests.concurrency.together import failures, together
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = [f"round {n}" for n in range(3)]


def standing(world: World) -> list[str]:
    """Where the agent's versions stand, in the order of their numbers."""
    return list(world.agent.versions.order_by("number").values_list("state", flat=True))


@pytest.mark.parametrize("name", ROUNDS)
def test_two_versions_published_at_once(world: World, name: str) -> None:
    versions = [staged(world), staged(world)]
    results = together(*[partial(publish, world, version) for version in versions])
    assert failures(results) == []
    assert sorted(standing(world)) == ["published", "retired", "retired"]


@pytest.mark.parametrize("name", ROUNDS)
def test_published_and_retired_at_once(world: World, name: str) -> None:
    version = staged(world)
    results = together(partial(publish, world, version), partial(retire, world, version))
    assert failures(results, NoSuchStep) == []
    version.refresh_from_db()
    assert version.state == "retired"


@pytest.mark.parametrize("name", ROUNDS)
def test_rolled_back_by_two_at_once(world: World, name: str) -> None:
    publish(world, add(world))
    results = together(*[partial(roll_back, world, world.version)] * 2)
    assert failures(results, NoSuchStep) == []
    assert entry(world.version, "version.rolled_back_to").actor_name == "Ada"
    assert standing(world) == ["published", "retired"]


@pytest.mark.parametrize("name", ROUNDS)
def test_two_canaries_at_once_are_one(world: World, name: str) -> None:
    versions = [staged(world), staged(world)]
    results = together(*[partial(share, world, version, 10) for version in versions])
    assert failures(results, CanaryTaken) == []
    assert AgentVersion.objects.filter(canary_share=10).count() == 1


@pytest.mark.parametrize("name", ROUNDS)
def test_two_owners_complete_once(world: World, name: str) -> None:
    file(world, world.version)
    works = [partial(complete, world, world.version, by=who) for who in ("alice", "olga")]
    results = together(*works)
    assert failures(results, CannotComplete) == []
    assert entry(world.version, "launch_gate.completed").actor_name in ("Alice", "Olga")


def test_versions_added_at_once_have_numbers_of_their_own(world: World) -> None:
    results = together(*[partial(add, world)] * 4)
    assert failures(results) == []
    numbers = world.agent.versions.order_by("number").values_list("number", flat=True)
    assert list(numbers) == [1, 2, 3, 4, 5]
