"""Whatever goes wrong, the answer has one shape and the log has no secrets."""

import json
import logging
import re
from collections.abc import Iterator
from io import StringIO
from typing import Any

import pytest
from django.db import InternalError, OperationalError
from django.test import Client

from calls.api import errors, queries
from calls.audit import actions as audit
from calls.placing import actions as placing
from console.logs import JsonFormatter
from tests.api.program import EXAMPLE, Program, calls_on_record

SHAPE = ["ok", "error", "message", "details", "request_id"]


def breaking(problem: Exception) -> Any:
    """Something that raises when it is called."""

    def broken(**_: object) -> None:
        raise problem

    return broken


@pytest.fixture
def log() -> Iterator[StringIO]:
    """The lines that are written, as they are written."""
    handler = logging.StreamHandler(StringIO())
    handler.setFormatter(JsonFormatter())
    for name in ("", "django"):
        logging.getLogger(name).addHandler(handler)
    yield handler.stream
    for name in ("", "django"):
        logging.getLogger(name).removeHandler(handler)


@pytest.mark.parametrize(
    "path", ["", "nonsense", "make-call/", "calls", "calls/a/b", "admin/tenants/x/y", "docs", "☎"]
)
@pytest.mark.parametrize("method", ["GET", "POST", "DELETE"])
def test_an_unknown_address(client: Client, method: str, path: str) -> None:
    answer = client.generic(method, f"/api/v1/{path}")
    body = answer.json()
    assert (answer.status_code, list(body), body["error"]) == (404, SHAPE, "not_found")
    assert body["request_id"] == answer["x-request-id"]


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("GET", "make-call", "POST"),
        ("PUT", "make-call", "POST"),
        ("DELETE", "make-call", "POST"),
        ("POST", "call-logs", "GET"),
        ("GET", "calls/preview", "POST"),
        ("POST", "calls/CA" + "0" * 32, "DELETE, GET"),
        ("PATCH", "calls/CA" + "0" * 32, "DELETE, GET"),
    ],
)
def test_a_wrong_method(client: Client, method: str, path: str, allowed: str) -> None:
    answer = client.generic(method, f"/api/v1/{path}")
    body = answer.json()
    assert (answer.status_code, list(body), body["error"]) == (405, SHAPE, "method_not_allowed")
    assert {word.strip() for word in answer["Allow"].split(",")} == set(allowed.split(", "))


def test_no_cross_site_token_is_asked_of_programs(program: Program) -> None:
    program.client = Client(enforce_csrf_checks=True)
    assert program.place().status_code == 200


def test_our_own_fault(program: Program, monkeypatch: pytest.MonkeyPatch, log: StringIO) -> None:
    secret = f"{EXAMPLE['to']} {EXAMPLE['greeting']}"
    monkeypatch.setattr(placing, "place_call", breaking(RuntimeError(secret)))
    answer = program.place()
    body = answer.json()
    assert (answer.status_code, list(body), body["error"]) == (500, SHAPE, "internal_error")
    assert body["request_id"] == answer["x-request-id"]
    assert "15555555678" not in answer.content.decode()
    assert "RuntimeError" in log.getvalue()
    assert "5555555678" not in log.getvalue()


def test_the_log_tells_what_broke_under_the_requests_id(
    program: Program, monkeypatch: pytest.MonkeyPatch, log: StringIO
) -> None:
    monkeypatch.setattr(placing, "place_call", breaking(RuntimeError("the flux is out")))
    answer = program.place()
    lines = [json.loads(line) for line in log.getvalue().splitlines()]
    (line,) = [line for line in lines if "trace" in line]
    assert line["request_id"] == answer["x-request-id"]
    assert "the flux is out" in line["trace"]


@pytest.mark.parametrize("problem", [OperationalError("gone"), InternalError("read-only")])
def test_a_database_that_cannot_be_reached_or_written(
    program: Program, monkeypatch: pytest.MonkeyPatch, problem: Exception
) -> None:
    monkeypatch.setattr(queries, "visible_calls", breaking(problem))
    answer = program.read("call-logs")
    assert (answer.status_code, answer.json()["error"]) == (503, "unavailable")
    assert answer["Retry-After"] == "5"


def test_no_key_is_ever_repeated(program: Program, log: StringIO) -> None:
    program.headers["authorization"] += "x"
    answer = program.place()
    secret = program.headers["authorization"][-30:]
    assert secret not in answer.content.decode() + log.getvalue()


def test_nothing_broken_is_recorded_half(program: Program, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(audit, "note", breaking(RuntimeError()))
    assert program.place().status_code == 500
    assert calls_on_record() == 0


@pytest.mark.parametrize("words", errors._SENTENCES.values())
def test_every_sentence_ends_with_a_step(words: str) -> None:
    assert re.search(r"\.$", words)
