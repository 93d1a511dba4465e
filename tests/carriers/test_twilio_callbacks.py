"""What the sandbox's Twilio face tells, in which order, and that our client believes only the genuine."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any
from urllib.parse import parse_qsl

import pytest

from calls.carriers.sandbox import Sandbox
from calls.carriers.sandbox.scripts import SCRIPTS
from calls.carriers.sandbox.twilio_callbacks import callbacks
from calls.carriers.twilio import Twilio
from tests.carriers.world import Receiver, fetch, order, spoken, twilio_of, until

ALL = [("StatusCallbackEvent", kind) for kind in ("initiated", "ringing", "answered", "completed")]
HOOK = ("StatusCallback", "http://calls.example/hook")
BESIDE = [
    ("MachineDetection", "Enable"),
    ("AsyncAmd", "true"),
    ("AsyncAmdStatusCallback", "http://calls.example/hook"),
]


@pytest.fixture(autouse=True)
def fresh(sandbox: Sandbox) -> Iterator[None]:
    """No earlier call tells anything."""
    fetch(f"{sandbox.url}/control/reset", method="POST")
    yield
    fetch(f"{sandbox.url}/control/reset", method="POST")


@pytest.fixture
def twilio(sandbox: Sandbox, receiver: Receiver) -> Iterator[Twilio]:
    """A client whose callbacks go to this test's receiver."""
    with twilio_of(sandbox.url, hook_url=receiver.url) as client:
        yield client


def kinds(script: str, *fields: tuple[str, str]) -> list[str]:
    """Which callbacks are sent, in the order of their times."""
    return [kind for _, kind in sorted(callbacks(SCRIPTS[script], list(fields)))]


@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("answered", ["initiated", "ringing", "answered", "answered-by", "completed"]),
        ("voicemail", ["initiated", "ringing", "answered", "answered-by", "completed"]),
        ("busy", ["initiated", "ringing", "completed"]),
        ("no_answer", ["initiated", "ringing", "completed"]),
        ("failed", ["initiated", "ringing", "completed"]),
        ("no_events", []),
    ],
)
def test_each_script_tells_what_happens(script: str, told: list[str]) -> None:
    assert kinds(script, HOOK, *ALL, *BESIDE) == told


def test_only_what_was_asked_for_is_told() -> None:
    assert kinds("answered", HOOK) == ["completed"]
    assert kinds("answered", HOOK, ALL[1], ALL[2]) == ["ringing", "answered"]
    assert kinds("answered", *ALL) == []
    assert kinds("answered", HOOK, *BESIDE[:2]) == ["completed"]


def test_a_jumbled_call_tells_its_ending_first_and_all_three_times() -> None:
    told = kinds("jumbled_events", HOOK, *ALL)
    assert told[:3] == ["completed"] * 3
    assert len(told) == 12


def got(receiver: Receiver, count: int) -> list[dict[str, str]]:
    """What was told, once so many callbacks have come."""
    until(lambda: len(receiver.got) >= count)
    return [dict(parse_qsl(body.decode(), keep_blank_values=True)) for _, body in receiver.got]


def place(twilio: Twilio, to: str) -> str:
    """Place a call; its SID."""
    sid = twilio.place(spoken(to)).carrier_call_id
    assert sid
    return sid


def test_an_answered_call_is_told_step_by_step(twilio: Twilio, receiver: Receiver) -> None:
    sid = place(twilio, "+15555555678")
    told = got(receiver, 5)
    assert {form["CallSid"] for form in told} == {sid}
    steps = [(form["SequenceNumber"], form["CallStatus"]) for form in told if "CallStatus" in form]
    assert steps == [("0", "initiated"), ("1", "ringing"), ("2", "in-progress"), ("3", "completed")]
    assert told[-1]["CallDuration"] == "3"
    assert (told[-1]["To"], told[-1]["From"]) == ("+15555555678", "+15555551234")


@pytest.mark.parametrize(
    ("digits", "word"), [("5678", "human"), ("0004", "machine_start")], ids=["person", "machine"]
)
def test_who_answered_is_told_beside(
    twilio: Twilio, receiver: Receiver, digits: str, word: str
) -> None:
    place(twilio, f"+1555555{digits}")
    assert [form["AnsweredBy"] for form in got(receiver, 5) if "AnsweredBy" in form] == [word]


@pytest.mark.parametrize(
    ("digits", "ending"), [("0001", "busy"), ("0002", "no-answer"), ("0003", "failed")]
)
def test_a_call_that_is_not_answered_says_why(
    twilio: Twilio, receiver: Receiver, digits: str, ending: str
) -> None:
    place(twilio, f"+1555555{digits}")
    last = got(receiver, 3)[-1]
    assert (last["CallStatus"], "CallDuration" in last) == (ending, False)


def believed(twilio: Twilio, receiver: Receiver) -> list[bool]:
    """Which of the callbacks our client takes for genuine."""
    url, now = url_of(twilio, receiver), datetime.now(UTC)
    return [twilio.genuine(url=url, headers=h, body=b, now=now) for h, b in receiver.got]


def url_of(twilio: Twilio, receiver: Receiver) -> str:
    """Where the callbacks of the call to 5678 go."""
    asked: Any = spoken("+15555555678")
    return f"{receiver.url}?call_id={asked.call_id}&attempt=1"


def test_every_callback_is_signed_over_its_whole_address(
    twilio: Twilio, receiver: Receiver
) -> None:
    place(twilio, "+15555555678")
    got(receiver, 5)
    assert believed(twilio, receiver) == [True] * 5
    now, (headers, body) = datetime.now(UTC), receiver.got[0]
    assert not twilio.genuine(url=receiver.url, headers=headers, body=body, now=now)


def test_a_forged_callback_is_not_believed(
    sandbox: Sandbox, twilio: Twilio, receiver: Receiver
) -> None:
    order(sandbox, "+15555555678", "forged_events")
    place(twilio, "+15555555678")
    assert {form["CallStatus"] for form in got(receiver, 5)} == {"failed"}
    assert believed(twilio, receiver) == [False] * 5


def test_a_repeated_callback_is_the_same_to_the_byte(
    sandbox: Sandbox, twilio: Twilio, receiver: Receiver
) -> None:
    order(sandbox, "+15555555678", "jumbled_events")
    place(twilio, "+15555555678")
    got(receiver, 15)
    keys = [twilio.read_event(body).dedupe_key for _, body in receiver.got]
    assert len(keys) == 15
    assert sorted(keys.count(key) for key in set(keys)) == [3] * 5


def test_what_is_refused_is_sent_again(twilio: Twilio, receiver: Receiver) -> None:
    receiver.refusals = 2
    place(twilio, "+15555550001")
    got(receiver, 5)
    assert len({body for _, body in receiver.got}) == 3


def test_no_events_are_no_events(sandbox: Sandbox, twilio: Twilio, receiver: Receiver) -> None:
    order(sandbox, "+15555555678", "no_events")
    place(twilio, "+15555555678")
    place(twilio, "+15555550001")
    assert {form["To"] for form in got(receiver, 3)} == {"+15555550001"}
