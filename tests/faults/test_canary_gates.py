"""A canary that may not speak any more is passed over: the published version speaks, and no call is lost."""

from collections.abc import Callable
from functools import partial
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.agents.canary import speaks_to
from calls.agents.models import AgentVersion
from calls.agents.queries import version_for
from calls.dispatch.dial import dial
from calls.placing import actions as placing
from calls.records.models import Call
from tests.agents.steps import add, complete, go_live, launch, publish, retire, roll_back, staged
from tests.agents.steps import share as give_share
from tests.concurrency.together import elsewhere
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import FLIPPED_AT, SECOND, live
from tests.world import NEW_YORKER, World


def canary_of(world: World, share: int = 100) -> AgentVersion:
    """A launched second version that speaks to this share."""
    version = launch(world, staged(world, carrier_version_id="ver_canary"))
    return give_share(world, version, share)


def reopened(world: World, version: AgentVersion) -> None:
    agents.reopen_gate(
        version=version, name="security", actor=world.ada, now=FLIPPED_AT, reason="A hole"
    )


def retired(world: World, version: AgentVersion) -> None:
    retire(world, version)


def taken_away(world: World, version: AgentVersion) -> None:
    give_share(world, version, 0)


def rolled_back(world: World, version: AgentVersion) -> None:
    """Published to everybody, it stutters: back to the first one."""
    publish(world, version)
    roll_back(world, world.version)


ENDS = pytest.mark.parametrize("end", [reopened, retired, taken_away, rolled_back])
End = Callable[[World, AgentVersion], None]


def waiting_for_the_canary(world: World) -> tuple[Call, AgentVersion]:
    """A live call accepted when the canary would have spoken."""
    live(world)
    version = canary_of(world)
    call = world.place(to=NEW_YORKER, reference="canary").call
    assert call.agent_version == version
    return call, version


def the_published_one_spoke(world: World, call: Call, carrier: Recorder) -> None:
    assert (fresh(call).state, fresh(call).agent_version) == ("placed", world.version)
    assert carrier.asked[-1].agent_version_id is None
    oracle.uphold(placed=carrier.keys)


@ENDS
def test_while_it_waits(world: World, carrier: Recorder, clock: Clock, end: End) -> None:
    call, version = waiting_for_the_canary(world)
    end(world, version)
    clock.now = FLIPPED_AT + SECOND
    assert dial(call_id=call.pk)
    the_published_one_spoke(world, call, carrier)


@ENDS
def test_after_the_claim(world: World, carrier: Recorder, between: Between, end: End) -> None:
    call, version = waiting_for_the_canary(world)
    between(partial(end, world, version))
    assert dial(call_id=call.pk)
    the_published_one_spoke(world, call, carrier)


@pytest.mark.django_db(transaction=True)
def test_committed_by_another_connection_right_before_the_intent(
    world: World, carrier: Recorder, between: Between
) -> None:
    call, version = waiting_for_the_canary(world)
    between(partial(elsewhere, partial(reopened, world, version)))
    assert dial(call_id=call.pk)
    the_published_one_spoke(world, call, carrier)


def test_a_stop_round_does_not_refuse_it_either(world: World, clock: Clock) -> None:
    call, version = waiting_for_the_canary(world)
    reopened(world, version)
    assert not placing.stop_call(call_id=call.pk, now=FLIPPED_AT)
    assert fresh(call).state == "queued"


def test_a_new_call_is_accepted_for_the_published_one(world: World) -> None:
    _, version = waiting_for_the_canary(world)
    reopened(world, version)
    assert world.place(to=NEW_YORKER, reference="new").call.agent_version == world.version


def test_complete_again_the_canary_speaks_to_the_same_callees(world: World) -> None:
    go_live(world)
    version = canary_of(world, 30)
    numbers = [f"+1212736{n:04d}" for n in range(5000, 5040)]
    hears = [n for n in numbers if speaks_to(30, world.agent.public_id, n)]
    reopened(world, version)
    assert {version_for(world.agent, n) for n in numbers} == {world.version}
    complete(world, version)
    assert [n for n in numbers if version_for(world.agent, n) == version] == hears


def test_in_a_sandbox_gates_are_advice_for_the_canary_too(world: World) -> None:
    version = give_share(world, staged(world), 100)
    assert version_for(world.agent, NEW_YORKER) == version


def test_with_nothing_else_to_speak_the_refusal_names_what_the_canary_lacks(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call, version = waiting_for_the_canary(world)
    reopened(world, version)
    retire(world, world.version)
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, carrier.asked) == ("launch_not_approved", [])
    assert "security" in fresh(call).reason_text


def test_a_named_version_is_never_swapped(world: World, carrier: Recorder, clock: Clock) -> None:
    live(world)
    version = launch(world, add(world))
    agents.stage_version(version=version, actor=world.ada, now=FLIPPED_AT)
    named: dict[str, Any] = {"agent_version_id": version.public_id, "actor": world.alice}
    call = world.place(to=NEW_YORKER, reference="named", **named).call
    reopened(world, version)
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, carrier.asked) == ("launch_not_approved", [])
