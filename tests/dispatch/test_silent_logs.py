"""A log that stays silent: how long it is given, and what the tenant's policy makes of it."""

from dataclasses import replace
from datetime import timedelta

import pytest

from calls.carriers.base import Report
from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.models import Attempt
from calls.limits import actions as limits
from calls.records.models import Call
from tests.dispatch.steps import (
    REMOTE,
    UNKNOWN,
    asking,
    conclude,
    fresh,
    intend,
    lost,
    placed,
    report,
    tell,
)
from tests.world import CALLEE, CALLER_ID, NOW, SEED, World

GONE = NOW + timedelta(seconds=21)


def look(call: Call, seconds: float, *, absent: bool = True) -> Call:
    now = NOW + timedelta(seconds=seconds)
    dispatch.check_again(call_id=call.pk, absent=absent, now=now)
    return fresh(call)


def show(call: Call, seconds: float) -> Attempt:
    """The log shows the call, so many seconds after it was asked for."""
    now = NOW + timedelta(seconds=seconds)
    tell(call, report("ringing"), now=now, source="call_log")
    return call.attempts.get()


def test_a_call_the_first_reading_shows_has_no_lag(world: World) -> None:
    assert show(lost(world), 4).log_lag == 0.0


def test_a_call_a_reading_missed_has_one(world: World) -> None:
    call = lost(world)
    look(call, 4)
    assert show(call, 9).log_lag == 9.0


def test_only_the_first_sight_counts(world: World) -> None:
    call = lost(world)
    show(call, 4)
    look(call, 6)
    attempt = show(call, 30)
    assert (attempt.log_lag, attempt.missed_at) == (0.0, None)


def test_what_a_webhook_tells_is_no_sight_of_the_log(world: World) -> None:
    call = lost(world)
    look(call, 4)
    tell(call, report("ringing"), source="webhook")
    assert call.attempts.get().log_lag is None
    assert show(call, 11).log_lag == 11.0


def test_a_slow_log_is_measured_though_a_webhook_ended_the_call(world: World) -> None:
    call = placed(world)
    look(call, 4)
    tell(call, report("completed"), now=NOW + timedelta(seconds=5), source="webhook")
    assert fresh(call).next_check_at == NOW + timedelta(seconds=7)
    assert look(call, 7).next_check_at == NOW + timedelta(seconds=10)
    tell(call, report("completed"), now=NOW + timedelta(seconds=33), source="call_log")
    assert call.attempts.get().log_lag == 33.0
    assert look(call, 33, absent=False).next_check_at is None
    assert queries.window_of(world.account) == timedelta(seconds=33)


def test_a_log_that_never_shows_it_is_asked_for_two_days(world: World) -> None:
    call = placed(world)
    look(call, 4)
    tell(call, report("completed"), source="webhook")
    assert look(call, 47 * 3600).next_check_at is not None
    assert look(call, 48 * 3600).next_check_at is None


def test_an_unreadable_log_missed_nothing(world: World) -> None:
    call = lost(world)
    look(call, 4, absent=False)
    assert show(call, 9).log_lag == 0.0


def test_a_slow_log_is_given_more_time(world: World) -> None:
    assert queries.window_of(world.account) == timedelta(seconds=20)
    slow = lost(world)
    look(slow, 4)
    show(slow, 33)
    assert queries.window_of(world.account) == timedelta(seconds=33)
    call = lost(world, to="+15555550199")
    assert look(call, 30).state == "unknown"
    assert look(call, 34).state == "needs_human"


def redial(world: World) -> None:
    world.acme.unknown_outcome = "redial"
    world.acme.save()


def test_a_tenant_may_have_it_dialled_once_more(world: World) -> None:
    redial(world)
    call = look(lost(world), 21)
    attempt = call.attempts.get()
    assert (call.state, attempt.outcome, attempt.evidence) == ("queued", "absent", "E7")
    again = asking(call, GONE)
    conclude(again, UNKNOWN, GONE)
    assert look(call, 60).state == "needs_human"
    assert call.attempts.count() == 2


def test_not_before_its_log_was_read_to_the_end(world: World) -> None:
    redial(world)
    call = lost(world)
    assert look(call, 3600, absent=False).state == "unknown"


def test_not_when_nobody_wants_it_any_more(world: World) -> None:
    redial(world)
    call = lost(world, expires_at=NOW + timedelta(seconds=20))
    assert look(call, 21).state == "needs_human"


def test_not_once_people_were_asked(world: World) -> None:
    call = lost(world)
    assert look(call, 21).state == "needs_human"
    redial(world)
    assert look(call, 60).state == "needs_human"


def test_found_before_the_window_it_is_only_bound(world: World) -> None:
    redial(world)
    call = lost(world)
    show(call, 10)
    call = look(call, 60, absent=False)
    assert (call.state, call.carrier_call_id, call.attempts.count()) == ("ringing", REMOTE, 1)


STRAY = Report("SM9", "ringing", "ringing")  # names a call nobody knows, and no numbers


@pytest.mark.parametrize(
    ("told", "state"),
    [
        (STRAY, "needs_human"),
        (replace(STRAY, to=CALLEE, caller_id=CALLER_ID), "needs_human"),
        (replace(STRAY, to="+15555550199", caller_id=CALLER_ID), "queued"),  # somebody else's
        (replace(STRAY, to="5555550199", caller_id=CALLER_ID), "needs_human"),  # nobody knows whose
    ],
)
def test_not_while_an_event_may_speak_of_it(world: World, told: Report, state: str) -> None:
    redial(world)
    call = lost(world)
    dispatch.note_stray(account=world.account, report=told, now=NOW)
    assert look(call, 21).state == state


def test_what_was_only_taken_for_never_placed_counts_as_a_ring(world: World) -> None:
    limits.set_limit(tenant=world.acme, actor=SEED, now=NOW, scope="callee", most=1)
    redial(world)
    call = look(lost(world), 21)
    assert call.state == "queued"
    assert intend(call, GONE) is None
    assert fresh(call).attempts.count() == 1
