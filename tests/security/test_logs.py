"""A phone number, a key and words said to people go in through every door; none comes out in a log."""

import io
import json
import logging
from collections.abc import Iterator
from typing import Any

import pytest
from django.db import connection
from django.test import Client

from calls.greetings import actions as greetings
from console.logs import JsonFormatter
from tests.console.signed_in import filled
from tests.events.deliveries import deliver, envelope
from tests.security.addresses import session_of
from tests.world import APPOINTMENT, HOOK_TOKEN, NOW, World

NUMBER = "+12127365099"
WORDS = "Canary words that nobody but the callee may hear."
JSON = "application/json"


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything any logger says from INFO up, as it would stand in the log."""
    told = io.StringIO()
    handler = logging.StreamHandler(told)
    handler.setFormatter(JsonFormatter())
    loggers = [logging.getLogger(name) for name in ("", "django", "django.server")]
    levels = [logger.level for logger in loggers]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.INFO)
    yield told
    for logger, level in zip(loggers, levels, strict=True):
        logger.removeHandler(handler)
        logger.setLevel(level)


def canaries(world: World) -> tuple[str, ...]:
    """What must not be read anywhere: also not bare, encoded or in part."""
    return NUMBER, NUMBER[1:], NUMBER[4:], world.key, world.key[20:], WORDS, APPOINTMENT


def send(world: World, path: str, body: Any, **headers: str) -> int:
    """A program's request, with its key."""
    key = {"authorization": f"Bearer {world.key}"} | headers
    client = Client(raise_request_exception=False)
    return client.post(f"/api/v1/{path}", json.dumps(body), JSON, headers=key).status_code


def breaking(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
    """A database that fails and quotes the row it was given, as PostgreSQL does."""
    if sql.startswith('INSERT INTO "calls_call"'):
        raise RuntimeError(f"null value\nDETAIL:  Failing row contains {params}.\nCONTEXT: x")
    return run(sql, params, many, context)


def test_the_api(world: World, log: io.StringIO) -> None:
    ask = {"to": NUMBER, "greeting": WORDS}
    found = [
        send(world, "make-call", ask),
        send(world, "make-call", {"to": NUMBER + "x" * 70, "greeting": WORDS}),
        send(world, "calls/preview", ask),
        send(world, f"make-call/{NUMBER}/%2B{NUMBER[1:]}", ask),
        send(world, "make-call", ask, authorization=f"Basic {world.key}"),
    ]
    assert found == [409, 400, 200, 404, 401]
    assert [canary for canary in canaries(world) if canary in log.getvalue()] == []


def test_the_console(world: World, log: io.StringIO) -> None:
    browser = session_of(world, "alice")
    for page in (
        "calls/new",
        "calls/new/preview",
        "calls/search",
        "numbers/search",
        "numbers/export",
        "nothing",
    ):
        browser.post(f"/t/acme/{page}", filled(world, to=NUMBER, number=NUMBER, text=WORDS))
    for query in (f"calls?number={NUMBER}", f"calls/{NUMBER}", f"%2B{NUMBER[1:]}"):
        browser.get(f"/t/acme/{query}")
    assert "Not Found" in log.getvalue()
    assert [canary for canary in canaries(world) if canary in log.getvalue()] == []


def test_carrier_events(world: World, log: io.StringIO) -> None:
    body = envelope("voice.call.completed", to_number=NUMBER, summary=WORDS)
    deliver(body)
    for path in (HOOK_TOKEN, "wrong"):
        Client().generic("POST", f"/hooks/stateset/{path}", body)
    assert "Unauthorized" in log.getvalue()
    assert [one for one in (*canaries(world), HOOK_TOKEN) if one in log.getvalue()] == []


@pytest.mark.parametrize("door", ["api", "form"])
def test_an_exception_that_quotes_the_row(world: World, log: io.StringIO, door: str) -> None:
    with connection.execute_wrapper(breaking):
        if door == "api":
            status = send(world, "make-call", {"to": NUMBER, "greeting": APPOINTMENT})
        else:
            form = filled(world, to=NUMBER)
            status = session_of(world, "alice").post("/t/acme/calls/new", form).status_code
    assert (status, "Traceback" in log.getvalue()) == (500, True)
    assert [canary for canary in canaries(world) if canary in log.getvalue()] == []


def test_a_verb_that_refuses_words(world: World, log: io.StringIO) -> None:
    try:
        greetings.draft_greeting(
            tenant=world.acme, actor=world.bob, author=None, now=NOW, name="x", text=WORDS + "\0"
        )
    except Exception:
        logging.getLogger("calls").exception("could not draft")
    assert "Traceback" in log.getvalue()
    assert [canary for canary in canaries(world) if canary in log.getvalue()] == []
