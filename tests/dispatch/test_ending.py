"""A worker that was asked to end claims nothing, gives back what it has not asked for, finishes the rest."""

import threading
from collections.abc import Iterator
from datetime import timedelta

import pytest
from celery.signals import worker_shutting_down
from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch import actions as dispatch
from calls.dispatch import dial as dialling
from calls.placing.actions import cancel_call
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import asking, claim, fresh, story
from tests.dispatch.wire import ledger, order, placed_to
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def ending(monkeypatch: pytest.MonkeyPatch) -> Iterator[threading.Event]:
    """This process's flag, a new one for each test."""
    flag = threading.Event()
    monkeypatch.setattr(dialling, "ending", flag)
    yield flag


def test_celery_tells_of_the_end(ending: threading.Event) -> None:
    assert not ending.is_set()
    worker_shutting_down.send(sender="worker", sig="SIGTERM", how="Warm", exitcode=0)
    assert ending.is_set()


def test_then_nothing_is_claimed(world: World, sandbox: Sandbox, ending: threading.Event) -> None:
    call = placed_to(world, "5678")
    ending.set()
    assert not dialling.dial(call_id=call.pk)
    assert not dialling.dial_next(account_id=call.account_id)
    assert (fresh(call).state, story(call)) == ("queued", ["accepted"])


def test_what_waits_for_its_slot_is_given_back(
    world: World, sandbox: Sandbox, ending: threading.Event
) -> None:
    call = placed_to(world, "5678")
    CarrierAccount.objects.update(next_slot_at=timezone.now() + timedelta(seconds=0.9))
    threading.Timer(0.1, ending.set).start()
    assert not dialling.dial(call_id=call.pk)
    call = fresh(call)
    assert (call.state, call.due_at, call.lease_until) == ("queued", call.created_at, None)
    assert story(call) == ["accepted", "claimed", "requeued"]
    assert ledger(sandbox, call) == 0


def test_what_was_asked_for_is_finished(
    world: World, sandbox: Sandbox, ending: threading.Event
) -> None:
    call = placed_to(world, "7000")
    order(sandbox, call, "late")
    threading.Timer(0.3, ending.set).start()
    assert dialling.dial(call_id=call.pk)
    assert (fresh(call).state, ledger(sandbox, call)) == ("placed", 1)


def test_a_claim_is_given_back_once(world: World) -> None:
    claimed = claim(world.place().call)
    assert claimed
    assert dispatch.release(claimed=claimed, now=NOW)
    assert not dispatch.release(claimed=claimed, now=NOW)


def test_a_claim_that_was_used_is_not(world: World) -> None:
    call = world.place().call
    claimed = dispatch.Claim(call.pk, 1, NOW)
    asking(call)
    assert not dispatch.release(claimed=claimed, now=NOW)
    assert fresh(call).state == "dispatching"


def test_nor_one_that_is_in_other_hands(world: World) -> None:
    call = world.place().call
    old = claim(call)
    assert old
    later = NOW + timedelta(minutes=3)
    dispatch.recover(call_id=call.pk, now=later)
    assert claim(call, later)
    assert not dispatch.release(claimed=old, now=later)
    assert fresh(call).fence == 2


def test_a_canceled_call_needs_no_giving_back(world: World) -> None:
    call = world.place().call
    claimed = dispatch.Claim(call.pk, 0, NOW)
    cancel_call(call=call, actor=world.bob, now=NOW)
    assert not dispatch.release(claimed=claimed, now=NOW)
    assert fresh(call).state == "canceled"
