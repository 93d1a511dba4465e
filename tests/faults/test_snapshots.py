"""F33: a call speaks the words it was accepted with, or none: no later approval revives old ones."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from calls.dispatch.dial import dial
from calls.greetings import actions as greetings
from calls.records.models import Call
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import Between
from tests.faults.flips import SECOND, the_approval_is_withdrawn
from tests.world import APPOINTMENT, NOW, SEED, World

CHANGED = "Hi, this is Acme calling about your new appointment. Say stop to end our calls."
LATER = NOW + timedelta(minutes=1)


def revised(world: World, text: str) -> None:
    """Bob writes the appointment's words anew, and Olga approves them."""
    greetings.revise_greeting(
        greeting=world.appointment,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW + SECOND,
        text=text,
    )
    world.approve(world.appointment, by="olga")


def refused_for_its_words(call: Call, carrier: Recorder) -> None:
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, fresh(call).reason) == ("refused", "greeting_not_approved")
    assert carrier.asked == []
    oracle.uphold(placed=carrier.keys)


@pytest.mark.parametrize("text", [CHANGED, APPOINTMENT], ids=["changed", "same again"])
def test_a_new_approval_does_not_revive_words_that_were_withdrawn(
    world: World, carrier: Recorder, clock: Clock, text: str
) -> None:
    call = world.place().call
    the_approval_is_withdrawn(world)
    revised(world, text)
    clock.now = LATER
    refused_for_its_words(call, carrier)


def test_nor_does_one_that_comes_between_claim_and_intent(
    world: World, carrier: Recorder, between: Between
) -> None:
    call = world.place().call

    def happens() -> None:
        the_approval_is_withdrawn(world)
        revised(world, CHANGED)

    between(happens)
    refused_for_its_words(call, carrier)


def test_words_approved_meanwhile_are_not_spoken_by_a_call_that_was_promised_others(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = world.place().call
    revised(world, CHANGED)
    clock.now = LATER
    assert dial(call_id=call.pk)
    assert [request.greeting for request in carrier.asked] == [APPOINTMENT]
    oracle.uphold(placed=carrier.keys)


def test_words_changed_by_hand_stay_refused_after_another_approval(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    call = world.place().call
    world.appointment.revisions.update(text=CHANGED)
    revised(world, CHANGED + " Thank you.")
    clock.now = LATER
    refused_for_its_words(call, carrier)


def test_a_new_call_with_the_new_words_goes_out(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    the_approval_is_withdrawn(world)
    revised(world, CHANGED)
    call = world.place(greeting=CHANGED, now=LATER).call
    clock.now = LATER
    assert dial(call_id=call.pk)
    assert [request.greeting for request in carrier.asked] == [CHANGED]
    oracle.uphold(placed=carrier.keys)


def suspend(world: World, on: bool, now: datetime) -> None:
    if on:
        tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=now, reason="Unpaid")
    else:
        tenants.resume_tenant(tenant=world.acme, actor=SEED, now=now)


def switch(world: World, on: bool, now: datetime) -> None:
    routes.switch_route(route=world.route, enabled=not on, actor=SEED, now=now)


@pytest.mark.parametrize("close", [suspend, switch])
def test_what_was_refused_meanwhile_stays_refused_when_the_gate_opens_again(
    world: World, carrier: Recorder, clock: Clock, close: Callable[[World, bool, datetime], None]
) -> None:
    call = world.place().call
    close(world, True, NOW)
    assert not dial(call_id=call.pk)
    close(world, False, LATER)
    clock.now = LATER
    assert not dial(call_id=call.pk)
    assert (fresh(call).state, carrier.asked) == ("refused", [])
    oracle.uphold(placed=carrier.keys)
