"""Moving a call: only where it may go, once, with its event, and nothing from a stale hand."""

from datetime import timedelta
from typing import Any

import pytest

from calls.records import actions as records
from calls.records import states
from calls.records.models import Call, CallEvent
from calls.records.states import MOVES, STATES
from tests.dispatch.steps import fresh, placed, report, tell
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=1)


def move(call: Call, to: str, **columns: Any) -> bool:
    return records.move(call=call, to=to, what="moved", source="test", now=LATER, **columns)


@pytest.mark.parametrize("before", STATES)
def test_a_call_goes_only_where_it_may(world: World, before: str) -> None:
    call = world.place().call
    for after in STATES:
        Call.objects.filter(pk=call.pk).update(state=before, lease_until=NOW)
        allowed = after in MOVES[before]
        assert move(fresh(call), after, lease_until=NOW) is allowed
        assert fresh(call).state == (after if allowed else before)


def test_a_move_that_may_not_be_keeps_its_event(world: World) -> None:
    call = world.place().call
    assert not move(call, "completed")
    event = call.events.get(what="moved")
    assert (event.outcome_before, event.outcome_after) == ("waiting", "waiting")
    assert fresh(call).ended_at is None


def test_a_move_writes_state_columns_and_event_together(world: World) -> None:
    call = world.place().call
    assert move(call, "refused", reason="dnc_listed", reason_text="On the list.")
    event = call.events.get(what="moved")
    assert (fresh(call).state, fresh(call).reason) == ("refused", "dnc_listed")
    assert event.data == {"from": "queued", "to": "refused"}
    assert (event.outcome_before, event.outcome_after) == ("waiting", "refused")
    assert (event.reason_before, event.reason_after) == ("", "dnc_listed")


def test_the_call_in_hand_is_as_the_one_on_record(world: World) -> None:
    call = world.place().call
    move(call, "canceled", reason="canceled")
    stored = fresh(call)
    for name in ("state", "outcome", "reason", "ended_at", "next_check_at", "lease_until"):
        assert getattr(call, name) == getattr(stored, name), name


@pytest.mark.parametrize("end", sorted(states.TERMINAL))
def test_an_end_leaves_nothing_to_do(world: World, end: str) -> None:
    call = placed(world) if end in states.ENDED_BY_CARRIER else world.place().call
    if end == "rejected":
        Call.objects.filter(pk=call.pk).update(state="dispatching", lease_until=LATER)
    call = fresh(call)
    assert move(call, end)
    call = fresh(call)
    assert (call.ended_at, call.next_check_at, call.lease_until) == (LATER, None, None)
    assert call.is_over


def test_a_hand_with_an_old_state_changes_nothing(world: World) -> None:
    stale = world.place().call
    move(fresh(stale), "canceled")
    before = CallEvent.objects.count()
    assert not move(stale, "refused")
    assert fresh(stale).state == "canceled"
    assert CallEvent.objects.count() == before


def test_a_hand_with_an_old_fence_changes_nothing(world: World) -> None:
    stale = world.place().call
    Call.objects.filter(pk=stale.pk).update(fence=5)
    assert not move(stale, "canceled")
    assert fresh(stale).state == "queued"


def test_late_facts_do_not_move_a_call(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", disposition="answered"))
    call = fresh(call)
    assert records.enrich(call=call, source="test", now=LATER, duration_seconds=9, summary="Fine.")
    event = call.events.get(what="enriched")
    assert event.data == {"facts": ["duration_seconds", "summary"]}
    assert (fresh(call).state, fresh(call).duration_seconds) == ("completed", 9)
    assert (event.outcome_before, event.outcome_after) == ("reached", "reached")


def test_what_is_known_already_is_no_news(world: World) -> None:
    call = placed(world)
    assert not records.enrich(call=call, source="test", now=LATER, escalated=False)
    assert not call.events.filter(what="enriched").exists()


def test_a_late_disposition_moves_the_count(world: World) -> None:
    call = placed(world)
    tell(call, report("completed", disposition="answered"))
    call = fresh(call)
    records.enrich(call=call, source="test", now=LATER, disposition="voicemail")
    event = call.events.get(what="enriched")
    assert (event.outcome_before, event.outcome_after) == ("reached", "voicemail")
    assert fresh(call).outcome == "voicemail"


def test_something_that_happened_without_a_move(world: World) -> None:
    call = world.place().call
    event = records.note_event(call=call, what="seen", source="test", now=LATER, data={"by": "Bob"})
    assert (event.what, event.at, event.data) == ("seen", LATER, {"by": "Bob"})
    assert (event.outcome_before, event.outcome_after) == ("waiting", "waiting")


def test_a_calls_first_event_counts_it_in(world: World) -> None:
    event = world.place().call.events.get()
    assert (event.outcome_before, event.outcome_after) == ("", "waiting")


def test_every_step_of_a_calls_life_is_told_in_order(world: World) -> None:
    call = placed(world)
    for said in ("ringing", "in_progress", "completed"):
        tell(call, report(said))
    told = call.events.order_by("id").values_list("what", flat=True)
    assert list(told) == [
        "accepted",
        "claimed",
        "asking",
        "placed",
        "ringing",
        "in_progress",
        "completed",
    ]
