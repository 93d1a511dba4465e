"""Carrier JSON into our nouns: known words translated, strange ones kept, hostile ones harmless."""

import json
from datetime import UTC, datetime, timedelta, timezone

import pytest

from calls.carriers import twilio_reading
from calls.carriers.base import UnreadableEvent
from calls.carriers.reading import (
    call_id,
    disposition_of,
    instant,
    json_object,
    read_event,
    read_row,
    retry_after,
    seconds,
    sentence,
    state_of,
    text,
)

NOW = datetime(2026, 5, 14, 12, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("word", "state"),
    [
        ("queued", "queued"),
        ("initiated", "queued"),
        ("ringing", "ringing"),
        ("in-progress", "in_progress"),
        ("answered", "in_progress"),
        ("completed", "completed"),
        ("busy", "busy"),
        ("no-answer", "no_answer"),
        ("failed", "failed"),
        ("canceled", "canceled"),
        ("cancelled", "canceled"),
        ("In_Progress", "in_progress"),
        (" COMPLETED ", "completed"),
        ("", ""),
        ("exploded", ""),
        ("complete", ""),
    ],
)
def test_a_word_means_one_of_our_states_or_nothing(word: str, state: str) -> None:
    assert state_of(word) == state


@pytest.mark.parametrize(
    ("state", "data", "disposition"),
    [
        ("completed", {}, "answered"),
        ("completed", {"answered_by": "human"}, "answered"),
        ("completed", {"answered_by": None}, "answered"),
        ("completed", {"answered_by": "machine"}, "voicemail"),
        ("completed", {"answered_by": "machine_end_beep"}, "voicemail"),
        ("completed", {"opted_out": True}, "opted_out"),
        ("completed", {"opted_out": True, "answered_by": "machine"}, "opted_out"),
        ("completed", {"opted_out": "no"}, "answered"),
        ("busy", {"opted_out": True}, "opted_out"),
        ("failed", {"opted_out": True}, "opted_out"),
        ("in_progress", {"opted_out": True}, "opted_out"),
        ("", {"opted_out": True}, "opted_out"),
        ("busy", {"opted_out": "yes"}, ""),
        ("in_progress", {"answered_by": "machine"}, ""),
        ("", {"answered_by": "human"}, ""),
    ],
)
def test_only_a_completed_call_has_a_disposition_but_for_an_opt_out(
    state: str, data: dict[str, object], disposition: str
) -> None:
    assert disposition_of(state, data) == disposition


@pytest.mark.parametrize(
    ("header", "wait"),
    [
        (None, None),
        ("", None),
        ("0", 0.0),
        ("1", 1.0),
        (" 30 ", 30.0),
        ("999999999", 86400.0),
        ("Thu, 14 May 2026 12:00:30 GMT", 30.0),
        ("Thu, 14 May 2026 11:00:00 GMT", 0.0),
        ("Thu, 14 May 2126 11:00:00 GMT", 86400.0),
        ("soon", None),
        ("-5", None),
        ("1.5", None),
        ("nan", None),
        ("inf", None),
        ("٣", None),
    ],
)
def test_retry_after_is_seconds_or_a_date(header: str | None, wait: float | None) -> None:
    assert retry_after(header, now=NOW) == wait


@pytest.mark.parametrize(
    ("value", "read"),
    [
        (0, 0),
        (7, 7),
        (7.9, 7),
        ("7", 7),
        (-1, None),
        (True, None),
        (None, None),
        ("", None),
        ("long", None),
        (float("inf"), None),
        (float("nan"), None),
        (10**30, None),
        ([7], None),
    ],
)
def test_a_duration_is_whole_seconds_or_nothing(value: object, read: int | None) -> None:
    assert seconds(value) == read


@pytest.mark.parametrize(
    ("value", "read"),
    [
        ("2026-05-14T12:00:00Z", NOW),
        ("2026-05-14T12:00:00.000+00:00", NOW),
        ("2026-05-14T14:00:00+02:00", NOW),
        ("2026-05-14T12:00:00", NOW),
        ("0001-01-01T00:00:00+14:00", None),
        ("yesterday", None),
        (1778760000, None),
        (None, None),
    ],
)
def test_a_time_is_read_with_its_offset(value: object, read: datetime | None) -> None:
    assert instant(value) == read


def test_a_time_is_always_told_in_utc() -> None:
    east = NOW.astimezone(timezone(timedelta(hours=9)))
    read = instant(east.isoformat())
    assert read is not None
    assert read.tzinfo is UTC


@pytest.mark.parametrize(
    ("value", "known"),
    [
        ("CA" + "a" * 32, "CA" + "a" * 32),
        ("x", "x"),
        ("", ""),
        ("a b", ""),
        ("a\nb", ""),
        ("ü", ""),
        ("\ud800", ""),
        ("a" * 129, ""),
        (5, ""),
        (None, ""),
    ],
)
def test_a_call_id_is_one_short_printable_word(value: object, known: str) -> None:
    assert call_id(value) == known


@pytest.mark.parametrize(
    ("value", "clean"),
    [
        ("fine", "fine"),
        ("two\nlines", "two lines"),
        ("nul\x00", "nul"),
        ("right\u202eleft", "right left"),
        ("half \ud800 pair", "half ? pair"),
        ("Grüße", "Grüße"),
        ("x" * 300, "x" * 255),
        ({"a": 1}, ""),
        (None, ""),
    ],
)
def test_text_can_be_stored_and_logged(value: object, clean: str) -> None:
    assert text(value) == clean


@pytest.mark.parametrize(
    "words",
    ["+15555550105", "15555550105", "+1 (555) 555-0105", "+49 30 1234567", "555.555.0105"],
)
def test_a_sentence_names_no_telephone_number(words: str) -> None:
    assert sentence(f"Cannot call {words} today.") == "Cannot call (number) today."


def test_a_sentence_keeps_small_numbers() -> None:
    assert sentence("Error 21211 at step 3.") == "Error 21211 at step 3."


@pytest.mark.parametrize(
    "body",
    [b"", b"[]", b'"x"', b"{", b"\xff\xfe", b"null", b"[" * 100_000, b'{"a":' * 100_000, b"7"],
)
def test_only_a_json_object_is_one(body: bytes) -> None:
    assert json_object(body) is None


ROW = {
    "id": "log_1",
    "call_sid": "CA1",
    "direction": "outbound",
    "status": "completed",
    "duration_seconds": 42,
    "escalated": False,
    "summary": "Went well.",
}


def test_a_row_of_the_bare_contract_is_a_report() -> None:
    report = read_row(ROW)
    assert report is not None
    assert (report.carrier_call_id, report.row_id) == ("CA1", "log_1")
    assert (report.state, report.word, report.disposition) == ("completed", "completed", "answered")
    assert (report.duration_seconds, report.summary) == (42, "Went well.")
    assert (report.to, report.caller_id, report.at, report.started_at) == ("", "", None, None)


def test_a_row_may_say_more_than_the_contract() -> None:
    more = {"to": "+15555555678", "from": "+15555551234", "created_at": "2026-05-14T12:00:00Z"}
    report = read_row(ROW | more | {"answered_by": "machine"})
    assert report is not None
    assert (report.to, report.caller_id, report.at) == ("+15555555678", "+15555551234", NOW)
    assert report.disposition == "voicemail"


@pytest.mark.parametrize("row", [None, [], "row", {}, {"id": "1"}, {"call_sid": 5}])
def test_a_row_that_names_no_call_is_none(row: object) -> None:
    assert read_row(row) is None


@pytest.mark.parametrize("field", [name for name in ROW if name != "call_sid"])
@pytest.mark.parametrize("value", [None, [], {}, 5, "\x00", True, "x" * 100_000])
def test_a_strange_field_spoils_no_row(field: str, value: object) -> None:
    report = read_row(ROW | {field: value})
    assert report is not None
    assert report.carrier_call_id == "CA1"


def test_an_unknown_status_is_kept_as_a_word() -> None:
    report = read_row(ROW | {"status": "paused\n"})
    assert report is not None
    assert (report.state, report.word, report.disposition) == ("", "paused", "")


def event(kind: str = "voice.call.completed", **data: object) -> dict[str, object]:
    """An event in today's envelope."""
    return {
        "id": "evt_1",
        "event": kind,
        "created_at": "2026-05-14T12:00:00Z",
        "tenant_id": "acme",
        "api_version": "2026-05-14",
        "data": {"call_sid": "CA1"} | data,
    }


def test_an_event_in_the_envelope_is_read() -> None:
    found = read_event(
        json.dumps(
            event(status="no-answer", to_number="+15555555678", from_number="+15555551234")
        ).encode()
    )
    assert (found.dedupe_key, found.kind) == ("evt_1", "voice.call.completed")
    assert found.report is not None
    assert (found.report.carrier_call_id, found.report.state) == ("CA1", "no_answer")
    assert (found.report.to, found.report.caller_id) == ("+15555555678", "+15555551234")
    assert (found.report.at, found.report.row_id) == (NOW, "")


def test_an_event_of_the_older_shape_is_read() -> None:
    older = {
        "event": "voice.call.completed",
        "tenant_id": "acme",
        "call_sid": "CA1",
        "voice_session_id": "VS1",
        "created_at": "2026-05-14T12:00:00Z",
        "payload": {"status": "completed", "duration_seconds": 9, "summary": "Good."},
    }
    found = read_event(json.dumps(older).encode())
    assert found.report is not None
    assert (found.report.carrier_call_id, found.report.state) == ("CA1", "completed")
    assert (found.report.duration_seconds, found.report.summary) == (9, "Good.")
    assert found.dedupe_key.startswith("sha256:")


@pytest.mark.parametrize("payload", [None, [], "text", 7])
def test_an_older_event_without_a_payload_object_still_names_its_call(payload: object) -> None:
    older = {"event": "voice.call.started", "call_sid": "CA1", "payload": payload}
    found = read_event(json.dumps(older).encode())
    assert found.report is not None
    assert (found.report.carrier_call_id, found.report.state) == ("CA1", "in_progress")


@pytest.mark.parametrize(
    ("kind", "state", "escalated"),
    [
        ("voice.call.started", "in_progress", False),
        ("voice.call.completed", "completed", False),
        ("voice.call.failed", "failed", False),
        ("voice.call.escalated", "", True),
        ("voice.session.evaluated", "", False),
        ("voice.something.new", "", False),
    ],
)
def test_an_event_without_a_status_says_what_its_name_says(
    kind: str, state: str, escalated: bool
) -> None:
    report = read_event(json.dumps(event(kind)).encode()).report
    assert report is not None
    assert (report.state, report.escalated) == (state, escalated)


def test_a_status_word_outranks_the_name_of_the_event() -> None:
    report = read_event(json.dumps(event(status="busy")).encode()).report
    assert report is not None
    assert report.state == "busy"


@pytest.mark.parametrize(
    "body",
    [
        {"event": "voice.webhook.delivery_failed", "data": {"event_id": "e", "attempt_count": 3}},
        {"event": "voice.call.completed", "data": {}},
        {"event": "voice.call.completed", "data": {"call_sid": ""}},
        {"event": "billing.invoice.paid", "data": {"call_sid": "CA1"}},
    ],
)
def test_an_event_about_no_call_is_kept_without_a_report(body: dict[str, object]) -> None:
    found = read_event(json.dumps(body).encode())
    assert found.report is None
    assert found.kind == body["event"]


@pytest.mark.parametrize(
    "body",
    [b"", b"{}", b"[]", b"nonsense", b'{"event": ""}', b'{"event": 5}', b"\xff", b"{" * 99_999],
)
def test_what_is_no_event_is_unreadable(body: bytes) -> None:
    with pytest.raises(UnreadableEvent):
        read_event(body)


def test_the_same_event_has_the_same_key_and_another_one_another() -> None:
    bare = json.dumps({"event": "voice.call.started", "call_sid": "CA1"}).encode()
    other = bare.replace(b"CA1", b"CA2")
    assert read_event(bare).dedupe_key == read_event(bare).dedupe_key
    assert read_event(bare).dedupe_key != read_event(other).dedupe_key


@pytest.mark.parametrize("strange", [5, "", "a b", "x" * 500, None])
def test_an_event_with_a_strange_id_is_known_by_its_body(strange: object) -> None:
    found = read_event(json.dumps(event() | {"id": strange}).encode())
    assert found.dedupe_key.startswith("sha256:")


@pytest.mark.parametrize(
    ("came", "read"),
    [
        ("+15555555678", "+15555555678"),
        ("15555555678", "+15555555678"),
        ("0015555555678", "+15555555678"),
        ("+1 (555) 555-5678", "+15555555678"),
        ("442079460123", "+442079460123"),
        ("5555555678", "5555555678"),  # whose country nobody tells
        ("anonymous", "anonymous"),
        ("sip:bob@example.com", "sip:bob@example.com"),
        ("", ""),
        (None, ""),
    ],
)
def test_numbers_are_read_however_they_are_written(came: object, read: str) -> None:
    row = read_row({"call_sid": "SM1", "to": came, "from": came})
    assert row and (row.to, row.caller_id) == (read, read)
    theirs = twilio_reading.read_row({"sid": "CA1", "to": came, "from": came})
    assert theirs and (theirs.to, theirs.caller_id) == (read, read)
