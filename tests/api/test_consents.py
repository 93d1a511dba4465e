"""Consent for programs: put on record, taken back, listed; and what becomes of calls."""

import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
import time_machine
from django.http import HttpResponse

from calls.audit.models import AuditEntry
from calls.consent.models import ConsentRecord
from calls.management.demo import Seeded
from calls.placing.actions import stop_forbidden
from calls.records.models import Call
from tests.api.program import Program
from tests.api.test_auth import NOON, issue

NUMBER = "+12125557891"
ASK = {
    "number": NUMBER,
    "kind": "express",
    "channel": "web",
    "text_shown": "Acme may call me,\nalso with an automated voice.",
    "evidence": "form 4712",
    "captured_at": "2026-01-04T15:00:00Z",
}


def record(program: Program, **fields: Any) -> HttpResponse:
    return program.send("consents", json.dumps(ASK | fields))


def revoke(program: Program, **fields: Any) -> HttpResponse:
    how = {"number": NUMBER, "how": "By phone, to Bob"}
    return program.send("consents/revocations", json.dumps(how | fields))


def listed(program: Program, **query: Any) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = program.read("consents", **query).json()["data"]
    return found


def gate(program: Program) -> tuple[str, str]:
    """What the gate says about a call to the number."""
    verdicts = program.send("calls/preview", json.dumps({"to": NUMBER})).json()["verdicts"]
    (found,) = [verdict for verdict in verdicts if verdict["gate"] == "consent"]
    return found["outcome"], found["code"]


@pytest.fixture(autouse=True)
def noon() -> Iterator[None]:
    """A Monday noon in New York: the callee's day has begun."""
    with time_machine.travel(NOON, tick=True):
        yield


@pytest.fixture
def fresh(program: Program) -> Program:
    """Acme's program, where nobody agreed to anything."""
    ConsentRecord.objects.all().delete()
    return program


def test_the_record_says_who_agreed_to_what_and_that_it_counts(fresh: Program) -> None:
    answer = record(fresh, number="+1 (212) 555-7891")
    body = answer.json()
    assert (answer.status_code, body["ok"], body["in_force"]) == (200, True, True)
    assert {name: body[name] for name in ASK} == ASK
    assert body["recorded_by"].startswith("Demo key")
    empty = ("expires_at", "revoked_at", "revoked_by", "revoked_how")
    assert [body[name] for name in empty] == [None] * 4


def test_without_consent_the_call_is_refused(fresh: Program) -> None:
    assert gate(fresh) == ("block", "consent_missing")
    answer = fresh.place({"to": NUMBER})
    codes = [refusal["code"] for refusal in answer.json()["details"]["refusals"]]
    assert answer.status_code == 409
    assert "consent_missing" in codes


def test_with_consent_the_call_passes_that_gate(fresh: Program) -> None:
    record(fresh)
    assert gate(fresh) == ("pass", "")
    assert fresh.place({"to": NUMBER}, when="next_allowed").status_code == 200


def test_taken_back_it_refuses_the_next_call(fresh: Program) -> None:
    record(fresh)
    answer = revoke(fresh)
    assert (answer.status_code, answer.json()) == (
        200,
        {"ok": True, "number": NUMBER, "revoked": 1},
    )
    refused = fresh.place({"to": NUMBER}, when="next_allowed")
    assert (refused.status_code, refused.json()["error"]) == (409, "consent_missing")


def test_taken_back_it_stops_the_call_that_waits(fresh: Program) -> None:
    record(fresh)
    fresh.place({"to": NUMBER}, when="next_allowed")
    before = datetime.now(UTC)
    revoke(fresh)
    assert stop_forbidden(since=before, now=datetime.now(UTC)) == 1
    assert Call.objects.get().reason == "consent_missing"


def test_all_of_one_number_is_taken_back_and_of_no_other(fresh: Program) -> None:
    other = record(fresh, number="+12125557892").json()["id"]
    record(fresh)
    record(fresh, kind="written", evidence="letter 3")
    assert revoke(fresh, number="+1 212 555 7891").json()["revoked"] == 2
    assert [entry["id"] for entry in listed(fresh) if entry["in_force"]] == [other]


def test_taking_back_again_finds_nothing_left(fresh: Program) -> None:
    record(fresh)
    first, second = revoke(fresh), revoke(fresh, how="By letter")
    assert (first.json()["revoked"], second.status_code, second.json()["revoked"]) == (1, 200, 0)
    (entry,) = listed(fresh)
    assert (entry["revoked_how"], entry["in_force"]) == ("By phone, to Bob", False)
    assert entry["revoked_by"].startswith("Demo key")


def test_nobody_agreed_so_nothing_is_taken_back(fresh: Program) -> None:
    answer = revoke(fresh)
    assert (answer.status_code, answer.json()["revoked"]) == (200, 0)


def test_what_was_agreed_to_before_and_is_imported_later_does_not_count(fresh: Program) -> None:
    """Never again, said before anything was on record."""
    revoke(fresh)
    late = record(fresh).json()
    assert (late["revoked_at"], late["in_force"]) == (None, False)
    assert [entry["in_force"] for entry in listed(fresh)] == [False]
    assert gate(fresh) == ("block", "consent_missing")


def test_and_what_is_agreed_to_since_does(fresh: Program) -> None:
    revoke(fresh)
    assert record(fresh, captured_at=datetime.now(UTC).isoformat()).json()["in_force"] is True
    assert gate(fresh) == ("pass", "")


def test_telling_it_again_answers_the_record_there_is(fresh: Program) -> None:
    first, second = record(fresh).json(), record(fresh, captured_at="2026-01-04T16:00:00+01:00")
    assert second.json() == first
    assert len(listed(fresh)) == 1
    assert AuditEntry.objects.filter(verb="consent.recorded", actor_kind="key").count() == 1


def test_telling_it_again_does_not_undo_a_revocation(fresh: Program) -> None:
    record(fresh)
    revoke(fresh)
    again = record(fresh).json()
    assert again["revoked_at"] is not None
    assert (again["in_force"], len(listed(fresh))) == (False, 1)
    assert gate(fresh) == ("block", "consent_missing")


def test_other_evidence_of_before_does_not_count_after_a_revocation(fresh: Program) -> None:
    record(fresh)
    revoke(fresh)
    late = record(fresh, evidence="found later").json()
    assert (late["revoked_at"], late["in_force"]) == (None, False)
    assert gate(fresh) == ("block", "consent_missing")


def test_who_agrees_anew_may_be_called(fresh: Program) -> None:
    record(fresh)
    revoke(fresh)
    new = record(fresh, captured_at=datetime.now(UTC).isoformat()).json()
    assert new["in_force"] is True
    assert gate(fresh) == ("pass", "")


def test_an_end_can_be_given(fresh: Program) -> None:
    ends = (datetime.now(UTC) + timedelta(days=9)).replace(microsecond=0)
    body = record(fresh, expires_at=ends.isoformat()).json()
    assert datetime.fromisoformat(body["expires_at"]) == ends


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "555"}, "number"),
        ({"number": ""}, "number"),
        ({"number": 12125557891}, "number"),
        ({"kind": "tacit"}, "kind"),
        ({"kind": None}, "kind"),
        ({"channel": "dream"}, "channel"),
        ({"text_shown": " \n "}, "text_shown"),
        ({"text_shown": "x" * 4001}, "text_shown"),
        ({"text_shown": "Call me\x00"}, "text_shown"),
        ({"text_shown": "Call me\u202e"}, "text_shown"),
        ({"evidence": ""}, "evidence"),
        ({"evidence": "form\n7"}, "evidence"),
        ({"evidence": "x" * 501}, "evidence"),
        ({"captured_at": "2026-01-04"}, "captured_at"),
        ({"captured_at": "2026-01-04T15:00:00"}, "captured_at"),
        ({"captured_at": "2190-01-01T00:00:00Z"}, "captured_at"),
        ({"expires_at": "2026-01-05T00:00:00Z"}, "expires_at"),
        ({"tenant": "globex"}, "tenant"),
    ],
)
def test_a_wrong_field_is_named_and_nothing_recorded(
    fresh: Program, fields: dict[str, Any], field: str
) -> None:
    answer = record(fresh, **fields)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert listed(fresh) == []


@pytest.mark.parametrize("field", sorted(ASK))
def test_each_missing_field_is_named(fresh: Program, field: str) -> None:
    answer = fresh.send("consents", json.dumps({k: v for k, v in ASK.items() if k != field}))
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "555"}, "number"),
        ({"how": " "}, "how"),
        ({"how": "x" * 201}, "how"),
        ({"at": "2026-01-04T15:00:00Z"}, "at"),
    ],
)
def test_a_wrong_revocation_is_named_and_takes_nothing_back(
    fresh: Program, fields: dict[str, Any], field: str
) -> None:
    record(fresh)
    answer = revoke(fresh, **fields)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)
    assert [entry["in_force"] for entry in listed(fresh)] == [True]


def test_the_records_are_newest_first_and_in_pages(fresh: Program) -> None:
    ids = [record(fresh, evidence=f"form {n}").json()["id"] for n in range(5)]
    first = fresh.read("consents", limit=2).json()
    second = fresh.read("consents", limit=2, cursor=first["next_cursor"]).json()
    last = fresh.read("consents", limit=2, cursor=second["next_cursor"]).json()
    pages = [[entry["id"] for entry in page["data"]] for page in (first, second, last)]
    assert pages == [[ids[4], ids[3]], [ids[2], ids[1]], [ids[0]]]
    assert (first["limit"], last["next_cursor"]) == (2, None)


@pytest.mark.parametrize(
    "query", [{"limit": 0}, {"limit": 201}, {"cursor": "dn_" + "0" * 32}, {"number": NUMBER}]
)
def test_a_wrong_parameter_is_a_400(fresh: Program, query: dict[str, Any]) -> None:
    assert fresh.read("consents", **query).status_code == 400


def test_no_number_stands_in_an_address(fresh: Program) -> None:
    answer = fresh.read(f"consents/{NUMBER}")
    assert (answer.status_code, NUMBER in answer.content.decode()) == (404, False)


@pytest.mark.parametrize("path", ["consents", "consents/revocations"])
def test_a_missing_scope_is_named(acme: Seeded, path: str) -> None:
    answer = issue(acme, "calls:write", "calls:read", "dnc:write").send(path, json.dumps(ASK))
    assert (answer.status_code, answer.json()["error"]) == (403, "not_permitted")
    assert answer.json()["details"] == {"scope": "consent:write"}


def test_the_scope_to_write_does_not_let_read(acme: Seeded) -> None:
    shop = issue(acme, "consent:write")
    assert record(shop).status_code == 200
    assert (shop.read("consents").status_code, shop.place().status_code) == (403, 403)


def test_another_tenants_records_are_its_own(fresh: Program, stranger: Program) -> None:
    theirs = record(fresh).json()["id"]
    assert listed(stranger) == listed(stranger, cursor="cr_" + "f" * 32) == []
    assert revoke(stranger).json()["revoked"] == 0
    assert record(stranger).json()["id"] != theirs
    assert [(entry["id"], entry["in_force"]) for entry in listed(fresh)] == [(theirs, True)]
