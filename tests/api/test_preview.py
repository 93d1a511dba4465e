"""A preview asks every gate and writes nothing."""

import json
from datetime import UTC, datetime

import pytest
import time_machine

from calls.audit.models import AuditEntry
from calls.greetings.models import Greeting
from calls.policy.gates import GATES
from calls.records.models import Receipt
from tests.api.program import EXAMPLE, REAL_NUMBER, Program, calls_on_record

SUNDAY_NIGHT = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)


def preview(program: Program, **more: str) -> dict[str, object]:
    answer = program.send("calls/preview", json.dumps(EXAMPLE | more))
    assert answer.status_code == 200, answer.json()
    found: dict[str, object] = answer.json()
    return found


def test_an_allowed_call(program: Program) -> None:
    body = preview(program)
    assert (body["ok"], body["allowed"], body["refusals"]) == (True, True, [])
    assert body["held"] is False
    assert body["from"] == "+15555551234"
    assert body["next_allowed_at"] is None


def test_every_gate_is_shown(program: Program) -> None:
    verdicts = preview(program)["verdicts"]
    assert isinstance(verdicts, list)
    assert [verdict["gate"] for verdict in verdicts] == [gate.name for gate in GATES]
    assert set(verdicts[0]) == {
        "gate",
        "question",
        "outcome",
        "code",
        "message",
        "saw",
        "retry_at",
    }


def test_what_the_number_tells(program: Program) -> None:
    assert preview(program, to=REAL_NUMBER)["to"] == {
        "e164": REAL_NUMBER,
        "country": "US",
        "line_type": "fixed_or_mobile",
        "zones": ["America/New_York"],
    }


def test_the_words_and_who_approved_them(program: Program) -> None:
    greeting = preview(program)["greeting"]
    assert isinstance(greeting, dict)
    assert greeting["id"] == Greeting.objects.get(name="Appointment").public_id
    assert (greeting["text"], greeting["approved_by"]) == (EXAMPLE["greeting"], "Olive Acme")


def test_words_nobody_approved(program: Program) -> None:
    body = preview(program, greeting="Buy now!")
    assert body["allowed"] is False
    assert body["greeting"] == {
        "id": None,
        "name": "",
        "text": "Buy now!",
        "approved_by": None,
        "approved_at": None,
    }


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_when_it_would_be_allowed(program: Program) -> None:
    body = preview(program, to=REAL_NUMBER)
    assert (body["allowed"], body["next_allowed_at"]) == (False, "2026-01-05T14:00:00Z")
    (refusal,) = body["refusals"]
    assert (refusal["gate"], refusal["retry_at"]) == ("hours", "2026-01-05T14:00:00Z")


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_a_call_that_would_wait(program: Program) -> None:
    body = preview(program, to=REAL_NUMBER, when="next_allowed")
    assert (body["allowed"], body["due_at"]) == (True, "2026-01-05T14:00:00Z")


def test_nothing_is_written(program: Program) -> None:
    preview(program)
    preview(program, to="+15555550199")
    assert (calls_on_record(), Receipt.objects.count()) == (0, 0)
    assert not AuditEntry.objects.filter(verb__startswith="call.").exists()


def test_it_says_what_placing_would_say(program: Program) -> None:
    foretold = preview(program, to="+15555550199")["refusals"]
    told = program.place(to="+15555550199").json()["details"]["refusals"]
    assert told == foretold


@pytest.mark.parametrize("body", ["{}", '{"to": "call me"}', "[]"])
def test_only_a_malformed_body_is_a_400(program: Program, body: str) -> None:
    assert program.send("calls/preview", body).status_code == 400
