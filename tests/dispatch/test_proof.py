"""Proof that a call exists which was taken for never placed: not dialled again, or people hear of it at once."""

from datetime import datetime, timedelta

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.match import AFTER_ALL, TWICE
from calls.dispatch.models import Attempt, Finding
from calls.dnc.models import DncEntry
from calls.records.models import Call
from calls.routes import actions as routes
from tests.dispatch.steps import (
    ACCEPTED,
    REMOTE,
    UNKNOWN,
    asking,
    claim,
    conclude,
    fresh,
    lost,
    placed,
    report,
    story,
    tell,
)
from tests.world import NOW, SEED, World

SECOND_ID = Answer(Evidence.ACCEPTED, carrier_call_id="SM0002", http_status=200)
THROTTLED = Answer(Evidence.THROTTLED, http_status=429)
REFUSED = Answer(Evidence.REFUSED, http_status=400)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def say_not_placed(world: World, call: Call, seconds: float, *, again: bool = True) -> Call:
    given = {"actor": world.alice, "now": at(seconds), "how_known": "I looked in the portal."}
    dispatch.decide_not_placed(call=fresh(call), again=again, **given)
    return fresh(call)


def given_up(world: World, *, again: bool = True) -> tuple[Call, Attempt]:
    """A call whose worker froze, and of which a person said that it never was placed."""
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=at(21))
    say_not_placed(world, call, 25, again=again)
    return call, call.attempts.get()


def is_paused(call: Call) -> bool:
    return fresh(call).account.paused_at is not None


def test_a_late_acceptance_ends_the_wait(world: World) -> None:
    call, first = given_up(world)
    call = fresh(conclude(first, ACCEPTED, at(26)))
    assert (call.state, call.carrier_call_id, call.dialled_at) == ("placed", REMOTE, NOW)
    assert claim(call, at(27)) is None
    assert (call.attempts.get().outcome, is_paused(call)) == ("accepted", False)
    assert call.next_check_at is not None


def test_the_story_says_that_it_was_placed_after_all(world: World) -> None:
    call, first = given_up(world)
    conclude(first, ACCEPTED, at(26))
    event = call.events.get(what="placed")
    assert event.data["why"].startswith("It was taken for never placed, and it was placed")
    assert event.source == "carrier"


def test_a_worker_that_has_taken_it_up_does_not_ask(world: World) -> None:
    call, first = given_up(world)
    claimed = claim(call, at(26))
    assert claimed
    conclude(first, ACCEPTED, at(27))
    assert dispatch.intend(claimed=claimed, now=at(28)) is None
    assert (fresh(call).state, call.attempts.count()) == ("placed", 1)


def test_it_goes_on_to_its_end(world: World) -> None:
    call, first = given_up(world)
    conclude(first, ACCEPTED, at(26))
    assert tell(call, report("completed", duration_seconds=9), at(60))
    assert (fresh(call).state, fresh(call).duration_seconds) == ("completed", 9)


@pytest.mark.parametrize("second", [None, UNKNOWN, SECOND_ID])
def test_asked_again_meanwhile_the_account_stops_at_once(
    world: World, second: Answer | None
) -> None:
    call, first = given_up(world)
    again = asking(call, at(26))
    if second:
        conclude(again, second, at(27))
    before = fresh(call).state
    conclude(first, ACCEPTED, at(28))
    row = Finding.objects.get()
    assert (row.kind, row.key, row.call_id) == (AFTER_ALL, REMOTE, call.pk)
    assert (fresh(call).state, is_paused(call)) == (before, True)
    assert "rung twice" in call.events.get(what="disputed").data["why"]


@pytest.mark.parametrize("answer", [THROTTLED, REFUSED])
def test_when_the_second_request_placed_nothing_it_is_the_first_call(
    world: World, answer: Answer
) -> None:
    call, first = given_up(world)
    again = asking(call, at(26))
    conclude(first, ACCEPTED, at(27))
    call = fresh(conclude(again, answer, at(28)))
    assert (call.state, call.carrier_call_id) == ("placed", REMOTE)
    assert (Finding.objects.get().settled_by, is_paused(call)) == ("dispatch", True)
    assert story(call)[-2:] == ["placed", "dispute_settled"]


@pytest.mark.parametrize("again", [True, False])
def test_when_a_person_says_that_the_second_placed_nothing_it_is_the_first_call(
    world: World, again: bool
) -> None:
    call, first = given_up(world)
    conclude(asking(call, at(26)), UNKNOWN, at(26))
    conclude(first, ACCEPTED, at(27))
    dispatch.check_again(call_id=call.pk, absent=True, now=at(60))
    call = say_not_placed(world, call, 61, again=again)
    assert (call.state, call.carrier_call_id) == ("placed", REMOTE)
    assert "decided_not_placed" in story(call)


def test_what_a_person_settled_is_dialled_as_they_say(world: World) -> None:
    call, first = given_up(world)
    again = asking(call, at(26))
    conclude(first, ACCEPTED, at(27))
    row = Finding.objects.get()
    dispatch.settle_finding(finding=row, actor=world.alice, comment="A test of ours.", now=at(28))
    assert conclude(again, THROTTLED, at(29)).state == "queued"


def test_a_call_that_was_left_at_that_stays_so_and_the_account_stops(world: World) -> None:
    call, first = given_up(world, again=False)
    conclude(first, ACCEPTED, at(26))
    assert (fresh(call).state, is_paused(call)) == ("canceled", True)
    assert Finding.objects.get().kind == AFTER_ALL


def test_told_twice_it_is_one_finding(world: World) -> None:
    call, first = given_up(world, again=False)
    conclude(first, ACCEPTED, at(26))
    routes.resume_account(account=fresh(call).account, actor=SEED, now=at(27))
    tell_of(first, report("ringing"), 28)
    assert (Finding.objects.count(), story(call).count("disputed")) == (1, 1)


def test_the_hourly_match_does_not_settle_what_a_late_log_does_not_show(world: World) -> None:
    _, first = given_up(world, again=False)
    conclude(first, ACCEPTED, at(26))
    since = NOW - timedelta(hours=26)
    dispatch.keep_findings(account=world.account, found=[], owners={}, since=since, now=at(99))
    assert Finding.objects.get().settled_at is None


def test_a_refusal_that_comes_late_changes_nothing(world: World) -> None:
    call, first = given_up(world)
    conclude(first, REFUSED, at(26))
    assert (fresh(call).state, Finding.objects.count()) == ("queued", 0)
    assert call.events.get(what="late_answer").data["why"] == "It changes nothing."


def test_an_id_that_is_another_calls_proves_nothing(world: World) -> None:
    placed(world, to="+15555550199")
    call, first = given_up(world)
    conclude(first, ACCEPTED, at(26))
    assert (fresh(call).state, Finding.objects.count()) == ("queued", 0)


def tell_of(attempt: Attempt, told: object, seconds: float, source: str = "webhook") -> bool:
    """The carrier says something of that attempt."""
    return dispatch.apply_report(
        call_id=attempt.call_id, attempt_id=attempt.pk, report=told, source=source, now=at(seconds)
    )


def test_an_event_of_the_first_request_ends_the_wait_and_moves_the_call(world: World) -> None:
    call, first = given_up(world)
    assert tell_of(first, report("ringing"), 26)
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("ringing", REMOTE)
    assert first.call.events.get(what="placed").source == "webhook"


def test_an_event_of_the_first_request_never_binds_the_second(world: World) -> None:
    call, first = given_up(world)
    asking(call, at(26))
    assert not tell_of(first, report("ringing"), 27)
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("dispatching", None)
    assert is_paused(call)


def test_who_opts_out_in_it_is_listed_all_the_same(world: World) -> None:
    _, first = given_up(world, again=False)
    tell_of(first, report("completed", disposition="opted_out"), 26)
    assert DncEntry.objects.filter(tenant=world.acme, number=first.to).exists()


def test_while_it_waits_the_log_is_read_on(world: World) -> None:
    call, first = given_up(world)
    assert fresh(call).next_check_at == at(30)
    dispatch.check_again(call_id=call.pk, absent=True, now=at(30))
    assert fresh(call).next_check_at == at(40)
    assert tell_of(first, report("in_progress"), 41, "call_log")
    assert fresh(call).state == "in_progress"


def test_a_row_of_the_log_may_be_the_second_requests_and_stops_nobody(world: World) -> None:
    call, first = given_up(world)
    asking(call, at(26))
    assert not tell_of(first, report("ringing"), 27, "call_log")
    assert (is_paused(call), Finding.objects.count()) == (False, 0)


def test_once_it_is_asked_for_again_the_log_is_not_read_for_the_first(world: World) -> None:
    call, _ = given_up(world)
    asking(call, at(26))
    dispatch.check_again(call_id=call.pk, absent=True, now=at(30))
    assert fresh(call).next_check_at is None


def test_what_the_hourly_match_finds_ends_the_wait_too(world: World) -> None:
    call, _ = given_up(world)
    assert dispatch.bind_after_all(call_id=call.pk, carrier_call_id=REMOTE, now=at(26))
    assert (fresh(call).state, is_paused(call)) == ("placed", False)


def test_what_waits_no_longer_is_left_to_people(world: World) -> None:
    call, _ = given_up(world, again=False)
    assert not dispatch.bind_after_all(call_id=call.pk, carrier_call_id=REMOTE, now=at(26))
    assert fresh(call).state == "canceled"


def test_an_answer_tells_the_id_of_a_call_a_person_said_was_placed(world: World) -> None:
    call = lost(world)
    dispatch.check_again(call_id=call.pk, absent=True, now=at(21))
    given = {"actor": world.alice, "now": at(25), "how_known": "I looked in the portal."}
    dispatch.decide_placed(call=fresh(call), ended_as="busy", **given)
    conclude(call.attempts.get(), ACCEPTED, at(26))
    call = fresh(call)
    assert (call.state, call.carrier_call_id, call.next_check_at) == ("busy", REMOTE, at(26))
    assert Finding.objects.count() == 0


def test_an_answer_that_names_another_call_than_the_event_did_stops_the_account(
    world: World,
) -> None:
    call = world.place().call
    attempt = asking(call)
    tell(call, report("ringing"), at(1))
    conclude(attempt, SECOND_ID, at(2))
    row = Finding.objects.get()
    assert (row.kind, row.key, is_paused(call)) == (TWICE, "SM0002", True)
