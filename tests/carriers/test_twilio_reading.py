"""Twilio's rows and callbacks read into our nouns, however odd they are."""

from datetime import UTC, datetime
from typing import Any
from urllib.parse import urlencode

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calls.carriers.base import CarrierEvent, Report, UnreadableEvent
from calls.carriers.twilio_reading import (
    disposition_of,
    is_ours,
    read_callback,
    read_row,
    reference_in,
)

SID, CALL = "CA" + "1" * 32, "CA" + "0" * 32
AT = datetime(2026, 11, 24, 12, 0, tzinfo=UTC)
MAIL_TIME = "Tue, 24 Nov 2026 12:00:00 +0000"
ROW = {
    "sid": SID,
    "status": "completed",
    "direction": "outbound-api",
    "to": "+15555555678",
    "from": "+15555551234",
    "date_created": MAIL_TIME,
    "start_time": "Tue, 24 Nov 2026 12:00:05 +0000",
    "duration": "12",
    "price": "-0.01400",
    "answered_by": "human",
}
TOLD = {
    "CallSid": SID,
    "CallStatus": "completed",
    "To": "+15555555678",
    "From": "+15555551234",
    "Timestamp": MAIL_TIME,
    "SequenceNumber": "3",
    "CallDuration": "12",
}


def row(**changes: Any) -> Report:
    """What the log says in ROW with some fields changed; None leaves a field empty."""
    found = read_row(ROW | changes)
    assert found
    return found


def told(*, query: str = "", **changes: str) -> CarrierEvent:
    """A callback as TOLD with some fields changed; "" leaves a field out."""
    fields = {name: value for name, value in (TOLD | changes).items() if value}
    return read_callback(urlencode(fields).encode(), query=query)


def report(**changes: str) -> Report:
    """What a callback says of its call."""
    found = told(**changes).report
    assert found
    return found


def test_a_row_says_everything_of_its_call() -> None:
    assert row() == Report(
        carrier_call_id=SID,
        state="completed",
        word="completed",
        to="+15555555678",
        caller_id="+15555551234",
        at=AT,
        started_at=AT.replace(second=5),
        duration_seconds=12,
        disposition="answered",
        row_id=SID,
    )


STATES = [
    ("queued", "queued"),
    ("initiated", "queued"),
    ("ringing", "ringing"),
    ("in-progress", "in_progress"),
    ("completed", "completed"),
    ("busy", "busy"),
    ("no-answer", "no_answer"),
    ("failed", "failed"),
    ("canceled", "canceled"),
    ("something-new", ""),
]


@pytest.mark.parametrize(("word", "state"), STATES)
def test_every_word_of_twilio_has_its_state(word: str, state: str) -> None:
    assert (row(status=word).state, row(status=word).word) == (state, word)
    assert (report(CallStatus=word).state, report(CallStatus=word).word) == (state, word)


@pytest.mark.parametrize("field", ["status", "to", "from", "date_created", "start_time", "price"])
@pytest.mark.parametrize("odd", [None, "", 7, [], {}, "\x00", "nonsense"])
def test_an_odd_field_spoils_no_row(field: str, odd: object) -> None:
    assert row(**{field: odd}).carrier_call_id == SID


@pytest.mark.parametrize("odd", [None, 1, "x", [], {}, {"sid": None}, {"sid": ""}, {"sid": "a b"}])
def test_what_names_no_call_is_no_row(odd: object) -> None:
    assert read_row(odd) is None


@pytest.mark.parametrize("status", ["queued", "ringing", "busy", "no-answer", "failed"])
def test_a_call_nobody_answered_has_not_begun(status: str) -> None:
    assert row(status=status).started_at is None


@pytest.mark.parametrize(
    ("value", "read"), [("12", 12), ("0", 0), (None, None), ("", None), ("-1", None), ("x", None)]
)
def test_a_duration_is_seconds_in_a_string(value: str | None, read: int | None) -> None:
    assert row(duration=value).duration_seconds == read


@pytest.mark.parametrize(
    ("direction", "ours"),
    [
        ("outbound-api", True),
        ("inbound", False),
        ("outbound-dial", False),
        ("trunking-terminating", False),
        (None, True),
        (7, True),
    ],
)
def test_only_calls_that_were_asked_for_are_ours(direction: object, ours: bool) -> None:
    assert is_ours(ROW | {"direction": direction}) is ours


def test_a_row_that_is_none_is_not_passed_over() -> None:
    assert is_ours("nonsense")


ANSWERERS = [
    ("completed", "human", "answered"),
    ("completed", "machine_start", "voicemail"),
    ("completed", "machine_end_beep", "voicemail"),
    ("completed", "machine_end_silence", "voicemail"),
    ("completed", "fax", "voicemail"),
    ("completed", "unknown", ""),
    ("completed", "", ""),
    ("completed", None, ""),
    ("in_progress", "machine_start", "voicemail"),
    ("", "human", "answered"),
    ("busy", "human", ""),
    ("no_answer", "machine_start", ""),
]


@pytest.mark.parametrize(("state", "word", "disposition"), ANSWERERS)
def test_who_answered(state: str, word: object, disposition: str) -> None:
    assert disposition_of(state, word) == disposition


def test_a_callback_says_what_happened() -> None:
    event = told(query=f"call_id={CALL}&attempt=2")
    assert event.kind == "completed"
    assert event.report == Report(
        carrier_call_id=SID,
        state="completed",
        word="completed",
        to="+15555555678",
        caller_id="+15555551234",
        at=AT,
        duration_seconds=12,
        reference=f"{CALL}-2",
    )


def test_who_answered_may_be_told_by_itself() -> None:
    event = told(CallStatus="", AnsweredBy="machine_start", MachineDetectionDuration="2400")
    assert event.kind == "answered-by"
    assert event.report
    assert (event.report.state, event.report.disposition) == ("", "voicemail")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{}",
        b"CallSid=",
        b"CallSid=a+b",
        b"CallStatus=ringing",
        b"\xff",
        b"CallSid=%FF",
        b"CallSid=CA1&x=\0",
    ],
)
def test_what_names_no_call_is_no_event(body: bytes) -> None:
    with pytest.raises(UnreadableEvent, match="names a call"):
        read_callback(body, query="")


def test_the_same_delivery_has_the_same_key() -> None:
    assert told().dedupe_key == told().dedupe_key
    assert len(told().dedupe_key) <= 128


@pytest.mark.parametrize(
    "change",
    [
        {"CallSid": CALL},
        {"CallStatus": "busy"},
        {"SequenceNumber": "2"},
        {"Timestamp": ""},
        {"CallDuration": "13"},
    ],
)
def test_another_event_has_another_key(change: dict[str, str]) -> None:
    assert told(**change).dedupe_key != told().dedupe_key


@pytest.mark.parametrize(
    ("query", "reference"),
    [
        (f"call_id={CALL}&attempt=1", f"{CALL}-1"),
        (f"attempt=12&call_id={CALL}", f"{CALL}-12"),
        (f"call_id={CALL}", ""),
        ("attempt=1", ""),
        (f"call_id={CALL}&attempt=", ""),
        (f"call_id={CALL}&attempt=x", ""),
        (f"call_id={CALL}&attempt=-1", ""),
        (f"call_id={CALL}&attempt=١", ""),
        ("call_id=a%20b&attempt=1", ""),
        ("", ""),
        ("&".join(["a=1"] * 50), ""),
    ],
)
def test_the_query_we_gave_names_the_attempt(query: str, reference: str) -> None:
    assert reference_in(query) == reference


@given(some.binary(max_size=200), some.text(max_size=60))
def test_no_bytes_do_harm(body: bytes, query: str) -> None:
    try:
        event = read_callback(body, query=query)
    except UnreadableEvent:
        return
    assert event.report


@given(some.dictionaries(some.sampled_from(sorted(ROW)), some.none() | some.text() | some.floats()))
def test_no_row_does_harm(changes: dict[str, Any]) -> None:
    found = read_row(ROW | changes)
    assert found is None or found.carrier_call_id
