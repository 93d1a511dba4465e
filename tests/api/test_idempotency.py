"""One idempotency key names one call, for ever (R1.1 to R1.4)."""

import json
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
import time_machine
from django.db import connection
from django.http import HttpResponse

from calls.management.demo import SEED, Seeded, seed_acme
from calls.records import actions as records
from calls.records.models import Call, CallEvent
from calls.tenants import actions as tenants
from tests.api.program import EXAMPLE, Program, calls_on_record

NOON = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)


def test_a_replay_answers_the_same(program: Program) -> None:
    first = program.place(key="order-77")
    again = program.place(key="order-77")
    assert (again.status_code, again.content) == (200, first.content)
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert calls_on_record() == 1


def test_a_replay_answers_the_same_when_the_call_is_long_over(program: Program) -> None:
    first = program.place(key="order-77")
    call = Call.objects.get()
    later = call.created_at + timedelta(hours=1)
    records.move(call=call, to="canceled", what="canceled", source="test", now=later, due_at=later)
    assert program.place(key="order-77").content == first.content


def test_a_replay_leaves_no_trace(program: Program) -> None:
    program.place(key="order-77")
    program.place(key="order-77")
    assert CallEvent.objects.count() == 1


def test_the_same_call_in_other_words_is_a_replay(program: Program) -> None:
    program.place(key="order-77", metadata={"a": "1", "b": "2"})
    body = {"metadata": {"b": "2", "a": "1"}} | EXAMPLE | {"to": "+1 (555) 555-5678"}
    raw = json.dumps(dict(reversed(body.items())), indent=4)
    again = program.send("make-call", raw, **{"idempotency-key": "order-77"})
    assert again["Idempotent-Replayed"] == "true"


def test_the_same_instant_on_another_clock_is_a_replay(program: Program) -> None:
    due = datetime.now(UTC).replace(microsecond=0) + timedelta(days=1)
    program.place(key="order-77", scheduled_at=due.isoformat())
    elsewhere = due.isoformat().replace("+00:00", ".000Z")
    again = program.place(key="order-77", scheduled_at=elsewhere)
    assert again["Idempotent-Replayed"] == "true"


@pytest.mark.parametrize(
    "change", [{"to": "+15555555679"}, {"reference": "other"}, {"when": "next_allowed"}]
)
def test_another_call_under_the_same_key(program: Program, change: dict[str, str]) -> None:
    first = program.place(key="order-77").json()["call_sid"]
    answer = program.place(key="order-77", **change)
    assert (answer.status_code, answer.json()["error"]) == (422, "idempotency_key_reused")
    assert answer.json()["details"]["call_sid"] == first
    assert calls_on_record() == 1


def test_a_refusal_is_replayed_too(program: Program) -> None:
    first = program.place(key="order-77", to="+15555550199")
    again = program.place(key="order-77", to="+15555550199")
    bodies = [answer.json() | {"request_id": ""} for answer in (first, again)]
    assert (again.status_code, bodies[0]) == (409, bodies[1])
    assert ("Idempotent-Replayed" in first, again["Idempotent-Replayed"]) == (False, "true")
    assert calls_on_record() == 1


def test_the_key_is_the_tenants_own(program: Program, stranger: Program) -> None:
    ours = program.place(key="order-77")
    theirs = stranger.place({"to": "+15555555678"}, key="order-77")
    assert (ours.status_code, theirs.status_code) == (200, 200)
    assert "Idempotent-Replayed" not in theirs


def test_the_same_key_on_day_31(program: Program) -> None:
    with time_machine.travel(NOON, tick=False) as clock:
        first = program.place(key="order-77")
        clock.shift(timedelta(days=31))
        assert program.place(key="order-77").content == first.content


def test_other_keys_are_other_calls(program: Program) -> None:
    sids = {program.place(key=f"order-{n}").json()["call_sid"] for n in range(3)}
    assert len(sids) == 3


def test_a_rejected_credential_does_not_use_up_the_key(program: Program) -> None:
    assert Program("gl_test_nonsense").place(key="order-77").status_code == 401
    assert program.place(key="order-77").status_code == 200


@pytest.mark.parametrize(
    "bad",
    [
        '{"to": ',
        '{"to": "nobody"}',
        '{"to": "+15555555678", "to": "+15555555678"}',
        '{"to": "+15555555678", "agent_key": "nobody"}',
        '{"to": "+15555555678", "tow": "+15555555678"}',
        '{"to": "+15555555678", "scheduled_at": "2020-01-01T00:00:00Z"}',
    ],
)
def test_a_request_that_makes_no_sense_does_not_use_up_the_key(program: Program, bad: str) -> None:
    answer = program.send("make-call", bad, **{"idempotency-key": "order-77"})
    assert (answer.status_code, calls_on_record()) == (400, 0)
    placed = program.place(key="order-77")
    assert (placed.status_code, "Idempotent-Replayed" in placed) == (200, False)


def test_a_missing_scope_does_not_use_up_the_key(program: Program, acme: Seeded) -> None:
    given = {"tenant": acme.tenant, "actor": SEED, "now": NOON, "name": "Reader"}
    reader = Program(tenants.issue_runtime_key(scopes=["calls:read"], **given)[1])  # type: ignore[arg-type]
    assert reader.place(key="order-77").status_code == 403
    placed = program.place(key="order-77")
    assert (placed.status_code, "Idempotent-Replayed" in placed) == (200, False)


@pytest.mark.parametrize("key", ["two words", "x" * 256, "👋", "order\u00a077", "tab\there"])
@pytest.mark.django_db(transaction=True)
def test_what_is_no_key_is_refused_over_real_http(live_server: Any, key: str) -> None:
    """The bytes as a client sends them, past every nicety of a test client (R1.1)."""
    bearer = seed_acme(sandbox_url="http://127.0.0.1:9", now=NOON).api_key
    headers = {"authorization": f"Bearer {bearer}".encode(), "idempotency-key": key.encode()}
    with httpx.Client(trust_env=False) as client:
        url = f"{live_server.url}/api/v1/make-call"
        answer = client.post(url, json=EXAMPLE, headers=headers)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "Idempotency-Key")
    assert calls_on_record() == 0


def at_once(credential: str, count: int, **more: str) -> list[HttpResponse]:
    """The example's request so many times, from real threads in real transactions."""

    def place(_: int) -> HttpResponse:
        try:
            return Program(credential).place(**more)
        finally:
            connection.close()

    with ThreadPoolExecutor(count) as pool:
        return list(pool.map(place, range(count)))


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_place_one_call() -> None:
    """One row, and 49 replays (R1.2)."""
    key = seed_acme(sandbox_url="http://127.0.0.1:9", now=NOON).api_key
    answers = at_once(key, 50, key="order-77")
    assert calls_on_record() == 1
    assert {answer.status_code for answer in answers} == {200}
    assert len({answer.content for answer in answers}) == 1
    assert Counter("Idempotent-Replayed" in answer for answer in answers) == {True: 49, False: 1}


@pytest.mark.django_db(transaction=True)
def test_twenty_at_once_without_a_key_place_one_call() -> None:
    """One is accepted; the others are refused as its duplicates, and name it (R1.4)."""
    key = seed_acme(sandbox_url="http://127.0.0.1:9", now=NOON).api_key
    answers = at_once(key, 20)
    assert Counter(answer.status_code for answer in answers) == {200: 1, 409: 19}
    assert Call.objects.exclude(state="refused").count() == 1
    sid = next(a.json()["call_sid"] for a in answers if a.status_code == 200)
    refused = [a.json()["details"]["refusals"][0] for a in answers if a.status_code == 409]
    assert {refusal["saw"]["call_sid"] for refusal in refused} == {sid}
