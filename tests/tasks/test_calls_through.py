"""Every task carries an id to its verb, and survives words of a newer sender."""

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from celery import Task
from django.utils import timezone

from calls import tasks
from calls.dispatch import queries as dispatch
from calls.events.models import InboundEvent
from calls.records import states
from calls.records.models import CallEvent
from calls.rollups.models import HourlyStat
from tests.events.deliveries import asking, deliver, envelope, fresh, placed
from tests.world import NOW, World

EVER = {"word_of_a_newer_sender": 1, "another": [2]}
SOON = NOW + timedelta(seconds=5)


# Doors read the clock; it stands five seconds after everything was asked for.
at_soon = pytest.mark.usefixtures("clock")


@pytest.fixture
def clock() -> Iterator[None]:
    """SOON, for tasks that read this machine's clock; dispatch reads the database's own."""
    with time_machine.travel(SOON, tick=False):
        yield


def run(task: "Task[Any, Any]", **ids: str) -> None:
    """As a worker runs it, with more words than it knows."""
    task.apply(kwargs={**ids, **EVER}, throw=True)


def test_dial_asks_the_carrier(world: World) -> None:
    call = world.place(now=timezone.now()).call
    run(tasks.dial, call_id=call.sid)
    attempt = call.attempts.get()
    assert (attempt.outcome, attempt.evidence) == ("refused", "E0")  # nobody listens there
    assert fresh(call).state == states.QUEUED


def test_dial_leaves_a_call_that_is_not_due(world: World) -> None:
    now = timezone.now()
    call = world.place(now=now, scheduled_at=now + timedelta(hours=1)).call
    run(tasks.dial, call_id=call.sid)
    assert fresh(call).state == states.QUEUED
    assert not call.attempts.exists()


def test_sweep_recovers_what_was_lost_and_leaves_a_sign_of_life(world: World) -> None:
    call, _ = asking(world)  # at NOW: its lease is over long since
    run(tasks.sweep)
    assert fresh(call).state == states.UNKNOWN
    beat = dispatch.last_beat("sweep")
    assert beat and abs(timezone.now() - beat) < timedelta(minutes=1)


def test_pulse_leaves_a_sign_of_life_of_the_queue_that_dials(world: World) -> None:
    run(tasks.pulse)
    beat = dispatch.last_beat("dial")
    assert beat and abs(timezone.now() - beat) < timedelta(minutes=1)


def test_reconcile_asks_the_log(world: World) -> None:
    call = placed(world)
    run(tasks.reconcile, account_id=world.account.public_id)
    call = fresh(call)
    assert (call.checks, call.state) == (1, states.PLACED)  # the log could not be read
    assert call.next_check_at and call.next_check_at > SOON


@at_soon
def test_absorb_applies_one_event(world: World) -> None:
    call, row = placed(world), deliver(envelope())
    run(tasks.absorb, event_id=row.public_id)
    assert fresh(call).state == states.IN_PROGRESS


@at_soon
def test_absorb_waiting_applies_all(world: World) -> None:
    call = placed(world)
    deliver(envelope(event_id="1", status="ringing"))
    deliver(envelope("voice.call.completed", event_id="2"))
    run(tasks.absorb_waiting)
    assert fresh(call).state == states.COMPLETED
    assert set(InboundEvent.objects.values_list("absorbed_at", flat=True)) == {SOON}


@at_soon
def test_fold_counts(world: World) -> None:
    world.place()
    run(tasks.fold)
    assert HourlyStat.objects.get().count == 1
    assert set(CallEvent.objects.values_list("folded_at", flat=True)) == {SOON}


def test_seal_gives_what_waits_its_place(world: World) -> None:
    receipt = world.place().call.receipts.get()
    run(tasks.seal)
    receipt.refresh_from_db()
    assert (receipt.seal_number, len(receipt.seal)) == (1, 64)


@at_soon
def test_anchor_writes_the_heads_down(world: World, tmp_path: Path, settings: Any) -> None:
    settings.ANCHOR_DIR = tmp_path
    run(tasks.seal)
    run(tasks.anchor)
    assert SOON.isoformat() in (tmp_path / "audit.jsonl").read_text()


@pytest.mark.parametrize(
    ("task", "ids"),
    [
        (tasks.dial, {"call_id": "CA1"}),
        (tasks.dial, {"call_id": "ca_" + "0" * 32}),
        (tasks.reconcile, {"account_id": ""}),
        (tasks.absorb, {"event_id": "ie_" + "z" * 32}),
    ],
)
@at_soon
def test_a_message_that_names_nothing_fails_loudly(
    world: World, task: "Task[Any, Any]", ids: dict[str, str]
) -> None:
    with pytest.raises(ValueError, match="is not an id"):
        run(task, **ids)


@at_soon
def test_a_call_that_is_gone_is_nobodys_trouble(world: World) -> None:
    run(tasks.dial, call_id="CA" + "0" * 12 + "7" + "0" * 3 + "8" + "0" * 15)
