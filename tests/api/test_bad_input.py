"""Every malformed request is a 400 that names the field, and leaves nothing behind."""

import json
from typing import Any

import pytest

from calls.agents.models import AgentVersion
from calls.audit.models import AuditEntry
from tests.api.program import EXAMPLE, Program, calls_on_record

NUMBER = '"to": "+15555555678"'
LONG = "x" * 201

# One wrong field in an otherwise good request: (the field, its value, the field that is named).
FIELDS: list[tuple[str, Any, str]] = [
    ("to", None, "to"),
    ("to", "", "to"),
    ("to", "   ", "to"),
    ("to", 15555555678, "to"),
    ("to", 1.5, "to"),
    ("to", True, "to"),
    ("to", ["+15555555678"], "to"),
    ("to", {"number": "+15555555678"}, "to"),
    ("to", "555-5678", "to"),
    ("to", "call me", "to"),
    ("to", "+1555555567８", "to"),
    ("to", "+15555555678 ext 9", "to"),
    ("to", "+15555555678\u0000", "to"),
    ("to", "+" + "1" * 70, "to"),
    ("to", "tel:+15555555678", "to"),
    ("to", "+15555555678,+15555555679", "to"),
    ("from", None, "from"),
    ("from", "", "from"),
    ("from", 15555551234, "from"),
    ("from", "front desk", "from"),
    ("from", "+15555559876", "from"),
    ("agent_key", None, "agent_key"),
    ("agent_key", "", "agent_key"),
    ("agent_key", 7, "agent_key"),
    ("agent_key", "nobody", "agent_key"),
    ("agent_key", "x" * 65, "agent_key"),
    ("agent_key", "support\nprimary", "agent_key"),
    ("agent_version_id", None, "agent_version_id"),
    ("agent_version_id", 3, "agent_version_id"),
    ("agent_version_id", "", "agent_version_id"),
    ("agent_version_id", "latest", "agent_version_id"),
    ("agent_version_id", "av_" + "0" * 32, "agent_version_id"),
    ("greeting", None, "greeting"),
    ("greeting", "", "greeting"),
    ("greeting", "  \t ", "greeting"),
    ("greeting", ["Hi"], "greeting"),
    ("greeting", "x" * 501, "greeting"),
    ("greeting", "x" * 2001, "greeting"),
    ("greeting", "Hi\u202eevil", "greeting"),
    ("greeting", "Hi\u0000there", "greeting"),
    ("greeting_id", "gr_" + "0" * 32, "greeting"),
    ("variables", {"first_name": "Dana"}, "variables"),
    ("variables", None, "variables"),
    ("variables", "first_name=Dana", "variables"),
    ("variables", {"first_name": 7}, "variables.first_name"),
    ("variables", {"first_name": None}, "variables.first_name"),
    ("variables", {"first_name": {}}, "variables.first_name"),
    ("org_id", None, "org_id"),
    ("org_id", "", "org_id"),
    ("org_id", "nowhere", "org_id"),
    ("org_id", 5, "org_id"),
    ("scheduled_at", None, "scheduled_at"),
    ("scheduled_at", "", "scheduled_at"),
    ("scheduled_at", "tomorrow", "scheduled_at"),
    ("scheduled_at", 1767625200, "scheduled_at"),
    ("scheduled_at", "2030-01-01", "scheduled_at"),
    ("scheduled_at", "2030-01-01T10:00:00", "scheduled_at"),
    ("scheduled_at", "2030-02-30T10:00:00Z", "scheduled_at"),
    ("scheduled_at", "2030-01-01T25:00:00Z", "scheduled_at"),
    ("scheduled_at", "2030-01-01T10:00:60Z", "scheduled_at"),
    ("scheduled_at", "2030-01-01T10:00:00+99:00", "scheduled_at"),
    ("scheduled_at", "2030-01-01T10:00:00 UTC", "scheduled_at"),
    ("scheduled_at", "20300101T100000Z", "scheduled_at"),
    ("scheduled_at", "0001-01-01T00:00:00+14:00", "scheduled_at"),
    ("scheduled_at", "9999-12-31T23:59:59-14:00", "scheduled_at"),
    ("scheduled_at", "2020-01-01T10:00:00Z", "scheduled_at"),
    ("scheduled_at", "2190-01-01T10:00:00Z", "scheduled_at"),
    ("time_zone", "callee", "time_zone"),
    ("time_zone", "Europe/Berlin", "time_zone"),
    ("time_zone", None, "time_zone"),
    ("when", "later", "when"),
    ("when", "", "when"),
    ("when", None, "when"),
    ("when", 0, "when"),
    ("expires_at", None, "expires_at"),
    ("expires_at", "soon", "expires_at"),
    ("expires_at", "2030-01-01T10:00:00", "expires_at"),
    ("expires_at", "2020-01-01T10:00:00Z", "expires_at"),
    ("reference", None, "reference"),
    ("reference", "", "reference"),
    ("reference", 77, "reference"),
    ("reference", LONG, "reference"),
    ("reference", "a\r\nb", "reference"),
    ("metadata", None, "metadata"),
    ("metadata", [], "metadata"),
    ("metadata", "a=b", "metadata"),
    ("metadata", {"a": 1}, "metadata.a"),
    ("metadata", {"a": None}, "metadata.a"),
    ("metadata", {"a": {"b": "c"}}, "metadata.a"),
    ("metadata", {"a": ""}, "metadata.a"),
    ("metadata", {"a": LONG}, "metadata.a"),
    ("metadata", {"": "a"}, "metadata"),
    ("metadata", {"k" * 41: "a"}, "metadata." + "k" * 41),
    ("metadata", {str(n): "a" for n in range(21)}, "metadata"),
    ("allow_duplicate", "true", "allow_duplicate"),
    ("allow_duplicate", 1, "allow_duplicate"),
    ("allow_duplicate", None, "allow_duplicate"),
    ("caller_id", "+15555551234", "caller_id"),
    ("To", "+15555555678", "To"),
    ("door", "console", "door"),
    ("idempotency_key", "abc", "idempotency_key"),
    ("state", "completed", "state"),
    ("", "x", "body"),
    ("f" * 5000, "x", "f" * 100),
]

# Whole bodies that are no request: (the raw body, the field that is named).
BODIES: list[tuple[str | bytes, str]] = [
    ("", "body"),
    ("   ", "body"),
    ("null", "body"),
    ("[]", "body"),
    ('"+15555555678"', "body"),
    ("7", "body"),
    ("{}", "to"),
    ("{" + NUMBER, "body"),
    ("{" + NUMBER + ",}", "body"),
    ("{" + NUMBER + "} {}", "body"),
    ("{'to': '+15555555678'}", "body"),
    ("{" + NUMBER + "} // call", "body"),
    ("to=%2B15555555678", "body"),
    ("{" + NUMBER + ', "to": "+15555555679"}', "to"),
    ("{" + NUMBER + ', "metadata": {"a": "1", "a": "2"}}', "a"),
    ("{" + NUMBER + ', "when": NaN}', "body"),
    ("{" + NUMBER + ', "when": -Infinity}', "body"),
    ("{" + NUMBER + ', "when": 1e999}', "when"),
    ("{" + NUMBER + ', "when": ' + "9" * 5000 + "}", "body"),
    ("{" + NUMBER + ', "reference": "\\ud800"}', "reference"),
    ("{" + NUMBER + ', "reference": ["\\udfff"]}', "body"),
    ("{" + NUMBER + ', "\\ud800": "x"}', "?"),
    ("{" + NUMBER + ', "metadata": {"\\ud800": "x"}}', "?"),
    ("{" + NUMBER + ', "reference": "a\nb"}', "body"),
    ("{" + NUMBER + ', "metadata": ' + '{"a":' * 9 + "1" + "}" * 9 + "}", "body"),
    ("[" * 1_000 + "]" * 1_000, "body"),
    ("[" * 16_000, "body"),
    ('{"a":' * 6_000, "body"),
    (b'{"to": "+15555555678", "reference": "\xff"}', "body"),
    ('{"to": "+15555555678"}'.encode("utf-16"), "body"),
    (b"\xef\xbb\xbf" + b'{"to": "+15555555678"}', "body"),
    (b"\x1f\x8b\x08\x00", "body"),
    (b"\x00" * 20, "body"),
    ("{" + NUMBER + ', "reference": "' + "x" * 32_800 + '"}', "body"),
    ("{" + NUMBER + " " * 3_000_000 + "}", "body"),
]

HEADERS: list[tuple[dict[str, str], str]] = [
    ({"content_type": "text/plain"}, "content-type"),
    ({"content_type": "application/x-www-form-urlencoded"}, "content-type"),
    ({"content_type": "multipart/form-data; boundary=x"}, "content-type"),
    ({"content_type": "application/json; charset=latin-1"}, "content-type"),
    ({"content_type": ""}, "content-type"),
    ({"idempotency-key": ""}, "Idempotency-Key"),
    ({"idempotency-key": "x" * 256}, "Idempotency-Key"),
    ({"idempotency-key": "two words"}, "Idempotency-Key"),
    ({"idempotency-key": "schl\u00fcssel"}, "Idempotency-Key"),
    ({"idempotency-key": "tab\there"}, "Idempotency-Key"),
]


def refused_at(answer: Any) -> str:
    """The field a 400 names, after checking the rest of its shape."""
    body = answer.json()
    assert answer.status_code == 400, body
    assert list(body) == ["ok", "error", "message", "details", "request_id"]
    assert body["ok"] is False
    assert body["message"].endswith(".")
    assert body["request_id"] == answer["x-request-id"]
    assert answer["Content-Type"].startswith("application/json")
    assert calls_on_record() == 0
    assert not AuditEntry.objects.filter(verb__startswith="call.").exists()
    return str(body["details"]["field"])


def name_of(case: Any) -> str:
    return str(case)[:40]


@pytest.mark.parametrize(("field", "value", "named"), FIELDS, ids=name_of)
def test_one_wrong_field(program: Program, field: str, value: Any, named: str) -> None:
    assert refused_at(program.place(EXAMPLE | {field: value})) == named


@pytest.mark.parametrize(("raw", "named"), BODIES, ids=name_of)
def test_a_body_that_is_no_request(program: Program, raw: str | bytes, named: str) -> None:
    assert refused_at(program.send("make-call", raw)) == named


@pytest.mark.parametrize(("headers", "named"), HEADERS, ids=name_of)
def test_a_wrong_header(program: Program, headers: dict[str, str], named: str) -> None:
    answer = program.send("make-call", json.dumps(EXAMPLE), **headers)
    assert refused_at(answer) == named


def test_the_longest_idempotency_key_is_good(program: Program) -> None:
    assert program.place(key="!" * 255).status_code == 200


def test_greeting_and_greeting_id_exclude_each_other(program: Program) -> None:
    answer = program.place(greeting_id="gr_" + "0" * 32)
    assert "not both" in answer.json()["message"]


def test_an_unknown_greeting_id(program: Program) -> None:
    answer = program.place({"to": "+15555555678", "greeting_id": "gr_" + "0" * 32})
    assert refused_at(answer) == "greeting_id"


def test_all_wrong_fields_are_listed(program: Program) -> None:
    details = program.place(to=5, when="later", colour="red").json()["details"]
    assert {error["field"] for error in details["errors"]} == {"to", "when", "colour"}


def test_an_unreadable_number_has_its_own_code(program: Program) -> None:
    assert program.place(to="call me").json()["error"] == "invalid_number"


def test_a_large_body_has_its_own_code(program: Program) -> None:
    answer = program.send("make-call", "{" + " " * 40_000 + "}")
    assert answer.json()["error"] == "body_too_large"


def test_a_version_of_another_agent(program: Program) -> None:
    version = AgentVersion.objects.get(state="published").public_id
    answer = program.place(
        {"to": "+15555555678", "agent_key": "other", "agent_version_id": version}
    )
    assert refused_at(answer) == "agent_version_id"


def test_a_400_does_not_use_up_the_key(program: Program) -> None:
    assert program.place(key="order-77", when="later").status_code == 400
    assert program.place(key="order-77").status_code == 200


def test_preview_refuses_the_same(program: Program) -> None:
    assert refused_at(program.send("calls/preview", '{"to": 5}')) == "to"
