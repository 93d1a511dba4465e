"""docs/api.md tells about every address, field, parameter and code."""

import re
from pathlib import Path

import pytest

from calls.api import asks, body, endpoint, leaks, ready, shapes
from calls.api.urls import api
from calls.placing import actions as placing
from calls.records import states

PAPER = (Path(__file__).parents[2] / "docs/api.md").read_text(encoding="utf-8")
OPERATIONS = [
    f"{method.upper()} {path}"
    for path, methods in api.get_openapi_schema(path_prefix="/api/v1/")["paths"].items()
    for method in methods
]
CODES = [
    endpoint.InvalidCredential,
    endpoint.WrongCredentialClass,
    body.BodyTooLarge,
    placing.KeyReused,
    placing.CannotCancel,
    ready.WorkersSilent,
]


def names(shape: type[asks.Asked]) -> list[str]:
    return [field.alias or name for name, field in shape.model_fields.items()]


@pytest.mark.parametrize("operation", OPERATIONS)
def test_every_address_is_described(operation: str) -> None:
    assert f"| `{operation}` |" in PAPER


def test_no_address_is_invented() -> None:
    ours = PAPER.partition("## The admin API")[0]
    listed = re.findall(r"^\| `([A-Z]+ /api/v1/\S+)` \|", ours, re.MULTILINE)
    assert sorted(listed) == sorted(OPERATIONS)


@pytest.mark.parametrize(
    "name",
    names(asks.CallAsk)
    + names(asks.DncAsk)
    + names(asks.ConsentAsk)
    + names(asks.RevocationAsk)
    + names(leaks.LeakReport),
)
def test_every_field_is_described(name: str) -> None:
    assert f"| `{name}` |" in PAPER


@pytest.mark.parametrize("name", names(asks.LogQuery) + names(asks.StatsQuery))
def test_every_parameter_is_described(name: str) -> None:
    assert re.search(rf"^\| [^|]*`{name}`[^|]*\|", PAPER, re.MULTILINE)


@pytest.mark.parametrize("name", list(shapes.LogRecord.model_fields))
def test_every_field_of_a_record_is_described(name: str) -> None:
    shown = shapes.LogRecord.model_fields[name].serialization_alias or name
    assert re.search(rf"[`, \n]{shown}[`,]", PAPER)


@pytest.mark.parametrize("name", list(shapes.DncRecord.model_fields))
def test_every_field_of_an_entry_is_described(name: str) -> None:
    assert re.search(rf"[`, \n]{name}[`,]", PAPER.partition("## Do not call")[2])


@pytest.mark.parametrize("name", list(shapes.ConsentRecorded.model_fields))
def test_every_field_of_a_consent_is_described(name: str) -> None:
    assert re.search(rf"[`, \n]{name}[`,]", PAPER.partition("## Consent")[2])


@pytest.mark.parametrize("code", [refusal.code for refusal in CODES])
def test_every_code_is_described(code: str) -> None:
    assert f"`{code}`" in PAPER


@pytest.mark.parametrize("outcome", states.OUTCOMES)
def test_every_outcome_is_named(outcome: str) -> None:
    assert f"`{outcome}`" in PAPER
