"""The OpenAPI document says what the API does."""

from typing import Any

import pytest
from django.test import Client

from calls.api.urls import api

SCHEMA: dict[str, Any] = api.get_openapi_schema(path_prefix="/api/v1/")
OPERATIONS = [
    (path, method, operation)
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
    if operation.get("security")
]
NAMES = [f"{method} {path}" for path, method, _ in OPERATIONS]


def shape(name: str) -> dict[str, Any]:
    found: dict[str, Any] = SCHEMA["components"]["schemas"][name]
    return found


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_wants_a_bearer_key(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    (scheme,) = operation["security"]
    found = SCHEMA["components"]["securitySchemes"][next(iter(scheme))]
    assert (found["type"], found["scheme"]) == ("http", "bearer")


@pytest.mark.parametrize(("path", "method", "operation"), OPERATIONS, ids=NAMES)
def test_every_operation_names_its_failures(
    path: str, method: str, operation: dict[str, Any]
) -> None:
    assert {"200", "400", "401", "403", "500", "503"} <= {str(c) for c in operation["responses"]}
    assert operation["description"]


def test_a_leak_is_reported_without_a_credential() -> None:
    operation = SCHEMA["paths"]["/api/v1/keys/report-leak"]["post"]
    assert not operation.get("security")
    assert {"200", "400", "500", "503"} <= {str(code) for code in operation["responses"]}


def test_the_request_speaks_the_contracts_names() -> None:
    asked = shape("CallAsk")
    assert asked["required"] == ["to"]
    assert asked["additionalProperties"] is False
    assert {"from", "agent_key", "greeting", "org_id"} <= set(asked["properties"])
    assert "caller_id" not in asked["properties"]


def test_no_field_of_a_request_may_be_null() -> None:
    assert "null" not in str(shape("CallAsk"))


def test_the_answers_speak_the_contracts_names() -> None:
    for name in ("Accepted", "LogRecord", "Detail", "Canceled", "Previewed"):
        assert {"to", "from"} <= set(shape(name)["properties"])


def test_the_log_lists_its_parameters() -> None:
    listed = {p["name"] for p in SCHEMA["paths"]["/api/v1/call-logs"]["get"]["parameters"]}
    assert {"limit", "offset", "cursor", "status", "direction", "from", "to"} <= listed


def test_the_idempotency_key_is_a_header() -> None:
    (header,) = SCHEMA["paths"]["/api/v1/make-call"]["post"]["parameters"]
    assert (header["name"], header["in"], header["required"]) == (
        "Idempotency-Key",
        "header",
        False,
    )


def test_it_is_not_served_here(client: Client) -> None:
    assert client.get("/api/v1/openapi.json").status_code == 404
