"""A worker was lost: what its lease's end means."""

from datetime import datetime, timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.records.models import Call
from tests.dispatch.steps import asking, claim, fresh, intend, placed, story
from tests.world import NOW, World

EXPIRED = NOW + timedelta(seconds=120)


def recover(call: Call, now: datetime = EXPIRED) -> Call:
    dispatch.recover(call_id=call.pk, now=now)
    return fresh(call)


def test_lost_before_asking_it_goes_back_into_the_queue(world: World) -> None:
    call = world.place().call
    claim(call)
    call = recover(call)
    assert (call.state, call.due_at, call.lease_until) == ("queued", EXPIRED, None)
    assert story(call)[-1] == "requeued"
    assert intend(call, EXPIRED)


def test_lost_after_the_intent_nobody_knows(world: World) -> None:
    call = world.place().call
    attempt = asking(call)
    call = recover(call)
    attempt.refresh_from_db()
    assert (call.state, attempt.outcome, attempt.evidence) == ("unknown", "unknown", "E5")
    assert call.next_check_at == EXPIRED  # the log has had two minutes to show it
    assert claim(call, EXPIRED + timedelta(hours=1)) is None


def test_a_lease_that_still_runs_is_left_alone(world: World) -> None:
    call = world.place().call
    claim(call)
    assert recover(call, EXPIRED - timedelta(seconds=1)).state == "dispatching"


@pytest.mark.parametrize("times", [2, 5])
def test_recovering_again_changes_nothing(world: World, times: int) -> None:
    call = world.place().call
    asking(call)
    for _ in range(times):
        recover(call)
    assert story(call).count("outcome_unknown") == 1


def test_a_call_that_is_not_being_dispatched_is_left_alone(world: World) -> None:
    waiting = world.place(to="+15555557001").call
    carried = placed(world)
    assert recover(waiting).state == "queued"
    assert recover(carried).state == "placed"


def test_a_call_taken_anew_after_its_recovery_is_left_alone(world: World) -> None:
    call = world.place().call
    claim(call)
    recover(call)
    claim(call, EXPIRED)
    assert recover(call).state == "dispatching"
