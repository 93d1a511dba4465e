"""The do-not-call list for programs: add, read, and never lift."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from calls.audit.models import AuditEntry
from calls.dnc import actions
from calls.dnc.models import DncEntry
from calls.management.demo import Seeded
from tests.api.conftest import SEEDED_AT
from tests.api.program import Program
from tests.dnc.registries import bring, source_of
from tests.world import SEED

NUMBER = "+15555550107"


def add(program: Program, **fields: Any) -> HttpResponse:
    return program.send("dnc", json.dumps({"number": NUMBER, "reason": "Asked"} | fields))


def listed(program: Program, **query: Any) -> list[str]:
    return [entry["number"] for entry in program.read("dnc", **query).json()["data"]]


@pytest.fixture
def fresh(acme: Seeded, program: Program) -> Program:
    """Acme's program, with nothing on Acme's list."""
    for entry in DncEntry.objects.filter(tenant=acme.tenant, lifted_at=None):
        actions.lift_number(entry=entry, actor=SEED, now=SEEDED_AT)
    return program


def test_a_number_is_forbidden_at_once(fresh: Program) -> None:
    answer = add(fresh)
    assert (answer.status_code, answer.json()["ok"]) == (200, True)
    refused = fresh.place({"to": NUMBER})
    assert (refused.status_code, refused.json()["error"]) == (409, "dnc_listed")


def test_the_entry_says_who_and_why(fresh: Program) -> None:
    body = add(fresh, number="+1 (555) 555-0107").json()
    assert set(body) == {
        *("ok", "id", "number", "is_prefix", "reason", "source"),
        *("added_by", "added_at", "expires_at", "lifted_at"),
    }
    assert (body["number"], body["reason"], body["source"]) == (NUMBER, "Asked", "api")
    assert body["added_by"].startswith("Demo key")


def test_asking_again_answers_the_entry_that_stands(fresh: Program) -> None:
    first, second = add(fresh).json(), add(fresh, reason="Again").json()
    assert first == second
    assert AuditEntry.objects.filter(verb="dnc.added", actor_kind="key").count() == 1


def test_a_beginning_forbids_all_that_begin_so(fresh: Program) -> None:
    assert add(fresh, number="+15555550", is_prefix=True).json()["is_prefix"] is True
    assert fresh.place({"to": NUMBER}).json()["error"] == "dnc_listed"


@pytest.mark.parametrize("number", ["+1", "+155", "+1555", "+4420", "+44207"])
def test_no_key_stops_a_country(fresh: Program, number: str) -> None:
    answer = add(fresh, number=number, is_prefix=True)
    assert (answer.status_code, answer.json()["error"]) == (400, "prefix_too_short")
    assert answer.json()["details"]["field"] == "number"
    assert "4 digits after the country code" in answer.json()["message"]
    assert listed(fresh) == []


def test_four_digits_after_the_country_code_are_enough(fresh: Program) -> None:
    assert add(fresh, number="+15555", is_prefix=True).status_code == 200


def test_an_end_can_be_given(fresh: Program) -> None:
    ends = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0)
    body = add(fresh, expires_at=ends.isoformat()).json()
    assert datetime.fromisoformat(body["expires_at"]) == ends


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "555"}, "number"),
        ({"number": ""}, "number"),
        ({"number": "5550107", "is_prefix": True}, "number"),
        ({"number": 15555550107}, "number"),
        ({"reason": ""}, "reason"),
        ({"reason": "x" * 201}, "reason"),
        ({"is_prefix": "yes"}, "is_prefix"),
        ({"expires_at": "2026-01-01"}, "expires_at"),
        ({"expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({"tenant": "globex"}, "tenant"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_listed(
    fresh: Program, fields: dict[str, Any], field: str
) -> None:
    answer = add(fresh, **fields)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert listed(fresh) == []


def test_the_list_is_newest_first_and_in_pages(fresh: Program) -> None:
    numbers = [f"+1555555010{n}" for n in range(5)]
    for number in numbers:
        add(fresh, number=number)
    first = fresh.read("dnc", limit=2).json()
    assert [entry["number"] for entry in first["data"]] == [numbers[4], numbers[3]]
    second = fresh.read("dnc", limit=2, cursor=first["next_cursor"]).json()
    assert [entry["number"] for entry in second["data"]] == [numbers[2], numbers[1]]
    last = fresh.read("dnc", limit=2, cursor=second["next_cursor"]).json()
    assert ([entry["number"] for entry in last["data"]], last["next_cursor"]) == (
        [numbers[0]],
        None,
    )


def test_only_what_the_tenant_added_itself_is_listed(fresh: Program, acme: Seeded) -> None:
    bring(source_of(acme.tenant, name="own", title="Own"), "+12127365001")
    actions.add_number(
        tenant=None, number="+12127365002", reason="x", source="x", actor=SEED, now=SEEDED_AT
    )
    add(fresh)
    assert listed(fresh) == [NUMBER]


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"cursor": "CA1"}, {"number": NUMBER}]
)
def test_a_wrong_parameter_is_a_400(fresh: Program, query: dict[str, Any]) -> None:
    assert fresh.read("dnc", **query).status_code == 400


def test_one_entry_is_shown(fresh: Program) -> None:
    body = add(fresh).json()
    assert fresh.read(f"dnc/{body['id']}").json() == body


def test_no_key_lifts(fresh: Program) -> None:
    entry = add(fresh).json()["id"]
    answer = fresh.client.delete(f"/api/v1/dnc/{entry}", headers=fresh.headers)
    assert (answer.status_code, answer.json()["error"]) == (403, "not_permitted")
    assert "owner or admin" in answer.json()["message"]
    assert listed(fresh) == [NUMBER]


def test_another_tenants_list_is_its_own(fresh: Program, stranger: Program) -> None:
    entry = add(fresh).json()["id"]
    assert listed(stranger) == []
    assert stranger.read(f"dnc/{entry}").status_code == 404
    foreign = stranger.client.delete(f"/api/v1/dnc/{entry}", headers=stranger.headers)
    assert foreign.status_code == 404
    assert stranger.read("dnc", cursor=entry).json()["data"] == []
