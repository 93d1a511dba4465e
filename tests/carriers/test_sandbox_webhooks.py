"""What the sandbox tells by webhook, how it signs it, and how it tries again."""

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from calls.carriers.sandbox import Sandbox
from calls.carriers.stateset import StateSet
from calls.lib.signing import new_secret
from tests.carriers.world import (
    CALLER,
    HOOK,
    Receiver,
    announce,
    client_of,
    fetch,
    log_of,
    order,
    request,
    until,
)

SECRET = new_secret()
STARTED, ESCALATED, COMPLETED = (
    "voice.call.started",
    "voice.call.escalated",
    "voice.call.completed",
)


@pytest.fixture(autouse=True)
def told(sandbox: Sandbox, receiver: Receiver) -> Iterator[None]:
    """The account's events go to the receiver of this test, and no earlier call sends any."""
    fetch(f"{sandbox.url}/control/reset", method="POST")
    announce(sandbox, name="acme", webhook_url=receiver.url, webhook_secret=SECRET)
    yield
    fetch(f"{sandbox.url}/control/reset", method="POST")


def events_of(receiver: Receiver, count: int) -> list[dict[str, Any]]:
    """The first `count` events, once they have come."""
    until(lambda: len(receiver.got) >= count)
    return receiver.events


def test_an_answered_call_is_told_twice(carrier: StateSet, receiver: Receiver) -> None:
    answer = carrier.place(request("+15555555678"))
    started, completed = events_of(receiver, 2)
    assert (started["event"], completed["event"]) == (STARTED, COMPLETED)
    assert started["data"]["call_sid"] == completed["data"]["call_sid"] == answer.carrier_call_id
    assert (started["data"]["status"], completed["data"]["status"]) == ("in-progress", "completed")


def test_an_event_is_the_contracts_envelope(carrier: StateSet, receiver: Receiver) -> None:
    carrier.place(request("+15555555678"))
    completed = events_of(receiver, 2)[1]
    assert set(completed) == {"id", "event", "created_at", "tenant_id", "api_version", "data"}
    assert (completed["tenant_id"], completed["api_version"]) == ("acme", "2026-05-14")
    data = completed["data"]
    assert (data["to_number"], data["from_number"]) == ("+15555555678", CALLER)
    assert (data["direction"], data["duration_seconds"]) == ("outbound", 3)
    contract = {"stream_sid", "voice_session_id", "function_call_count", "transcript_turn_count"}
    assert contract | {"escalated", "summary", "answered_by", "opted_out"} <= set(data)


def test_an_event_reads_as_a_report(carrier: StateSet, receiver: Receiver) -> None:
    carrier.place(request("+15555550006"))
    until(lambda: len(receiver.got) == 2)
    event = carrier.read_event(receiver.got[1][1])
    assert event.report is not None
    assert (event.report.state, event.report.disposition) == ("completed", "opted_out")
    assert (event.report.to, event.report.caller_id) == ("+15555550006", CALLER)
    assert event.dedupe_key == receiver.events[1]["id"]


@pytest.mark.parametrize(
    ("digits", "status"), [("0001", "busy"), ("0002", "no-answer"), ("0003", "failed")]
)
def test_a_call_that_is_not_answered_is_told_once(
    carrier: StateSet, receiver: Receiver, digits: str, status: str
) -> None:
    carrier.place(request(f"+1555555{digits}"))
    (event,) = events_of(receiver, 1)
    assert (event["event"], event["data"]["status"]) == (COMPLETED, status)


def test_an_escalation_is_told_on_the_way(carrier: StateSet, receiver: Receiver) -> None:
    carrier.place(request("+15555550005"))
    events = events_of(receiver, 3)
    assert [event["event"] for event in events] == [STARTED, ESCALATED, COMPLETED]
    assert {"call_sid", "stream_sid", "target", "initiated_by"} <= set(events[1]["data"])
    assert events[2]["data"]["escalated"] is True


@pytest.mark.parametrize("digits", ["0101", "0102", "0107"])
def test_a_call_whose_answer_was_spoilt_is_told_all_the_same(
    carrier: StateSet, receiver: Receiver, digits: str
) -> None:
    carrier.place(request(f"+1555555{digits}"))
    assert [event["event"] for event in events_of(receiver, 2)] == [STARTED, COMPLETED]


@pytest.mark.parametrize("digits", ["0103", "0105", "0109"])
def test_nothing_is_told(carrier: StateSet, receiver: Receiver, digits: str) -> None:
    """The call after it is told to its end, and still nothing came of the first."""
    carrier.place(request(f"+1555555{digits}"))
    carrier.place(request("+15555555678"))
    told_of = {event["data"]["to_number"] for event in events_of(receiver, 2)}
    assert told_of == {"+15555555678"}


def test_a_jumbled_call_is_told_thrice_and_backwards(carrier: StateSet, receiver: Receiver) -> None:
    carrier.place(request("+15555550108"))
    events = events_of(receiver, 6)
    assert [event["event"] for event in events] == [COMPLETED] * 3 + [STARTED] * 3
    assert len({event["id"] for event in events}) == 2
    assert len({carrier.read_event(body).dedupe_key for _, body in receiver.got}) == 2


def test_an_event_is_signed_and_names_its_key(sandbox: Sandbox, receiver: Receiver) -> None:
    with client_of(sandbox.url, secrets=(new_secret(), SECRET)) as carrier:
        carrier.place(request("+15555550001"))
        until(lambda: receiver.got)
        headers, body = receiver.got[0]
        assert carrier.genuine(url=HOOK, headers=headers, body=body, now=datetime.now(UTC))
        assert not carrier.genuine(
            url=HOOK, headers=headers, body=body + b" ", now=datetime.now(UTC)
        )
    names = {name.lower(): value for name, value in headers.items()}
    assert names["x-idempotency-key"] == names["webhook-id"] == receiver.events[0]["id"]
    assert names["x-sandbox"] == "true"


def test_a_forged_event_is_not_genuine(sandbox: Sandbox, receiver: Receiver) -> None:
    order(sandbox, "+15555555678", "forged_events")
    with client_of(sandbox.url, secrets=(SECRET,)) as carrier:
        carrier.place(request("+15555555678"))
        assert events_of(receiver, 2)[1]["data"]["status"] == "failed"
        now = datetime.now(UTC)
        genuine = [carrier.genuine(url=HOOK, headers=h, body=b, now=now) for h, b in receiver.got]
        assert genuine == [False, False]
        assert log_of(carrier, "+15555555678")[0].state == "completed"


def test_without_a_secret_nothing_is_signed(
    sandbox: Sandbox, carrier: StateSet, receiver: Receiver
) -> None:
    announce(sandbox, name="acme", webhook_url=receiver.url)
    carrier.place(request("+15555550001"))
    until(lambda: receiver.got)
    headers, body = receiver.got[0]
    assert "webhook-signature" not in {name.lower() for name in headers}
    assert carrier.genuine(url=HOOK, headers=headers, body=body, now=datetime.now(UTC))


def test_what_was_not_taken_is_sent_again_unchanged(carrier: StateSet, receiver: Receiver) -> None:
    receiver.refusals = 2
    carrier.place(request("+15555550001"))
    until(lambda: len(receiver.got) == 3)
    assert len({body for _, body in receiver.got}) == 1
    assert len({headers["x-idempotency-key"] for headers, _ in receiver.got}) == 1


def test_an_unannounced_key_is_told_nothing(sandbox: Sandbox, receiver: Receiver) -> None:
    with client_of(sandbox.url, key="nobody") as stranger, client_of(sandbox.url) as carrier:
        stranger.place(request("+15555550001"))
        carrier.place(request("+15555555678"))
        assert {e["data"]["to_number"] for e in events_of(receiver, 2)} == {"+15555555678"}
