"""The same for calls to real people: launch and consent close at every phase, and nobody is rung."""

from datetime import timedelta
from functools import partial

import pytest

from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.concurrency.together import elsewhere
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import FLIPPED_AT, LIVE_FLIPS, SECOND, Flip, live
from tests.world import NEW_YORKER, World

every_flip = pytest.mark.parametrize("flip", LIVE_FLIPS, ids=str)


def nobody_was_rung(call: Call, code: str, carrier: Recorder) -> None:
    assert (fresh(call).state, fresh(call).reason) == ("refused", code)
    assert (carrier.asked, Attempt.objects.count()) == ([], 0)
    oracle.uphold(placed=carrier.keys)


def test_as_long_as_nothing_flips_it_goes_out_once(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = live(world)
    assert [dial(call_id=call.pk) for _ in range(2)] == [True, False]
    assert [request.to for request in carrier.asked] == [NEW_YORKER]
    oracle.uphold(placed=carrier.keys)


@every_flip
def test_while_it_waits_for_its_turn(
    world: World, carrier: Recorder, clock: Clock, flip: Flip
) -> None:
    call = live(world)
    flip.change(world)
    clock.now = FLIPPED_AT + SECOND
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


@every_flip
@pytest.mark.django_db(transaction=True)
def test_committed_by_another_connection_in_the_moment_before_the_intent(
    world: World, carrier: Recorder, between: Between, flip: Flip
) -> None:
    call = live(world)
    between(partial(elsewhere, partial(flip.change, world)))
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


@every_flip
def test_at_night_a_flip_is_final_and_the_morning_brings_no_call(
    world: World, carrier: Recorder, clock: Clock, flip: Flip
) -> None:
    call = live(world)
    clock.now += timedelta(hours=11)  # nine in the evening there
    assert not dial(call_id=call.pk)
    assert fresh(call).state == "queued"
    flip.change(world)
    clock.now = fresh(call).due_at
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)
