"""A version named by its id: the published one by anybody, a staged one with the right versions:choose."""

from typing import Any

import pytest

from calls.agents.models import AgentVersion
from calls.placing.actions import CallRefused
from calls.tenants import actions as tenants
from calls.tenants import scope
from tests.agents.steps import publish, share, staged
from tests.database.rows import change
from tests.dispatch.steps import intend
from tests.world import NOW, SEED, World


def named(world: World, version: AgentVersion, who: str, **fields: Any) -> Any:
    return world.place(
        agent_version_id=version.public_id,
        actor=getattr(world, who),
        allow_duplicate=True,
        **fields,
    )


def key(world: World, *scopes: str) -> Any:
    """A program of Acme's with these scopes."""
    row, _ = tenants.issue_runtime_key(
        tenant=world.acme, actor=SEED, now=NOW, name="Tests", scopes=scopes
    )
    return scope.key_actor(row)


@pytest.mark.parametrize("who", ["bob", "program"])
def test_a_staged_one_is_not_for_everybody(world: World, who: str) -> None:
    version = staged(world)
    with pytest.raises(CallRefused, match="takes the right versions:choose") as refused:
        named(world, version, who)
    assert refused.value.code == "agent_unavailable"
    assert refused.value.call.agent_version == version


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_owners_and_admins_choose_it(world: World, who: str) -> None:
    version = staged(world)
    assert named(world, version, who).call.agent_version == version


def test_a_key_chooses_it_with_the_scope(world: World) -> None:
    version = staged(world)
    asked: dict[str, Any] = {"agent_version_id": version.public_id}
    with pytest.raises(CallRefused):
        world.place(actor=key(world, "calls:write"), **asked)
    both = key(world, "calls:write", "versions:choose")
    assert world.place(actor=both, **asked).call.agent_version == version


@pytest.mark.parametrize("who", ["bob", "program", "alice"])
def test_the_published_one_takes_nothing_more(world: World, who: str) -> None:
    assert named(world, world.version, who).call.version_chosen


def test_being_the_canary_of_all_does_not_make_it_anybodys_choice(world: World) -> None:
    """Whom the canary speaks to is drawn, not chosen."""
    version = share(world, staged(world), 100)
    with pytest.raises(CallRefused, match="versions:choose"):
        named(world, version, "bob")
    assert world.place().call.agent_version == version


def test_the_right_stands_until_it_is_dialled(world: World) -> None:
    call = named(world, staged(world), "alice").call
    change(world.members["alice"], role="support")
    assert intend(call) is not None


def test_with_calls_waiting_it_may_be_published(world: World) -> None:
    version = staged(world)
    call = named(world, version, "alice").call
    publish(world, version)
    assert named(world, version, "bob").call.agent_version == call.agent_version == version
