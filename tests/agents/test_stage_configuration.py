"""Another configuration is staged from the one that speaks; asking for what there is changes nothing."""

from typing import Any

import pytest

from calls.agents import actions
from calls.agents.models import AgentVersion
from calls.audit.models import AuditEntry
from calls.lib.errors import BadField
from tests.agents import steps
from tests.database.rows import change
from tests.world import NOW, World


def ask(world: World, **changes: str) -> AgentVersion:
    by: dict[str, Any] = {"actor": world.ada, "now": NOW}
    return actions.stage_configuration(agent=world.agent, changes=changes, **by)


def states(world: World) -> list[str]:
    return list(world.agent.versions.order_by("number").values_list("state", flat=True))


def test_what_is_not_named_stays(world: World) -> None:
    change(world.version, config={"model": "m-1", "voice": "echo"})
    assert ask(world, voice="alloy").config == {"model": "m-1", "voice": "alloy"}
    assert states(world) == ["published", "staged"]


def test_what_speaks_is_answered_as_it_is(world: World) -> None:
    assert ask(world, language="en-US") == world.version
    assert states(world) == ["published"]


def test_what_is_staged_is_answered_as_it_is(world: World) -> None:
    version = ask(world, voice="alloy")
    assert ask(world, voice="alloy") == version
    entries = AuditEntry.objects.filter(target_id=version.public_id).order_by("id")
    assert [entry.verb for entry in entries][-1] == "version.asked_again"


def test_an_older_staged_one_is_passed_over(world: World) -> None:
    first = ask(world, voice="alloy")
    ask(world, voice="echo")
    assert ask(world, voice="alloy").number == first.number + 2


def test_an_agent_that_never_spoke_starts_from_its_newest(world: World) -> None:
    change(world.version, state="draft")
    assert ask(world, voice="alloy").config == {"language": "en-US", "voice": "alloy"}


def test_a_draft_is_left_alone(world: World) -> None:
    steps.add(world, voice="alloy")
    ask(world, voice="alloy")
    assert states(world) == ["published", "draft", "staged"]


def test_a_key_that_no_version_has(world: World) -> None:
    with pytest.raises(BadField) as refused:
        ask(world, temperature="1")
    assert (refused.value.field, states(world)) == ("temperature", ["published"])
