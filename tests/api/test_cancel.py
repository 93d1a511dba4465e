"""A call can be canceled while nothing has been asked of a carrier."""

from datetime import UTC, datetime

import pytest

from calls.audit.models import AuditEntry
from calls.records import actions as records
from calls.records.models import Call, CallEvent
from tests.api.program import Program

NOON = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)


def test_a_waiting_call(program: Program) -> None:
    sid = program.place(scheduled_at="2027-01-05T17:00:00Z").json()["call_sid"]
    answer = program.cancel(sid)
    body = answer.json()
    assert (answer.status_code, body["ok"], body["call_sid"]) == (200, True, sid)
    assert (body["status"], body["state"], body["error"]) == ("canceled", "canceled", "canceled")
    assert Call.objects.get().state == "canceled"


def test_it_is_on_record_who_canceled(program: Program) -> None:
    program.cancel(program.place().json()["call_sid"])
    assert CallEvent.objects.get(what="canceled").data["by"].startswith("Demo key")
    assert AuditEntry.objects.get(verb="call.canceled").actor_kind == "key"


def test_a_canceled_call_stays_canceled(program: Program) -> None:
    sid = program.place().json()["call_sid"]
    program.cancel(sid)
    answer = program.cancel(sid)
    assert (answer.status_code, answer.json()["error"]) == (409, "cannot_cancel")
    assert CallEvent.objects.filter(what="canceled").count() == 1


@pytest.mark.parametrize("path", [["dispatching"], ["dispatching", "placed"]])
def test_a_call_on_its_way_cannot_be_stopped(program: Program, path: list[str]) -> None:
    sid = program.place().json()["call_sid"]
    for state in path:
        records.move(
            call=Call.objects.get(),
            to=state,
            what=state,
            source="test",
            now=NOON,
            lease_until=NOON,
        )
    answer = program.cancel(sid)
    assert (answer.status_code, answer.json()["error"]) == (409, "cannot_cancel")
    assert Call.objects.get().state == path[-1]


def test_nothing_under_that_id(program: Program) -> None:
    assert program.cancel("CA" + "0" * 32).status_code == 404
