"""After reading the log: when to look again, and when people have to."""

from datetime import datetime, timedelta

import pytest

from calls.dispatch import actions as dispatch
from calls.records.models import Call
from tests.dispatch.steps import asking, fresh, lost, placed, report, story, tell
from tests.world import NOW, World

WINDOW = timedelta(seconds=20)


def look(call: Call, now: datetime, *, absent: bool = True) -> Call:
    dispatch.check_again(call_id=call.pk, absent=absent, now=now)
    return fresh(call)


# seconds after the request, whether the log was read to its end without the call, where it then stands
LOOKS = [
    (2, True, "unknown"),
    (20, True, "unknown"),  # the window is over only afterwards
    (21, True, "needs_human"),
    (21, False, "unknown"),  # a log that cannot be read proves nothing
    (3600, False, "unknown"),
    (48 * 3600 + 1, False, "needs_human"),
]


@pytest.mark.parametrize(("age", "absent", "state"), LOOKS)
def test_an_unknown_call(world: World, age: int, absent: bool, state: str) -> None:
    call = look(lost(world), NOW + timedelta(seconds=age), absent=absent)
    assert call.state == state
    assert call.checks == 1


def test_people_are_told_what_to_find_out(world: World) -> None:
    call = look(lost(world), NOW + timedelta(seconds=21))
    assert call.reason == "not_in_carrier_log"
    assert call.reason_text.endswith("Someone has to find out.")
    assert (call.outcome, call.status) == ("unknown", "initiated")


def test_two_days_of_an_unreadable_log_are_called_that(world: World) -> None:
    call = look(lost(world), NOW + timedelta(hours=49), absent=False)
    assert call.reason == "carrier_log_unreadable"


def test_people_or_not_the_log_is_read_on(world: World) -> None:
    call = look(lost(world), NOW + timedelta(seconds=21))
    assert call.next_check_at == NOW + timedelta(seconds=25)
    assert look(call, NOW + timedelta(seconds=25)).state == "needs_human"
    assert story(call).count("needs_human") == 1


@pytest.mark.parametrize("absent", [True, False])
def test_a_placed_call_is_never_taken_for_lost(world: World, absent: bool) -> None:
    call = look(placed(world), NOW + timedelta(hours=1), absent=absent)
    assert call.state == "placed"
    assert call.next_check_at == NOW + timedelta(hours=1, seconds=60)


def test_a_call_without_an_end_is_asked_about_for_ever(world: World) -> None:
    call = look(placed(world), NOW + timedelta(days=3))
    assert (call.state, call.next_check_at) == ("placed", NOW + timedelta(days=4))


def test_a_call_that_is_over_is_not_asked_about(world: World) -> None:
    call = placed(world)
    tell(call, report("busy"))
    Call.objects.filter(pk=call.pk).update(next_check_at=NOW)
    assert look(call, NOW + timedelta(seconds=5)).next_check_at is None


def test_a_call_that_is_being_asked_for_is_not_asked_about(world: World) -> None:
    call = world.place().call
    asking(call)
    call = look(call, NOW + timedelta(seconds=30))
    assert (call.state, call.next_check_at) == ("dispatching", None)


def test_a_second_row_for_one_request_is_noted_once(world: World) -> None:
    call = placed(world)
    for _ in range(3):
        dispatch.note_provider_duplicate(call_id=call.pk, other_id="SM0002", now=NOW)
    noted = call.events.get(what="provider_duplicate")
    assert noted.data == {"carrier_call_id": "SM0002"}
    assert fresh(call).state == "placed"
