"""Applying a stored event: to the call with its id, once, and to no other."""

from datetime import timedelta

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.placing.actions import CallRefused
from calls.records import states
from calls.records.models import Call, CallEvent
from tests.events.deliveries import SID, absorb, asking, deliver, envelope, fresh, placed
from tests.world import CALLEE, CALLER_ID, NOW, World, account_of

LATER = NOW + timedelta(seconds=30)
DONE = envelope(
    "voice.call.completed",
    status="completed",
    duration_seconds=42,
    summary="Confirmed.",
    started_at=NOW.isoformat(),
)


@pytest.mark.parametrize(
    ("kind", "status", "state"),
    [
        ("voice.call.started", None, "in_progress"),
        ("voice.call.started", "ringing", "ringing"),
        ("voice.call.completed", None, "completed"),
        ("voice.call.completed", "busy", "busy"),
        ("voice.call.failed", "no-answer", "no_answer"),
        ("voice.call.failed", None, "failed"),
    ],
)
def test_an_event_moves_its_call(world: World, kind: str, status: str | None, state: str) -> None:
    call = placed(world)
    row = deliver(envelope(kind, status=status))
    assert absorb(row) == "applied"
    assert fresh(call).state == state
    row.refresh_from_db()
    assert (row.call, row.absorbed_at) == (call, NOW)


def test_the_facts_of_a_completed_call_are_kept(world: World) -> None:
    call = placed(world)
    absorb(deliver(DONE), now=LATER)
    call = fresh(call)
    assert (call.duration_seconds, call.summary) == (42, "Confirmed.")
    assert (call.disposition, call.outcome) == ("answered", "reached")
    assert (call.started_at, call.ended_at, call.next_check_at) == (NOW, LATER, None)


def test_absorbing_twice_is_nothing(world: World) -> None:
    call, row = placed(world), deliver(DONE)
    absorb(row)
    before = (fresh(call).__dict__, CallEvent.objects.count())
    row = events.absorb(event_id=row.pk, now=LATER)
    assert (row.effect, row.absorbed_at) == ("applied", NOW)
    after = (fresh(call).__dict__, CallEvent.objects.count())
    assert {**before[0], "_state": 0} == {**after[0], "_state": 0}
    assert before[1] == after[1]


def test_another_event_that_says_the_same_changes_nothing(world: World) -> None:
    placed(world)
    absorb(deliver(DONE))
    again = envelope(
        "voice.call.completed", event_id="evt_2", status="completed", duration_seconds=42
    )
    assert absorb(deliver(again)) == "no_change"


@pytest.mark.parametrize("kind", ["message.sent", "billing.invoice", "voicemail.left", "x"])
def test_an_event_of_another_kind_is_kept_and_ignored(world: World, kind: str) -> None:
    call = placed(world)
    row = deliver(envelope(kind))
    assert absorb(row) == "ignored"
    row.refresh_from_db()
    assert (row.absorbed_at, row.call) == (NOW, None)
    assert fresh(call).state == states.PLACED


def test_an_event_about_no_call_is_ignored(world: World) -> None:
    assert absorb(deliver(envelope("voice.call.started", call_sid=None))) == "ignored"


def test_an_event_of_another_account_never_touches_the_call(world: World) -> None:
    account_of(world.globex)
    call = placed(world)
    row = deliver(DONE, token="globex-hook-token")
    assert absorb(row) == "parked"
    assert fresh(call).state == states.PLACED
    assert InboundEvent.objects.get(pk=row.pk).call is None


def test_nor_does_it_bind_another_accounts_open_attempt(world: World) -> None:
    account_of(world.globex)
    call, _ = asking(world)
    assert absorb(deliver(DONE, token="globex-hook-token")) == "parked"
    assert fresh(call).state == states.DISPATCHING


def test_the_word_of_the_first_end_stands(world: World) -> None:
    call = placed(world)
    absorb(deliver(DONE))
    busy = envelope("voice.call.failed", event_id="evt_2", status="busy")
    assert absorb(deliver(busy)) == "no_change"
    assert fresh(call).state == states.COMPLETED
    assert call.events.filter(what="terminal_conflict").count() == 1


def test_an_opt_out_in_the_call_forbids_the_number(world: World) -> None:
    call = placed(world)
    absorb(deliver(envelope("voice.call.completed", status="completed", opted_out=True)))
    assert fresh(call).disposition == "opted_out"
    with pytest.raises(CallRefused) as refused:
        world.place(allow_duplicate=True)
    assert refused.value.code == "dnc_listed"


def test_an_escalation_is_kept_beside_the_state(world: World) -> None:
    call = placed(world)
    absorb(deliver(envelope("voice.call.started")))
    absorb(deliver(envelope("voice.call.escalated", event_id="evt_2")))
    assert (fresh(call).escalated, fresh(call).state) == (True, states.IN_PROGRESS)


def test_an_event_is_not_bound_across_two_calls_to_one_number(world: World) -> None:
    placed(world)
    waiting = world.place(allow_duplicate=True).call
    assert absorb(deliver(envelope(call_sid="CAcarrier2"))) == "parked"
    assert fresh(waiting).state == states.QUEUED


def test_the_answer_after_the_event_finds_its_work_done(world: World) -> None:
    call, attempt_id = asking(world)
    assert absorb(deliver(DONE)) == "applied"
    answer = Answer(Evidence.ACCEPTED, carrier_call_id=SID, http_status=200)
    dispatch.conclude(attempt_id=attempt_id, answer=answer, now=LATER)
    assert (fresh(call).state, fresh(call).carrier_call_id) == (states.COMPLETED, SID)
    assert Call.objects.filter(to=CALLEE, caller_id=CALLER_ID).count() == 1
