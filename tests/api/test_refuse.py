"""What a gate refuses is a 409 with every reason, and stays on record with its receipt."""

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from calls.agents.models import Agent
from calls.management.demo import SEED, Seeded
from calls.records.models import Call, Receipt
from calls.routes.models import PhoneRoute
from calls.tenants import actions as tenants
from tests.api.program import REAL_NUMBER, Program, calls_on_record

LISTED = "+15555550199"
SUNDAY_NIGHT = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)


def test_the_error_is_the_gates_code(program: Program) -> None:
    answer = program.place(to=LISTED)
    body = answer.json()
    assert (answer.status_code, body["ok"], body["error"]) == (409, False, "dnc_listed")
    assert body["details"]["gate"] == "dnc"
    assert body["message"].startswith("On the tenant do-not-call list")
    assert body["request_id"] == answer["x-request-id"]


def test_the_refused_call_is_kept(program: Program) -> None:
    details = program.place(to=LISTED).json()["details"]
    call = Call.objects.get()
    assert (call.sid, call.state, call.reason) == (details["call_id"], "refused", "dnc_listed")
    assert not Receipt.objects.get(call=call).allowed


def test_all_reasons_are_told_first_asked_first(program: Program) -> None:
    refusals = program.place(to=LISTED, greeting="Buy now!").json()["details"]["refusals"]
    assert [refusal["gate"] for refusal in refusals] == ["greeting", "dnc"]
    assert set(refusals[0]) == {"gate", "code", "message", "saw", "retry_at", "change"}


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_a_closed_window_says_when_it_opens(program: Program) -> None:
    body = program.place(to=REAL_NUMBER).json()
    assert (body["error"], body["details"]["retry_at"]) == ("outside_hours", "2026-01-05T14:00:00Z")


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_no_instant_where_waiting_does_not_help(program: Program) -> None:
    details = program.place(to=REAL_NUMBER, greeting="Buy now!").json()["details"]
    assert details["retry_at"] is None
    assert [r["retry_at"] for r in details["refusals"]] == [None, "2026-01-05T14:00:00Z"]


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_waiting_does_not_help_against_other_gates(program: Program) -> None:
    answer = program.place(to=REAL_NUMBER, greeting="Buy now!", when="next_allowed")
    assert answer.json()["error"] == "greeting_not_approved"


@pytest.mark.parametrize(
    ("number", "code"),
    [
        ("+15555551234", "invalid_number"),
        ("+18002345678", "number_type_blocked"),
        ("+4915112345678", "country_blocked"),
        ("+19002345678", "number_type_blocked"),
        ("+881612345678", "number_type_blocked"),
        ("+1911", "invalid_number"),
    ],
)
def test_numbers_that_may_not_be_dialled(program: Program, number: str, code: str) -> None:
    answer = program.place(to=number)
    codes = [r["code"] for r in answer.json()["details"].get("refusals", [])]
    assert answer.status_code == 409
    assert code in codes


def test_a_suspended_tenant_calls_nobody(program: Program, acme: Seeded) -> None:
    tenants.suspend_tenant(
        tenant=acme.tenant, actor=SEED, now=timezone.now(), reason="unpaid bills"
    )
    answer = program.place()
    assert (answer.status_code, answer.json()["error"]) == (409, "tenant_suspended")


def test_a_route_that_is_switched_off(program: Program) -> None:
    PhoneRoute.objects.update(enabled=False)
    assert program.place().json()["error"] == "route_unavailable"


def test_an_agent_without_a_published_version(program: Program) -> None:
    Agent.objects.get().versions.update(state="draft")
    assert program.place().json()["error"] == "agent_unavailable"


def test_a_key_of_another_business_unit(program: Program, acme: Seeded) -> None:
    now = timezone.now()
    west = tenants.add_org(tenant=acme.tenant, actor=SEED, now=now, key="west", name="West")
    tenants.add_org(tenant=acme.tenant, actor=SEED, now=now, key="east", name="East")
    PhoneRoute.objects.update(org=west)
    _, key = tenants.issue_runtime_key(
        tenant=acme.tenant, actor=SEED, now=now, name="East", org_keys=["east"]
    )
    assert Program(key).place().json()["error"] == "not_permitted"


def test_the_same_call_twice_within_a_minute(program: Program) -> None:
    first = program.place().json()["call_sid"]
    answer = program.place()
    body = answer.json()
    assert (answer.status_code, body["error"]) == (409, "possible_duplicate")
    assert body["details"]["refusals"][0]["saw"]["call_sid"] == first
    assert body["details"]["retry_at"].endswith("Z")


def test_twice_on_purpose(program: Program) -> None:
    assert program.place().status_code == 200
    assert program.place(allow_duplicate=True).status_code == 200
    assert calls_on_record() == 2


def test_the_same_call_after_a_minute(program: Program) -> None:
    with time_machine.travel(datetime(2026, 1, 5, 17, 0, tzinfo=UTC), tick=False) as clock:
        assert program.place().status_code == 200
        clock.shift(61)
        assert program.place().status_code == 200
