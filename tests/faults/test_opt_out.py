"""F32: who asks not to be called is not called again, whatever their calls were just doing."""

from functools import partial

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch.dial import dial
from calls.dnc.models import DncEntry
from calls.placing import actions as placing
from calls.records.models import Call, Receipt
from tests.dispatch.steps import fresh, report, tell
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import FLIPPED_AT, SECOND, callee_asks_not_to_be_called
from tests.world import NOW, World

BUSY = Answer(Evidence.THROTTLED, http_status=429, reason="Too many requests.")
SILENCE = Answer(Evidence.UNKNOWN, http_status=500, reason="The carrier may have taken the call.")
MINUTE = 60 * SECOND


def rung(world: World, clock: Clock) -> Call:
    """A call that rings, as the carrier says."""
    call = world.place().call
    assert dial(call_id=call.pk)
    tell(call, report("ringing"), clock.now)
    return fresh(call)


def waiting(world: World) -> Call:
    """Another call to the same person, for tomorrow."""
    return world.place(reference="tomorrow", scheduled_at=NOW + 24 * 60 * MINUTE).call


def test_while_it_rings_the_call_runs_its_course_and_no_other_follows(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call, other = rung(world, clock), waiting(world)
    callee_asks_not_to_be_called(world)
    assert placing.stop_forbidden(since=NOW, now=FLIPPED_AT) == 1
    tell(call, report("no_answer"), FLIPPED_AT + MINUTE)
    assert (fresh(call).state, fresh(other).reason) == ("no_answer", "dnc_listed")
    assert (call.attempts.count(), other.attempts.count()) == (1, 0)
    oracle.uphold(placed=carrier.keys)


def test_spoken_in_the_call_it_is_on_the_list_with_its_source_and_stops_the_next(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call, other = rung(world, clock), waiting(world)
    tell(call, report("completed", disposition="opted_out"), FLIPPED_AT)
    entry = DncEntry.objects.get()
    assert (entry.tenant, entry.number) == (world.acme, call.to)
    assert placing.stop_forbidden(since=NOW, now=FLIPPED_AT + SECOND) == 1
    assert fresh(other).reason == "dnc_listed"
    assert fresh(call).disposition == "opted_out"
    oracle.uphold(placed=carrier.keys)


def test_the_verdict_that_stopped_it_is_on_record(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = waiting(world)
    callee_asks_not_to_be_called(world)
    placing.stop_forbidden(since=NOW, now=FLIPPED_AT)
    receipt = call.receipts.get(moment=Receipt.STOP)
    said = next(verdict for verdict in receipt.verdicts if verdict["gate"] == "dnc")
    assert (said["outcome"], said["saw"]["list"]) == ("block", "tenant")
    assert call.events.get(what="refused").data["gate"] == "dnc"


def test_between_two_tries_there_is_no_second_one(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    """The carrier was too busy; until its turn comes again, the callee opts out."""
    carrier.answers = [BUSY]
    call = world.place().call
    dial(call_id=call.pk)
    callee_asks_not_to_be_called(world)
    clock.now += 10 * MINUTE
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, len(carrier.asked)) == ("dnc_listed", 1)
    oracle.uphold()


def test_while_nobody_knows_whether_it_rang_nothing_is_asked_again(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    carrier.answers = [SILENCE]
    call = world.place().call
    dial(call_id=call.pk)
    callee_asks_not_to_be_called(world)
    for _ in range(3):
        clock.now += 10 * MINUTE
        assert not dial(call_id=call.pk)
    assert (fresh(call).state, len(carrier.asked)) == ("unknown", 1)


@pytest.mark.parametrize("again", [1, 2, 5])
def test_however_often_it_is_said(
    world: World, carrier: Recorder, between: Between, again: int
) -> None:
    call, opts_out = world.place().call, partial(callee_asks_not_to_be_called, world)
    between(lambda: [opts_out() for _ in range(again)])
    assert not dial(call_id=call.pk)
    assert (fresh(call).reason, DncEntry.objects.count()) == ("dnc_listed", 1)
    oracle.uphold(placed=carrier.keys)
