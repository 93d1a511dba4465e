"""Log lines: JSON, one per event, without numbers, keys or words said to people."""

import json
import logging
import sys
from typing import Any

import pytest

from console.logs import JsonFormatter, redact, request_id


def line(message: str, *args: object, **extra: Any) -> dict[str, Any]:
    """What the formatter makes of one record."""
    record = logging.makeLogRecord({"msg": message, "args": args, "name": "t", **extra})
    found: dict[str, Any] = json.loads(JsonFormatter().format(record))
    return found


@pytest.mark.parametrize(
    ("number", "shown"),
    [
        ("+14155550123", "+1415•••0123"),
        ("14155550123", "1415•••0123"),
        ("+4930123456", "+493•••3456"),
        ("12345678", "1•••5678"),
    ],
)
def test_a_number_keeps_its_ends_only(number: str, shown: str) -> None:
    assert redact(f"calling {number} now") == f"calling {shown} now"


@pytest.mark.parametrize("other", ["1234567", "CA0123456789abcdef", "2026-11-24", "127.0.0.1:8000"])
def test_other_digits_stay(other: str) -> None:
    assert redact(other) == other


def test_keys_keep_their_public_part() -> None:
    assert redact("key gl_live_a1B2c3D4_" + "x" * 49) == "key gl_live_a1B2c3D4•••"


@pytest.mark.parametrize(
    "secret",
    [
        "Authorization: Bearer hunter2",
        "x-admin-key: hunter2",
        "'X-Twilio-Signature': 'hunter2'",
        '{"password": "hunter2"}',
        "https://a.example/?token=hunter2",
        "basic hunter2",
    ],
)
def test_credentials_are_withheld(secret: str) -> None:
    assert "hunter2" not in redact(secret)


def test_arguments_are_covered() -> None:
    assert line("calling %s", "+14155550123")["message"] == "calling +1415•••0123"


def test_fields_are_covered() -> None:
    assert line("calling", to="+14155550123")["to"] == "+1415•••0123"


def test_words_said_to_people_are_withheld() -> None:
    assert line("speaking", greeting="Hello Ms Smith")["greeting"] == "•••"


def test_tracebacks_are_covered() -> None:
    try:
        raise ValueError("+14155550123")
    except ValueError:
        found = line("failed", exc_info=sys.exc_info())
    assert "+1415•••0123" in found["trace"]
    assert "+14155550123" not in found["trace"]


def test_a_value_cannot_start_a_line() -> None:
    record = logging.makeLogRecord({"msg": "name is %s", "args": ('x"\n{"level": "info"}',)})
    assert "\n" not in JsonFormatter().format(record)


def test_numbers_that_count_stay_numbers() -> None:
    assert line("done", seconds=1.5, ok=True, nothing=None)["seconds"] == 1.5


def test_the_request_is_named() -> None:
    token = request_id.set("req-12345678")
    assert line("hello")["request_id"] == "req-12345678"
    request_id.reset(token)
    assert "request_id" not in line("hello")
