"""docs/api.md and the OpenAPI document tell about every address, field and code of the admin API."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings

from calls.api.admin import actions as configuration
from calls.api.admin import asks, door, shapes
from calls.api.admin.mounted import admin_api
from calls.limits.actions import PauseLifted
from calls.tenants import actions

PAPER = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
ADMIN = PAPER.partition("## The admin API")[2]
SCHEMA: dict[str, Any] = admin_api.get_openapi_schema(path_prefix="/api/v1/admin/")
OPERATIONS = {
    f"{method.upper()} {path}": operation
    for path, methods in SCHEMA["paths"].items()
    for method, operation in methods.items()
}
CODES = [
    door.InvalidAdminCredential,
    door.WantsAdminKey,
    door.CsrfFailed,
    door.NeedsSecondFactor,
    configuration.NoDefaultAgent,
    actions.KeyAlreadyRevoked,
    actions.KeyAlreadyRotated,
    actions.KeyIssuedLately,
    actions.KeyNotUsable,
    PauseLifted,
]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_address_is_described(operation: str) -> None:
    assert f"| `{operation}` |" in ADMIN


def test_no_address_is_invented() -> None:
    listed = re.findall(r"^\| `([A-Z]+ /api/v1/admin/\S+)` \|", PAPER, re.MULTILINE)
    assert sorted(listed) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    "shape",
    [asks.RuntimeConfigAsk, asks.KeyAsk, asks.ScopesAsk, asks.RotationAsk, asks.PauseAsk],
)
def test_every_field_is_described(shape: type[asks.Asked]) -> None:
    for name in shape.model_fields:
        assert re.search(rf"^\| [^|]*`{name}`[^|]*\|", ADMIN, re.MULTILINE), name


@pytest.mark.parametrize(
    "shape",
    [
        shapes.TenantRecord,
        shapes.KeyIssued,
        shapes.RuntimeConfig,
        shapes.PauseRecord,
        shapes.AgentRecord,
        shapes.VersionRecord,
        shapes.GateRecord,
    ],
)
def test_every_field_of_an_answer_is_described(shape: type[shapes.Answered]) -> None:
    for name in shape.model_fields:
        assert re.search(rf"[`, \n\"]{name}[`,\"]", ADMIN), name


@pytest.mark.parametrize("code", sorted({refusal.code for refusal in CODES}))
def test_every_code_is_described(code: str) -> None:
    assert f"`{code}`" in ADMIN


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_says_what_it_does_and_how_it_fails(operation: dict[str, Any]) -> None:
    wanted = {"200", "400", "401", "403", "404", "500", "503"}
    assert wanted <= {str(code) for code in operation["responses"]}
    assert operation["summary"] and operation["description"] and operation["tags"]


@pytest.mark.parametrize("operation", OPERATIONS.values(), ids=OPERATIONS)
def test_every_operation_takes_a_key_or_a_session(operation: dict[str, Any]) -> None:
    schemes = SCHEMA["components"]["securitySchemes"]
    shown = [schemes[name] for scheme in operation["security"] for name in scheme]
    assert [(one["type"], one["in"]) for one in shown] == [
        ("apiKey", "header"),
        ("apiKey", "cookie"),
    ]
    assert shown[0]["name"] == "x-admin-key"
    assert shown[1]["name"] == settings.SESSION_COOKIE_NAME
