"""Every script through the sandbox's Twilio face, over real HTTP with the real client."""

from collections.abc import Iterator
from xml.etree import ElementTree

import pytest

from calls.carriers.base import Evidence, Report
from calls.carriers.sandbox import Sandbox
from calls.carriers.sandbox.scripts import SCRIPTS
from calls.carriers.twilio import Twilio
from tests.carriers.test_sandbox_scripts import BY_NAME, BY_NUMBER
from tests.carriers.world import (
    HASTY,
    HOOK,
    PATIENT,
    ledger,
    log_of,
    order,
    spoken,
    twilio_of,
    until,
)


@pytest.fixture
def twilio(sandbox: Sandbox) -> Iterator[Twilio]:
    with twilio_of(sandbox.url) as client:
        yield client


@pytest.mark.parametrize(("digits", "proved", "placed"), BY_NUMBER)
def test_a_number_chooses_its_script(
    sandbox: Sandbox, digits: str, proved: Evidence, placed: int
) -> None:
    to = f"+1555333{digits}"
    with twilio_of(sandbox.url, timeouts=HASTY if digits == "0106" else PATIENT) as carrier:
        answer = carrier.place(spoken(to))
    rows = ledger(sandbox, to)
    assert (answer.evidence, len(rows)) == (proved, placed)
    if proved is Evidence.ACCEPTED:
        assert answer.carrier_call_id == rows[0]["call_sid"]
        assert (answer.http_status, answer.word) == (201, "queued")


@pytest.mark.parametrize(("script", "proved", "placed"), BY_NAME)
def test_a_number_can_be_ordered_a_script(
    sandbox: Sandbox, twilio: Twilio, script: str, proved: Evidence, placed: int
) -> None:
    to = f"+1555222{1000 + list(SCRIPTS).index(script)}"
    order(sandbox, to, script)
    assert twilio.place(spoken(to)).evidence is proved
    assert len(ledger(sandbox, to)) == placed


def test_a_throttled_number_accepts_the_third_request(sandbox: Sandbox, twilio: Twilio) -> None:
    answers = [twilio.place(spoken("+15556650104")) for _ in range(3)]
    assert [a.evidence.name for a in answers] == ["THROTTLED", "THROTTLED", "ACCEPTED"]
    assert [a.retry_after for a in answers] == [1.0, 1.0, None]
    assert "Twilio 20429" in answers[0].reason


def test_a_refusal_has_twilios_code_and_our_sentence(twilio: Twilio) -> None:
    answer = twilio.place(spoken("+15556650105"))
    assert answer.http_status == 400
    assert "not allowed to call this number" in answer.reason
    assert "(Twilio 21216: The script refuses with 400.)" in answer.reason


def test_the_ledger_shows_what_was_asked(sandbox: Sandbox, twilio: Twilio) -> None:
    asked = spoken("+15556655678", attempt=3)
    twilio.place(asked)
    (row,) = ledger(sandbox, "+15556655678")
    assert (row["from"], row["greeting"]) == (asked.caller_id, asked.greeting)
    assert (row["idempotency_key"], row["times"]) == (f"{asked.call_id}-3", 1)
    form = dict(row["form"])
    assert form["StatusCallback"] == f"{HOOK}?call_id={asked.call_id}&attempt=3"
    assert ElementTree.fromstring(form["Twiml"])[0].text == asked.greeting


def test_a_repeated_request_is_a_second_call(sandbox: Sandbox, twilio: Twilio) -> None:
    """Twilio knows no idempotency, and so the ledger shows what a repetition would do."""
    sids = {twilio.place(spoken("+15556655679")).carrier_call_id for _ in range(2)}
    rows = ledger(sandbox, "+15556655679")
    assert {row["call_sid"] for row in rows} == sids
    assert [row["times"] for row in rows] == [2, 2]


def final(carrier: Twilio, to: str) -> list[Report]:
    """The log rows of a number, once its call is over."""
    moving = {"queued", "ringing", "in_progress"}

    def over() -> list[Report]:
        rows = log_of(carrier, to)
        return [] if {row.state for row in rows} & moving else rows

    rows: list[Report] = until(over)
    return rows


# the number's last digits, how its call ends by the log, its disposition, log rows
ENDINGS = [
    ("5678", "completed", "answered", 1),
    ("0001", "busy", "", 1),
    ("0002", "no_answer", "", 1),
    ("0003", "failed", "", 1),
    ("0004", "completed", "voicemail", 1),
    ("0101", "completed", "answered", 1),
    ("0102", "completed", "answered", 1),
    ("0107", "completed", "answered", 1),
    ("0109", "completed", "answered", 1),
    ("0110", "completed", "answered", 2),
]


@pytest.mark.parametrize(("digits", "state", "disposition", "count"), ENDINGS)
def test_the_log_tells_how_a_call_ended(
    twilio: Twilio, digits: str, state: str, disposition: str, count: int
) -> None:
    to = f"+1555111{digits}"
    twilio.place(spoken(to))
    rows = final(twilio, to)
    assert [(row.state, row.disposition) for row in rows] == [(state, disposition)] * count
    assert all(bool(row.duration_seconds) == (state == "completed") for row in rows)


def test_a_lagging_log_shows_a_call_in_the_end(sandbox: Sandbox, twilio: Twilio) -> None:
    order(sandbox, "+15558871111", "lagging_log")
    twilio.place(spoken("+15558871111"))
    assert until(lambda: log_of(twilio, "+15558871111"))
