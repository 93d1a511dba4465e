"""A gate that closes after accept is found closed at dialling, whenever it closes: nobody is rung."""

from datetime import timedelta
from functools import partial

import pytest

from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.records.models import Call, Receipt
from tests.concurrency.together import elsewhere, failures, together
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import FLIPPED_AT, FLIPS, SECOND, Flip, by_key
from tests.world import NOW, World

AFTERWARDS = FLIPPED_AT + SECOND
TOMORROW = NOW + timedelta(days=1)
every_flip = pytest.mark.parametrize("flip", FLIPS, ids=str)


def nobody_was_rung(call: Call, code: str, carrier: Recorder) -> None:
    found = fresh(call)
    assert (found.state, found.reason) == ("refused", code)
    assert (carrier.asked, Attempt.objects.count()) == ([], 0)
    assert not call.receipts.get(moment=Receipt.DIAL).allowed
    oracle.uphold(placed=carrier.keys)


@every_flip
def test_while_it_waits_for_its_turn(
    world: World, carrier: Recorder, clock: Clock, flip: Flip
) -> None:
    call = by_key(world)
    flip.change(world)
    clock.now = AFTERWARDS
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


@every_flip
def test_while_it_is_scheduled(world: World, carrier: Recorder, clock: Clock, flip: Flip) -> None:
    call = by_key(world, scheduled_at=TOMORROW)
    flip.change(world)
    clock.now = TOMORROW
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


@every_flip
def test_after_the_claim(world: World, carrier: Recorder, between: Between, flip: Flip) -> None:
    call = by_key(world)
    between(partial(flip.change, world))
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


@every_flip
@pytest.mark.django_db(transaction=True)
def test_committed_by_another_connection_in_the_moment_before_the_intent(
    world: World, carrier: Recorder, between: Between, flip: Flip
) -> None:
    call = by_key(world)
    between(partial(elsewhere, partial(flip.change, world)))
    assert not dial(call_id=call.pk)
    nobody_was_rung(call, flip.code, carrier)


RACED = [
    flip
    for flip in FLIPS
    if str(flip)
    in {
        "callee_asks_not_to_be_called",
        "the_approval_is_withdrawn",
        "the_tenant_is_suspended",
        "the_key_leaks",
    }
]


@pytest.mark.parametrize("flip", RACED, ids=str)
@pytest.mark.django_db(transaction=True)
def test_at_the_same_time_as_the_intent_it_is_before_or_after_never_both(
    world: World, carrier: Recorder, clock: Clock, flip: Flip
) -> None:
    """Whoever commits first: the call is refused for it, or was on its way with every gate open."""
    call = by_key(world)
    results = together(partial(flip.change, world), partial(dial, call_id=call.pk))
    found = fresh(call)
    assert failures(results) == []
    assert (found.state, found.reason) in {("placed", ""), ("refused", flip.code)}
    assert len(carrier.asked) == Attempt.objects.count() == (found.state == "placed")
    oracle.uphold(placed=carrier.keys)
