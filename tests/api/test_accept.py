"""make-call accepts what may be placed, durably, and says so in the contract's words."""

import re
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from calls.agents.models import AgentVersion
from calls.audit.models import AuditEntry
from calls.greetings.models import Greeting
from calls.management.demo import SEED, Seeded
from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.api.program import EXAMPLE, REAL_NUMBER, Program

MONDAY_NOON_IN_NEW_YORK = datetime(2026, 1, 5, 17, 0, tzinfo=UTC)
SUNDAY_NIGHT = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)


def test_the_seeds_example_word_for_word(program: Program) -> None:
    answer = program.place(EXAMPLE)
    assert answer.status_code == 200
    body = answer.json()
    assert list(body)[:5] == ["ok", "call_sid", "status", "to", "from"]
    assert re.fullmatch(r"CA[0-9a-f]{32}", body["call_sid"])
    assert (body["ok"], body["status"]) == (True, "queued")
    assert (body["to"], body["from"]) == ("+15555555678", "+15555551234")


def test_the_call_is_on_record_when_the_answer_leaves(program: Program) -> None:
    body = program.place().json()
    call = Call.objects.get()
    assert (call.sid, call.state, call.door) == (body["call_sid"], "queued", "api")
    assert call.greeting_text == EXAMPLE["greeting"]


def test_what_follows_is_additive(program: Program) -> None:
    body = program.place(reference="order 77").json()
    call = Call.objects.get()
    assert list(body)[5:] == [
        "id",
        "state",
        "due_at",
        "agent_version_id",
        "greeting_id",
        "reference",
    ]
    assert (body["id"], body["state"], body["reference"]) == (str(call.id), "queued", "order 77")
    assert body["agent_version_id"] == AgentVersion.objects.get(state="published").public_id
    assert body["greeting_id"] == Greeting.objects.get(name="Appointment").public_id


def test_times_are_utc_and_end_in_z(program: Program) -> None:
    assert re.fullmatch(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z", program.place().json()["due_at"]
    )


def test_only_the_number_is_required(program: Program) -> None:
    body = program.place({"to": "+15555555678"}).json()
    assert (body["from"], body["reference"]) == ("+15555551234", None)
    assert Call.objects.get().greeting_text == EXAMPLE["greeting"]


def test_an_exact_version_wins_over_the_agent(program: Program) -> None:
    version = AgentVersion.objects.get(state="published").public_id
    assert program.place(agent_version_id=version).json()["agent_version_id"] == version
    assert Call.objects.get().version_chosen


def test_a_named_greeting_with_its_gaps_filled(program: Program) -> None:
    greeting = Greeting.objects.get(name="Appointment reminder")
    gaps = {"first_name": "Dana", "day": "12 January", "hour": "3 pm"}
    body = program.place(
        {"to": "+15555555678", "greeting_id": greeting.public_id, "variables": gaps}
    ).json()
    assert body["greeting_id"] == greeting.public_id
    assert Call.objects.get().greeting_text == (
        "Hi Dana, this is Acme. Your appointment is on 12 January at 3 pm."
    )


def test_a_filled_template_is_recognised_by_its_words(program: Program) -> None:
    words = "Hi Dana, this is Acme. Your appointment is on 12 January at 3 pm."
    answer = program.place(greeting=words)
    assert answer.json()["greeting_id"] == (
        Greeting.objects.get(name="Appointment reminder").public_id
    )


def test_a_business_unit_is_kept(program: Program, acme: Seeded) -> None:
    tenants.add_org(tenant=acme.tenant, actor=SEED, now=timezone.now(), key="west", name="West")
    assert program.place(org_id="west").status_code == 200
    assert Call.objects.get().org_id is not None


def test_metadata_and_reference_come_back(program: Program) -> None:
    program.place(reference="order 77", metadata={"shop": "nord", "emoji": "☎"})
    record = program.read("call-logs").json()["data"][0]
    assert record["reference"] == "order 77"
    assert record["metadata"] == {"shop": "nord", "emoji": "☎"}


def test_a_time_with_an_offset_is_an_instant(program: Program) -> None:
    due = (timezone.now() + timedelta(days=2)).replace(microsecond=0)
    local = due.astimezone(timezone.get_fixed_timezone(-300)).isoformat()
    assert program.place(scheduled_at=local).status_code == 200
    assert Call.objects.get().due_at == due


@time_machine.travel(MONDAY_NOON_IN_NEW_YORK, tick=False)
def test_a_local_time_is_on_the_callees_clock(program: Program) -> None:
    answer = program.place(to=REAL_NUMBER, scheduled_at="2026-01-06T10:30:00", time_zone="callee")
    assert answer.json()["due_at"] == "2026-01-06T15:30:00Z"


@time_machine.travel(SUNDAY_NIGHT, tick=False)
def test_a_closed_window_defers_when_asked_to(program: Program) -> None:
    body = program.place(to=REAL_NUMBER, when="next_allowed").json()
    assert body["due_at"] == "2026-01-05T14:00:00Z"
    assert Call.objects.get().state == "queued"


def test_never_dial_later_than(program: Program) -> None:
    until = (timezone.now() + timedelta(hours=3)).replace(microsecond=0)
    program.place(expires_at=until.isoformat())
    assert Call.objects.get().expires_at == until


def test_a_number_as_people_write_it(program: Program) -> None:
    assert program.place(to="+1 (555) 555-5678").json()["to"] == "+15555555678"


def test_the_audit_entry_carries_the_requests_id(program: Program) -> None:
    program.headers["x-request-id"] = "my-request-77"
    answer = program.place()
    assert answer["x-request-id"] == "my-request-77"
    assert AuditEntry.objects.get(verb="call.accepted").request_id == "my-request-77"


def test_answers_are_not_stored_by_caches(program: Program) -> None:
    assert program.place()["Cache-Control"] == "no-store"


@pytest.mark.parametrize("kind", ["application/json; charset=utf-8", "application/JSON"])
def test_json_by_any_proper_name(program: Program, kind: str) -> None:
    assert program.send("make-call", '{"to": "+15555555678"}', content_type=kind).status_code == 200
