"""POST /keys/report-leak: whoever holds a key may end it, and learns nothing by that (R4.4)."""

import json
from typing import Any

import pytest
from django.http import HttpResponse
from django.test import Client
from django.utils import timezone

from calls.audit.models import AuditEntry
from calls.management.demo import Seeded
from calls.placing.actions import stop_forbidden
from calls.records.models import Call
from calls.tenants import keys
from calls.tenants.models import ApiKey
from tests.api.program import Program

# Of each request its own: its id, and what is left of the address's share.
OWN = ("x-request-id", "X-RateLimit-Remaining")
STRANGER = keys.mint("live")[0]


def report(body: Any, **headers: str) -> HttpResponse:
    return Client().post(
        "/api/v1/keys/report-leak", json.dumps(body), "application/json", headers=headers
    )


def faceless(answer: HttpResponse) -> tuple[int, Any, dict[str, str]]:
    headers = {name: value for name, value in answer.headers.items() if name not in OWN}
    return answer.status_code, answer.json() | {"request_id": ""}, headers


def test_the_key_opens_nothing_from_then_on(acme: Seeded, program: Program) -> None:
    assert program.read("call-logs").status_code == 200
    assert report({"key": acme.api_key, "source": "a public repository"}).status_code == 200
    assert program.read("call-logs").status_code == 401
    key = ApiKey.objects.get()
    assert (key.leaked_at, key.revoked_by) == (key.revoked_at, "leak report")


def test_what_it_asked_for_is_stopped_as_with_any_leak(acme: Seeded, program: Program) -> None:
    program.place()
    begin = timezone.now()
    assert Call.objects.get().state == "queued"
    report({"key": acme.api_key})
    assert stop_forbidden(since=begin, now=timezone.now()) == 1
    call = Call.objects.get()
    assert (call.state, call.reason) == ("refused", "not_permitted")


def test_known_reported_and_unknown_keys_are_answered_alike(acme: Seeded) -> None:
    first, again, unknown = (report({"key": key}) for key in (acme.api_key, acme.api_key, STRANGER))
    assert faceless(first) == faceless(again) == faceless(unknown)
    assert first.json()["ok"] is True


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({}, "key"),
        ({"key": "gl_test_short"}, "key"),
        ({"key": STRANGER[:-1] + ("A" if STRANGER[-1] != "A" else "B")}, "key"),
        ({"key": 7}, "key"),
        ({"key": STRANGER, "source": "x" * 501}, "source"),
        ({"key": STRANGER, "from": "x"}, "from"),
    ],
)
def test_what_is_no_report_is_400(db: None, body: dict[str, Any], field: str) -> None:
    answer = report(body)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_no_credential_is_asked_for_and_none_is_looked_at(db: None) -> None:
    for headers in ({"authorization": "Bearer nonsense"}, {"x-admin-key": "nonsense"}):
        assert report({"key": STRANGER}, **headers).status_code == 200


def test_the_audit_says_where_it_was_found_and_under_which_request(acme: Seeded) -> None:
    answer = report({"key": acme.api_key, "source": "https://paste.example/7"})
    entry = AuditEntry.objects.get(verb="key.revoked")
    assert (entry.actor_name, entry.tenant_id) == ("leak report", acme.tenant.pk)
    assert entry.after == {"leaked": True, "source": "https://paste.example/7"}
    assert entry.request_id == answer["x-request-id"]


def test_the_key_is_in_no_answer(acme: Seeded) -> None:
    for body in ({"key": acme.api_key}, {"key": acme.api_key, "source": 7}):
        assert acme.api_key not in report(body).content.decode()
