"""One call: what it is, what happened to it, and what every gate decided."""

from datetime import UTC, datetime

import pytest
from pytest_django import DjangoAssertNumQueries

from calls.dispatch.models import Attempt
from calls.lib import ids
from calls.records import actions as records
from calls.records.models import Call, Receipt
from tests.api.program import EXAMPLE, Program

NOON = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)


def test_it_begins_like_a_record_of_the_log(program: Program) -> None:
    sid = program.place(reference="order 77").json()["call_sid"]
    record = program.read("call-logs").json()["data"][0]
    detail = program.read(f"calls/{sid}").json()
    assert detail["ok"] is True
    shared = set(record) - {"attempts"}
    assert {name: detail[name] for name in shared} == {name: record[name] for name in shared}


def test_events_oldest_first(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    records.note_event(call=Call.objects.get(), what="noticed", source="test", now=NOON)
    events = program.read(f"calls/{sid}").json()["events"]
    assert [event["what"] for event in events] == ["accepted", "noticed"]
    assert events[1] == {
        "what": "noticed",
        "source": "test",
        "at": "2026-01-05T17:00:00Z",
        "data": {},
    }


def test_attempts_and_what_they_proved(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    call = Call.objects.get()
    for number, outcome in ((1, "refused"), (2, "unknown")):
        Attempt.objects.create(
            tenant_id=call.tenant_id,
            call=call,
            account=call.account,
            number=number,
            fence=number,
            outcome=outcome,
            evidence="E4",
            intent_at=NOON,
        )
    attempts = program.read(f"calls/{sid}").json()["attempts"]
    assert [(a["number"], a["outcome"], a["evidence"]) for a in attempts] == [
        (1, "refused", "E4"),
        (2, "unknown", "E4"),
    ]


def test_the_receipt_holds_every_gate(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    (receipt,) = program.read(f"calls/{sid}").json()["receipts"]
    assert (receipt["moment"], receipt["allowed"]) == ("accept", True)
    gates = [verdict["gate"] for verdict in receipt["verdicts"]]
    assert gates[:3] == ["tenant", "pause", "permission"]
    hours = next(v for v in receipt["verdicts"] if v["gate"] == "hours")
    assert "fictional" in hours["message"]


def test_a_refused_call_is_told_about_as_well(program: Program) -> None:
    sid = program.place(to="+15555550199").json()["details"]["call_id"]
    detail = program.read(f"calls/{sid}").json()
    assert (detail["state"], detail["receipts"][0]["allowed"]) == ("refused", False)


@pytest.mark.parametrize(
    "sid", ["CA" + "0" * 32, "CA123", "CA" + "G" * 32, "x", "CA" + "0" * 31 + "Z", "%00", "☎"]
)
def test_nothing_under_that_id(program: Program, sid: str) -> None:
    answer = program.read(f"calls/{sid}")
    body = answer.json()
    assert (answer.status_code, body["ok"], body["error"]) == (404, False, "not_found")
    assert body["request_id"] == answer["x-request-id"]


def test_the_id_is_exact(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    assert program.read(f"calls/{sid.upper()}").status_code == 404
    assert program.read(f"calls/{sid[2:]}").status_code == 404


def test_the_number_of_queries_is_constant(
    program: Program, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    sid = program.place().json()["call_sid"]
    program.read(f"calls/{sid}")  # that the key was used for this is written once a minute
    with django_assert_num_queries(5):  # key, call, events, attempts, receipts
        program.read(f"calls/{sid}")


def test_a_receipt_has_the_name_by_which_it_is_verified(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    detail = program.read(f"calls/{sid}").json()
    kept = Receipt.objects.get(call=ids.must_parse("CA", sid))
    assert [receipt["id"] for receipt in detail["receipts"]] == [kept.public_id]


def test_the_exact_words_are_told(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    assert program.read(f"calls/{sid}").json()["greeting"] == EXAMPLE["greeting"]
