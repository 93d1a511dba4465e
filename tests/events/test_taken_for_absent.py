"""An event of a call that was taken for never placed: the call is not dialled again, or people hear of it."""

from datetime import datetime, timedelta

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.models import Finding
from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.callbacks import REMOTE, at_twilio, callback, deliver, hook
from tests.dispatch.steps import claim, intend
from tests.events import deliveries
from tests.events.deliveries import SID, absorb, asking, envelope, fresh
from tests.world import CALLEE, CALLER_ID, NOW, SEED, World


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def given_up(world: World) -> Call:
    """Nobody knows whether it was placed, its log is silent, and its tenant's policy dials once more."""
    call, attempt_id = asking(world)
    dispatch.conclude(attempt_id=attempt_id, answer=Answer(Evidence.UNKNOWN), now=NOW)
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, unknown_outcome="redial")
    dispatch.check_again(call_id=call.pk, absent=True, now=at(21))
    assert fresh(call).state == "queued"
    return call


def said(account: object, call: Call, status: str, *, attempt: int = 1, seconds: float = 22) -> str:
    """Twilio tells something of that attempt; the effect."""
    return absorb(deliver(hook(account, call, attempt=attempt), callback(status)), now=at(seconds))


def test_a_callback_that_names_it_ends_the_wait(world: World) -> None:
    account = at_twilio(world)
    call = given_up(world)
    assert said(account, call, "ringing") == "applied"
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("ringing", REMOTE)
    assert claim(call, at(23)) is None


def test_once_asked_again_a_callback_that_names_the_first_stops_the_account(world: World) -> None:
    account = at_twilio(world)
    call = given_up(world)
    intend(call, at(22))
    row = deliver(hook(account, call, attempt=1), callback("ringing"))
    assert absorb(row, now=at(23)) == "disputed"
    row.refresh_from_db()
    assert (row.call, row.absorbed_at) == (call, at(23))
    finding = Finding.objects.get()
    assert (finding.kind, finding.key, finding.call_id) == ("after_all", REMOTE, call.pk)
    account.refresh_from_db()
    assert account.paused_at == at(23)


def test_a_callback_that_names_the_second_binds_the_second(world: World) -> None:
    account = at_twilio(world)
    call = given_up(world)
    intend(call, at(22))
    assert said(account, call, "ringing", attempt=2, seconds=23) == "applied"
    assert list(call.attempts.order_by("number").values_list("outcome", flat=True)) == [
        "absent",
        "accepted",
    ]


def test_a_callback_that_names_a_refused_request_ends_the_wait(world: World) -> None:
    account = at_twilio(world)
    call, attempt_id = asking(world)
    dispatch.conclude(attempt_id=attempt_id, answer=Answer(Evidence.THROTTLED), now=NOW)
    assert said(account, call, "ringing") == "applied"
    assert (fresh(call).state, call.attempts.get().outcome) == ("ringing", "accepted")


def told(call_sid: str = SID, *, minutes: float = 0, **fields: str) -> str:
    """An event with two numbers and no name; the effect."""
    when = (NOW + timedelta(minutes=minutes)).isoformat()
    body = envelope(event_id=call_sid, call_sid=call_sid, status="ringing", **fields)
    row = deliveries.deliver(body.replace(NOW.isoformat().encode(), when.encode()))
    return absorb(row, now=at(22))


def test_an_event_between_its_two_numbers_ends_the_wait(world: World) -> None:
    call = given_up(world)
    assert told() == "applied"
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("ringing", SID)


@pytest.mark.parametrize("minutes", [-1, 27 * 60])
def test_not_one_of_another_time(world: World, minutes: float) -> None:
    call = given_up(world)
    assert told(minutes=minutes) == "parked"
    assert fresh(call).state == "queued"


def test_an_open_request_between_these_numbers_comes_first(world: World) -> None:
    call = given_up(world)
    intend(call, at(22))
    assert told() == "applied"
    assert call.attempts.get(number=2).outcome == "accepted"


def test_of_two_calls_taken_for_absent_it_names_none(world: World) -> None:
    first = given_up(world)
    Call.objects.filter(pk=first.pk).update(due_at=at(3600))
    second, attempt_id = asking(world, allow_duplicate=True)
    dispatch.conclude(attempt_id=attempt_id, answer=Answer(Evidence.UNKNOWN), now=NOW)
    dispatch.check_again(call_id=second.pk, absent=True, now=at(21))
    assert {fresh(first).state, fresh(second).state} == {"queued"}
    assert told(to_number=CALLEE) == "parked"


def test_numbers_without_their_plus_are_the_same_numbers(world: World) -> None:
    call = given_up(world)
    assert told(to_number=CALLEE[1:], from_number=CALLER_ID[1:]) == "applied"
    assert fresh(call).state == "ringing"
