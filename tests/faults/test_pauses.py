"""A pause loses no call and lets none out: they wait in the queue, and go out once when it is lifted."""

from datetime import timedelta
from functools import partial

import pytest

from calls.dispatch import turns
from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.concurrency.together import elsewhere, failures, together
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import PAUSES, SECOND, Begin, Lift, by_key
from tests.world import NOW, World

HOUR = timedelta(hours=1)
every_pause = pytest.mark.parametrize("pause", PAUSES, ids=lambda pause: pause.__name__)


def it_waits(call: Call, carrier: Recorder) -> None:
    assert fresh(call).state == "queued"
    assert (carrier.asked, Attempt.objects.count()) == ([], 0)


def it_goes_out_once(call: Call, carrier: Recorder, clock: Clock, lift: Lift) -> None:
    clock.now += HOUR
    lift(now=clock.now)
    assert turns.next_call(fresh(call).account, now=clock.now) == call.pk
    assert [dial(call_id=call.pk) for _ in range(3)] == [True, False, False]
    assert (fresh(call).state, len(carrier.asked)) == ("placed", 1)
    oracle.uphold(placed=carrier.keys)


@every_pause
def test_while_it_waits_for_its_turn(
    world: World, carrier: Recorder, clock: Clock, pause: Begin
) -> None:
    call = by_key(world)
    lift = pause(world)
    clock.now += 2 * SECOND
    assert not dial(call_id=call.pk)
    it_waits(call, carrier)
    it_goes_out_once(call, carrier, clock, lift)


@every_pause
def test_while_it_is_scheduled(world: World, carrier: Recorder, clock: Clock, pause: Begin) -> None:
    call = by_key(world, scheduled_at=NOW + HOUR)
    lift = pause(world)
    clock.now += HOUR
    assert not dial(call_id=call.pk)
    it_waits(call, carrier)
    clock.now -= HOUR
    it_goes_out_once(call, carrier, clock, lift)


@every_pause
@pytest.mark.django_db(transaction=True)
def test_committed_by_another_connection_in_the_moment_before_the_intent(
    world: World, carrier: Recorder, clock: Clock, between: Between, pause: Begin
) -> None:
    call, lifts = by_key(world), []
    between(lambda: lifts.append(elsewhere(partial(pause, world))))
    assert not dial(call_id=call.pk)
    it_waits(call, carrier)
    it_goes_out_once(call, carrier, clock, lifts[0])


@every_pause
@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_as_the_intent_it_waits_or_is_on_its_way(
    world: World, carrier: Recorder, clock: Clock, pause: Begin
) -> None:
    call = by_key(world)
    results = together(partial(pause, world), partial(dial, call_id=call.pk))
    assert failures(results) == []
    assert fresh(call).state == ("placed" if carrier.asked else "queued")
    assert len(carrier.asked) == Attempt.objects.count()
    oracle.uphold(placed=carrier.keys)


@every_pause
def test_a_call_whose_time_runs_out_meanwhile_expires(
    world: World, carrier: Recorder, clock: Clock, pause: Begin
) -> None:
    call = by_key(world)
    pause(world)
    clock.now += timedelta(days=2)
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, carrier.asked) == ("expired", [])
    oracle.uphold(placed=carrier.keys)
