"""A callback that names its attempt binds that one and no other, whatever its numbers say (R1.9)."""

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.events.models import InboundEvent
from calls.records import states
from calls.routes.models import CarrierAccount
from tests.callbacks import REMOTE, at_twilio, callback, deliver, hook
from tests.events.deliveries import absorb, asking, fresh
from tests.world import World

OTHER = "CA" + "2" * 32
ANSWERED_BY = {"CallStatus": "", "Timestamp": "", "SequenceNumber": ""}


@pytest.fixture
def account(world: World) -> CarrierAccount:
    """Acme's account at Twilio."""
    return at_twilio(world)


def tell(url: str, status: str, **changes: str) -> str:
    """Twilio tells something; the effect."""
    return absorb(deliver(url, callback(status, **changes)))


def test_it_binds_the_attempt_before_its_answer_came(world: World, account: CarrierAccount) -> None:
    call, _ = asking(world)
    assert tell(hook(account, call), "ringing") == "applied"
    call = fresh(call)
    assert (call.state, call.carrier_call_id) == (states.RINGING, REMOTE)
    assert call.attempts.get().evidence == "E6"


def test_it_settles_what_was_unknown(world: World, account: CarrierAccount) -> None:
    call, attempt_id = asking(world)
    dispatch.conclude(attempt_id=attempt_id, answer=Answer(Evidence.UNKNOWN), now=call.created_at)
    assert fresh(call).state == states.UNKNOWN
    assert tell(hook(account, call), "completed", CallDuration="12") == "applied"
    assert (fresh(call).state, fresh(call).duration_seconds) == (states.COMPLETED, 12)


def test_numbers_spelled_in_another_way_do_not_hide_it(
    world: World, account: CarrierAccount
) -> None:
    call, _ = asking(world)
    assert tell(hook(account, call), "ringing", To="5555555678", From="anonymous") == "applied"


def test_a_name_of_no_call_binds_no_other(world: World, account: CarrierAccount) -> None:
    """Its two numbers would have pointed at the open attempt."""
    call, _ = asking(world)
    stranger = hook(account, call).replace(call.sid, "CA" + "f" * 32)
    assert tell(stranger, "ringing") == "parked"
    assert fresh(call).state == states.DISPATCHING


@pytest.mark.parametrize("attempt", [0, 2, 999_999, 10**7])
def test_a_name_of_another_attempt_binds_not_this_one(
    world: World, account: CarrierAccount, attempt: int
) -> None:
    call, _ = asking(world)
    assert tell(hook(account, call, attempt=attempt), "ringing") == "parked"


def test_a_name_given_by_another_account_binds_nothing(
    world: World, account: CarrierAccount
) -> None:
    call, _ = asking(world)
    theirs = at_twilio(world, hook_token="other")
    assert tell(hook(theirs, call), "ringing") == "parked"


def test_without_a_name_the_numbers_point(world: World, account: CarrierAccount) -> None:
    call, _ = asking(world)
    assert tell(hook(account), "ringing") == "applied"
    assert fresh(call).carrier_call_id == REMOTE


def test_the_second_call_of_one_request_changes_nothing(
    world: World, account: CarrierAccount
) -> None:
    call, _ = asking(world)
    assert tell(hook(account, call), "ringing") == "applied"
    assert tell(hook(account, call), "completed", CallSid=OTHER) == "parked"
    assert fresh(call).state == states.RINGING


@pytest.mark.parametrize(
    "order",
    [
        ("initiated", "ringing", "in-progress", "completed"),
        ("completed", "in-progress", "ringing", "initiated"),
        ("ringing", "completed", "initiated", "in-progress"),
        ("in-progress", "initiated", "completed", "ringing"),
    ],
)
def test_in_any_order_a_call_ends_once(
    world: World, account: CarrierAccount, order: tuple[str, ...]
) -> None:
    call, _ = asking(world)
    for status in (*order, *order):
        tell(hook(account, call), status)
    assert fresh(call).state == states.COMPLETED
    assert call.events.filter(what="completed").count() == 1
    assert set(InboundEvent.objects.values_list("deliveries", flat=True)) == {2}


@pytest.mark.parametrize(
    ("word", "disposition", "outcome"),
    [("machine_start", "voicemail", "voicemail"), ("human", "answered", "reached")],
)
@pytest.mark.parametrize("last", [True, False])
def test_who_answered_counts_whenever_it_is_told(
    world: World, account: CarrierAccount, word: str, disposition: str, outcome: str, last: bool
) -> None:
    call, _ = asking(world)
    tell(hook(account, call), "in-progress")
    if last:
        tell(hook(account, call), "completed")
    assert tell(hook(account, call), "", AnsweredBy=word, **ANSWERED_BY) == "applied"
    if not last:
        assert fresh(call).state == states.IN_PROGRESS
        tell(hook(account, call), "completed")
    assert (fresh(call).disposition, fresh(call).outcome) == (disposition, outcome)


def test_who_answered_may_be_the_first_to_come(world: World, account: CarrierAccount) -> None:
    call, _ = asking(world)
    assert tell(hook(account, call), "", AnsweredBy="machine_start", **ANSWERED_BY) == "applied"
    assert (fresh(call).state, fresh(call).disposition) == (states.PLACED, "voicemail")


def test_nobody_answers_a_busy_line(world: World, account: CarrierAccount) -> None:
    call, _ = asking(world)
    tell(hook(account, call), "busy")
    assert tell(hook(account, call), "", AnsweredBy="human", **ANSWERED_BY) == "no_change"
    assert (fresh(call).state, fresh(call).disposition) == (states.BUSY, "")


def test_unsure_is_not_told(world: World, account: CarrierAccount) -> None:
    call, _ = asking(world)
    tell(hook(account, call), "completed")
    tell(hook(account, call), "", AnsweredBy="unknown", **ANSWERED_BY)
    assert (fresh(call).disposition, fresh(call).outcome) == ("", "reached")
