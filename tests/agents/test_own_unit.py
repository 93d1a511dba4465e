"""Agents of one business unit are not changed, launched or published by who acts for another only."""

from collections.abc import Callable
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.lib.errors import NotPermitted
from tests.agents import steps
from tests.audit.test_no_act_without_entry import everything, prepare, version
from tests.tenants.units import give, limit_to, unit
from tests.world import NOW, World

Verb = Callable[[World], object]

VERBS: dict[str, Verb] = {
    "change": lambda w: agents.change_agent(
        agent=w.agent, name="X", purpose="marketing", actor=w.ada, now=NOW
    ),
    "opening": lambda w: agents.set_default_greeting(
        agent=w.agent, greeting_id=w.reminder.pk, actor=w.ada, now=NOW
    ),
    "add": lambda w: steps.add(w),
    "stage": lambda w: agents.stage_version(version=version(w, "draft"), actor=w.ada, now=NOW),
    "canary": lambda w: steps.share(w, version(w, "staged"), 9),
    "publish": lambda w: steps.publish(w, version(w, "staged")),
    "roll back": lambda w: steps.roll_back(w, version(w, "retired")),
    "retire": lambda w: steps.retire(w, w.version),
    "file": lambda w: steps.file(w, w.version, "rollout"),
    "complete": lambda w: steps.complete(w, w.version, "security"),
    "reopen": lambda w: agents.reopen_gate(
        version=w.version, name="behaviour", reason="x", actor=w.alice, now=NOW
    ),
}


@pytest.mark.parametrize("verb", VERBS)
def test_refused_to_who_acts_for_another_unit(world: World, verb: str) -> None:
    prepare(world)
    give(world, "south", world.agent)
    limit_to(world, "north", "ada", "alice")
    before = everything()
    with pytest.raises(NotPermitted, match="business unit"):
        VERBS[verb](world)
    assert everything() == before


@pytest.mark.parametrize("verb", VERBS)
def test_done_by_who_acts_for_this_one(world: World, verb: str) -> None:
    prepare(world)
    give(world, "south", world.agent)
    limit_to(world, "south", "ada", "alice")
    before = everything()
    VERBS[verb](world)
    assert everything() != before


def test_a_new_agent_is_for_a_unit_of_ones_own(world: World) -> None:
    limit_to(world, "north", "ada")
    new: dict[str, Any] = {"tenant": world.acme, "actor": world.ada, "now": NOW, "name": "Sales"}
    with pytest.raises(NotPermitted, match="business unit"):
        agents.create_agent(agent_key="south_sales", org=unit(world, "south"), **new)
    assert agents.create_agent(agent_key="north_sales", org=unit(world, "north"), **new).org
