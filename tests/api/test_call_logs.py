"""call-logs: every call, refused ones included, newest first; filters name what they mean."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from calls.dispatch.models import Attempt
from calls.management.demo import SEED, Seeded
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.api.program import Program

FIELDS = (
    "id call_sid direction status duration_seconds escalated summary state to from agent_key"
    " agent_version_id greeting_id org_id reference metadata carrier_call_sid created_at due_at"
    " started_at ended_at error error_message attempts"
).split()
ANSWERED = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)


def place(program: Program, count: int) -> list[str]:
    """Some calls, oldest first."""
    numbers = [f"+1555555{1000 + n}" for n in range(count)]
    return [program.place(to=number).json()["call_sid"] for number in numbers]


def sids(answer: HttpResponse) -> list[str]:
    assert answer.status_code == 200, answer.json()
    return [record["call_sid"] for record in answer.json()["data"]]


def move(call_sid: str, *path: str, **facts: Any) -> Call:
    """Carry a call through some states."""
    call = Call.objects.get(pk=call_sid.removeprefix("CA"))
    for state in path:
        lease = {"lease_until": ANSWERED} if state == "dispatching" else {}
        extra = facts if state == path[-1] else {}
        assert records.move(
            call=call, to=state, what=state, source="test", now=ANSWERED, **lease, **extra
        )
    return call


def test_an_empty_log(program: Program) -> None:
    assert program.read("call-logs").json() == {
        "data": [],
        "limit": 25,
        "offset": 0,
        "total": 0,
        "next_cursor": None,
    }


def test_a_record_has_exactly_these_fields(program: Program) -> None:
    place(program, 1)
    (record,) = program.read("call-logs").json()["data"]
    assert list(record) == FIELDS
    assert (record["direction"], record["status"], record["state"]) == (
        "outbound",
        "queued",
        "queued",
    )
    assert (record["attempts"], record["error"], record["summary"]) == (0, None, None)


def test_a_completed_call(program: Program) -> None:
    (sid,) = place(program, 1)
    facts = {"duration_seconds": 42, "summary": "Will come.", "escalated": True}
    call = move(sid, "dispatching", "placed", "in_progress", "completed", **facts)
    Attempt.objects.create(
        tenant_id=call.tenant_id,
        call=call,
        account=call.account,
        number=1,
        fence=1,
        outcome="accepted",
        intent_at=ANSWERED,
    )
    (record,) = program.read("call-logs").json()["data"]
    assert (record["status"], record["attempts"]) == ("completed", 1)
    assert {name: record[name] for name in facts} == facts
    assert record["ended_at"] == "2026-01-05T17:00:00Z"


def test_a_refused_call_says_why(program: Program) -> None:
    program.place(to="+15555550199")
    (record,) = program.read("call-logs").json()["data"]
    assert (record["status"], record["state"], record["error"]) == (
        "failed",
        "refused",
        "dnc_listed",
    )
    assert record["error_message"].startswith("On the tenant do-not-call list")


def test_newest_first(program: Program) -> None:
    newest_first = list(reversed(place(program, 3)))
    assert sids(program.read("call-logs")) == newest_first


def test_limit_and_offset(program: Program) -> None:
    newest_first = list(reversed(place(program, 5)))
    answer = program.read("call-logs", limit=2, offset=1)
    assert sids(answer) == newest_first[1:3]
    body = answer.json()
    assert (body["limit"], body["offset"], body["total"]) == (2, 1, 5)


def test_the_cursor_walks_through_all_once(program: Program) -> None:
    newest_first, cursor, seen = list(reversed(place(program, 5))), "", []
    while True:
        query = {"cursor": cursor} if cursor else {}
        answer = program.read("call-logs", limit=2, **query)
        seen += sids(answer)
        cursor = answer.json()["next_cursor"]
        if cursor is None:
            break
    assert seen == newest_first


def test_calls_placed_meanwhile_do_not_shift_the_cursor(program: Program) -> None:
    newest_first = list(reversed(place(program, 4)))
    cursor = program.read("call-logs", limit=2).json()["next_cursor"]
    program.place(to="+15555559999")
    answer = program.read("call-logs", limit=2, cursor=cursor)
    assert (sids(answer), answer.json()["total"]) == (newest_first[2:], 5)


def test_no_cursor_after_a_full_last_page(program: Program) -> None:
    place(program, 2)
    assert program.read("call-logs", limit=2).json()["next_cursor"] is None


def test_an_offset_beyond_the_end(program: Program) -> None:
    place(program, 1)
    answer = program.read("call-logs", offset=1_000_000)
    assert (sids(answer), answer.json()["total"]) == ([], 1)


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ([], "queued"),
        (["dispatching"], "queued"),
        (["dispatching", "unknown"], "initiated"),
        (["dispatching", "unknown", "needs_human"], "initiated"),
        (["dispatching", "placed"], "initiated"),
        (["dispatching", "placed", "ringing"], "ringing"),
        (["dispatching", "placed", "in_progress"], "in-progress"),
        (["dispatching", "placed", "completed"], "completed"),
        (["dispatching", "placed", "busy"], "busy"),
        (["dispatching", "placed", "no_answer"], "no-answer"),
        (["dispatching", "placed", "failed"], "failed"),
        (["dispatching", "rejected"], "failed"),
        (["expired"], "canceled"),
        (["canceled"], "canceled"),
    ],
)
def test_status_in_the_contracts_words(program: Program, path: list[str], status: str) -> None:
    (sid,) = place(program, 1)
    move(sid, *path)
    assert sids(program.read("call-logs", status=status)) == [sid]
    others = set(states.PUBLIC_STATUS.values()) - {status}
    assert all(sids(program.read("call-logs", status=other)) == [] for other in others)


def test_direction(program: Program) -> None:
    sent = place(program, 1)
    assert sids(program.read("call-logs", direction="outbound")) == sent
    assert sids(program.read("call-logs", direction="inbound")) == []


def test_by_reference(program: Program) -> None:
    place(program, 1)
    wanted = program.place(reference="order 77").json()["call_sid"]
    assert sids(program.read("call-logs", reference="order 77")) == [wanted]
    assert sids(program.read("call-logs", reference="order 7")) == []


def test_by_call_sid(program: Program) -> None:
    first, _ = place(program, 2)
    assert sids(program.read("call-logs", call_sid=first)) == [first]
    assert sids(program.read("call-logs", call_sid="CA" + "0" * 32)) == []


def test_by_agent(program: Program) -> None:
    sent = place(program, 1)
    assert sids(program.read("call-logs", agent_key="support_primary")) == sent
    assert sids(program.read("call-logs", agent_key="nobody")) == []


@pytest.mark.parametrize("route", ["+15555551234", " 15555551234", "15555551234"])
def test_by_route_however_the_plus_arrives(program: Program, route: str) -> None:
    sent = place(program, 1)
    assert sids(program.read("call-logs", route=route)) == sent
    assert sids(program.read("call-logs", route="+15555550000")) == []


def test_by_business_unit(program: Program, acme: Seeded) -> None:
    tenants.add_org(tenant=acme.tenant, actor=SEED, now=timezone.now(), key="west", name="West")
    place(program, 1)
    wanted = program.place(org_id="west").json()["call_sid"]
    answer = program.read("call-logs", org_id="west")
    assert (sids(answer), answer.json()["data"][0]["org_id"]) == ([wanted], "west")


def test_by_time(program: Program) -> None:
    first, second, third = place(program, 3)
    start = ANSWERED
    for hour, sid in enumerate((first, second, third)):
        Call.objects.filter(pk=sid.removeprefix("CA")).update(
            created_at=start + timedelta(hours=hour)
        )
    answer = program.read("call-logs", from_="2026-01-05T18:00:00Z", to="2026-01-05T14:00:00-05:00")
    assert sids(answer) == [second]


def test_filters_combine(program: Program) -> None:
    program.place(reference="a")
    program.place(to="+15555550199", reference="a")
    answer = program.read("call-logs", reference="a", status="failed")
    assert (len(sids(answer)), answer.json()["total"]) == (1, 1)


def test_a_key_limited_to_a_business_unit_sees_its_calls(program: Program, acme: Seeded) -> None:
    now = timezone.now()
    for key in ("west", "east"):
        tenants.add_org(tenant=acme.tenant, actor=SEED, now=now, key=key, name=key)
    _, limited = tenants.issue_runtime_key(
        tenant=acme.tenant, actor=SEED, now=now, name="West", org_keys=["west"]
    )
    west = program.place(org_id="west").json()["call_sid"]
    east = program.place(to="+15555555679", org_id="east").json()["call_sid"]
    unassigned = program.place(to="+15555555680").json()["call_sid"]
    assert sids(Program(limited).read("call-logs")) == [unassigned, west]
    assert Program(limited).read(f"calls/{east}").status_code == 404
    assert Program(limited).cancel(east).status_code == 404


@pytest.mark.parametrize("count", [1, 12])
def test_the_number_of_queries_is_constant(
    program: Program, count: int, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    place(program, count)
    program.read("call-logs")  # that the key was used for this is written once a minute
    with django_assert_num_queries(4):  # key, count, page, attempts
        program.read("call-logs")


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("limit", "0"),
        ("limit", "201"),
        ("limit", "-1"),
        ("limit", "ten"),
        ("limit", ""),
        ("limit", "2.0"),
        ("limit", "1_0"),
        ("limit", " 5"),
        ("limit", "٥"),
        ("limit", "9" * 400),
        ("offset", "-1"),
        ("offset", "1000001"),
        ("offset", "9" * 30),
        ("cursor", "abc"),
        ("cursor", ""),
        ("status", "done"),
        ("status", "refused"),
        ("status", ""),
        ("direction", "sideways"),
        ("from", "yesterday"),
        ("from", "+15555551234"),
        ("from", "2026-01-05T18:00:00"),
        ("to", "2026-13-05T18:00:00Z"),
        ("agent_key", ""),
        ("route", "front desk"),
        ("reference", "x" * 201),
        ("reference", "a\x00b"),
        ("org_id", "\n"),
        ("call_sid", "CA123"),
        ("call_sid", "CA" + "0" * 32 + "\n"),
        ("colour", "red"),
        ("since", "2026-01-05T18:00:00Z"),
    ],
)
def test_a_wrong_parameter_is_named(program: Program, name: str, value: str) -> None:
    answer = program.client.get("/api/v1/call-logs", {name: value}, headers=program.headers)
    body = answer.json()
    assert (answer.status_code, body["details"]["field"]) == (400, name)
    assert (body["error"], body["message"].endswith(".")) == ("invalid_field", True)


def test_a_parameter_given_twice(program: Program) -> None:
    answer = program.client.get("/api/v1/call-logs?limit=1&limit=2", headers=program.headers)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "limit")


def test_offset_and_cursor_exclude_each_other(program: Program) -> None:
    answer = program.read("call-logs", offset=1, cursor="CA" + "0" * 32)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "offset")


def test_a_period_that_ends_before_it_begins(program: Program) -> None:
    answer = program.read("call-logs", from_="2026-01-06T00:00:00Z", to="2026-01-05T00:00:00Z")
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, "to")
