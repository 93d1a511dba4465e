"""Every script of the sandbox, over real HTTP with the real client: what is proved, what was placed."""

import pytest

from calls.carriers.base import Evidence, Report
from calls.carriers.sandbox import Sandbox, start
from calls.carriers.sandbox.scripts import BY_DIGITS, SCRIPTS
from calls.carriers.stateset import StateSet
from tests.carriers.world import HASTY, PATIENT, client_of, ledger, log_of, order, request, until

# the number's last digits, what one request to it proves, calls really placed
BY_NUMBER = [
    ("5678", Evidence.ACCEPTED, 1),
    ("0001", Evidence.ACCEPTED, 1),
    ("0002", Evidence.ACCEPTED, 1),
    ("0003", Evidence.ACCEPTED, 1),
    ("0004", Evidence.ACCEPTED, 1),
    ("0005", Evidence.ACCEPTED, 1),
    ("0006", Evidence.ACCEPTED, 1),
    ("0101", Evidence.UNKNOWN, 1),
    ("0102", Evidence.UNKNOWN, 1),
    ("0103", Evidence.UNKNOWN, 0),
    ("0104", Evidence.THROTTLED, 0),
    ("0105", Evidence.REFUSED, 0),
    ("0106", Evidence.UNKNOWN, 1),
    ("0107", Evidence.UNKNOWN, 1),
    ("0108", Evidence.ACCEPTED, 1),
    ("0109", Evidence.ACCEPTED, 1),
    ("0110", Evidence.ACCEPTED, 1),
]

BY_NAME = [
    ("answered", Evidence.ACCEPTED, 1),
    ("accepted_502", Evidence.UNKNOWN, 1),
    ("accepted_504", Evidence.UNKNOWN, 1),
    ("rejected_401", Evidence.CREDENTIALS, 0),
    ("rejected_403", Evidence.CREDENTIALS, 0),
    ("late", Evidence.ACCEPTED, 1),
    ("truncated", Evidence.UNKNOWN, 1),
    ("oversized", Evidence.UNKNOWN, 1),
    ("reset", Evidence.UNKNOWN, 1),
    ("nameless", Evidence.UNKNOWN, 1),
    ("forged_events", Evidence.ACCEPTED, 1),
    ("lagging_log", Evidence.ACCEPTED, 1),
]


@pytest.mark.parametrize(("digits", "proved", "placed"), BY_NUMBER)
def test_a_number_chooses_its_script(
    sandbox: Sandbox, digits: str, proved: Evidence, placed: int
) -> None:
    to = f"+1555555{digits}"
    with client_of(sandbox.url, timeouts=HASTY if digits == "0106" else PATIENT) as carrier:
        answer = carrier.place(request(to))
    rows = ledger(sandbox, to)
    assert (answer.evidence, len(rows)) == (proved, placed)
    if proved is Evidence.ACCEPTED:
        assert answer.carrier_call_id == rows[0]["call_sid"]


@pytest.mark.parametrize(("script", "proved", "placed"), BY_NAME)
def test_a_number_can_be_ordered_a_script(
    sandbox: Sandbox, carrier: StateSet, script: str, proved: Evidence, placed: int
) -> None:
    to = f"+1555444{1000 + list(SCRIPTS).index(script)}"
    order(sandbox, to, script)
    assert carrier.place(request(to)).evidence is proved
    assert len(ledger(sandbox, to)) == placed


def test_every_script_is_tried() -> None:
    tried = {BY_DIGITS.get(digits, "answered") for digits, _, _ in BY_NUMBER}
    assert tried | {name for name, _, _ in BY_NAME} == set(SCRIPTS)


def test_a_throttled_number_accepts_the_third_request(sandbox: Sandbox, carrier: StateSet) -> None:
    answers = [carrier.place(request("+15556660104")) for _ in range(3)]
    assert [a.evidence.name for a in answers] == ["THROTTLED", "THROTTLED", "ACCEPTED"]
    assert [a.retry_after for a in answers] == [1.0, 1.0, None]
    assert len(ledger(sandbox, "+15556660104")) == 1


def test_a_refusal_says_when_to_come_back(carrier: StateSet) -> None:
    answer = carrier.place(request("+15556660103"))
    assert (answer.http_status, answer.retry_after) == (503, 1.0)


def test_a_rejection_carries_the_carriers_reason(carrier: StateSet) -> None:
    answer = carrier.place(request("+15556660105"))
    assert answer.http_status == 400
    assert "The script refuses with 400." in answer.reason


def final(carrier: StateSet, to: str) -> list[Report]:
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
    ("0005", "completed", "answered", 1),
    ("0006", "completed", "opted_out", 1),
    ("0101", "completed", "answered", 1),
    ("0102", "completed", "answered", 1),
    ("0107", "completed", "answered", 1),
    ("0109", "completed", "answered", 1),
    ("0110", "completed", "answered", 2),
]


@pytest.mark.parametrize(("digits", "state", "disposition", "count"), ENDINGS)
def test_the_log_tells_how_a_call_ended(
    carrier: StateSet, digits: str, state: str, disposition: str, count: int
) -> None:
    to = f"+1555777{digits}"
    carrier.place(request(to))
    rows = final(carrier, to)
    assert [(row.state, row.disposition) for row in rows] == [(state, disposition)] * count
    assert all(bool(row.duration_seconds) == (state == "completed") for row in rows)
    assert all(bool(row.summary) == (state == "completed") for row in rows)


def test_an_escalated_call_says_so_in_the_log(carrier: StateSet) -> None:
    carrier.place(request("+15558880005"))
    assert final(carrier, "+15558880005")[0].escalated


def test_two_log_rows_differ_in_their_ids_and_in_nothing_else(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    answer = carrier.place(request("+15558880110"))
    one, two = final(carrier, "+15558880110")
    assert answer.carrier_call_id in {one.carrier_call_id, two.carrier_call_id}
    assert one.carrier_call_id != two.carrier_call_id
    assert one.row_id != two.row_id
    assert (one.at, one.to, one.caller_id) == (two.at, two.to, two.caller_id)
    assert len(ledger(sandbox, "+15558880110")) == 1


def test_a_lagging_log_shows_a_call_in_the_end(sandbox: Sandbox, carrier: StateSet) -> None:
    order(sandbox, "+15558881111", "lagging_log")
    carrier.place(request("+15558881111"))
    assert until(lambda: log_of(carrier, "+15558881111"))


def test_a_lagging_log_hides_a_call_at_first() -> None:
    slow = start(pace=10)
    order(slow, "+15558881111", "lagging_log")
    with client_of(slow.url) as carrier:
        carrier.place(request("+15558881111"))
        assert log_of(carrier, "+15558881111") == []
        assert len(ledger(slow, "+15558881111")) == 1
    slow.stop()


def test_a_repeated_request_is_a_second_call_and_is_counted(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    """The carrier played here knows no idempotency; the ledger must show what that costs."""
    for _ in range(3):
        carrier.place(request("+15559995678", idempotency_key="same"))
    carrier.place(request("+15559995678", idempotency_key="another"))
    rows = ledger(sandbox, "+15559995678")
    assert [row["times"] for row in rows] == [3, 3, 3, 1]
    assert len({row["call_sid"] for row in rows}) == 4


def test_without_a_key_the_same_words_to_the_same_number_are_the_same(
    sandbox: Sandbox, carrier: StateSet
) -> None:
    for _ in range(2):
        carrier.place(request("+15559995679", idempotency_key=""))
    assert [row["times"] for row in ledger(sandbox, "+15559995679")] == [2, 2]
