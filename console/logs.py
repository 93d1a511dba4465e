"""Log lines: one JSON object each, with the request's id, and no phone number, key or greeting."""

import json
import logging
import re
import traceback
from contextvars import ContextVar
from datetime import UTC, datetime
from typing import Any

request_id: ContextVar[str] = ContextVar("request_id", default="")

# A number is anything that could be E.164: 8 to 15 digits, not inside a longer word or number.
NUMBER = re.compile(r"(?<![0-9A-Za-z])(\+?)(\d{8,15})(?![0-9A-Za-z])")
KEY = re.compile(r"\b(gl_[a-z]+_[0-9A-Za-z]{1,8})[0-9A-Za-z_]*")
CREDENTIAL = re.compile(r"(?i)\b(bearer|basic)\s+[^\s\"',]+")
NAMED = re.compile(
    r"(?i)([\w-]*(?:authorization|x-admin-key|signature|password|secret|token|cookie)[\"']?\s*[:=]\s*)"
    r"(?!bearer\b|basic\b)[\"']?[^\s\"',;&]+"
)
# The path of a carrier's hook is its credential.
HOOK = re.compile(r"(/hooks/\w+/)[^\s'\"?]+")
# What databases quote of a row they refuse: whatever people typed.
ROW = re.compile(
    r"(Failing row contains |\bKey \([^)]*\)=)\(.*?\)(?=\.?$| already exists| is not present)",
    re.MULTILINE | re.DOTALL,
)
WITHHELD = "•••"
# Fields of a record that are words said to people, or secrets, whatever they look like.
PRIVATE_FIELDS = {"greeting", "text", "body", "summary", "transcript", "credentials"}
STANDARD_FIELDS = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "taskName"}


def redact(text: str) -> str:
    """The same text without phone numbers, keys, credentials and signatures.

    A number keeps at most its first four and its last four digits: +1415•••0123.
    """
    text = ROW.sub(rf"\1{WITHHELD}", text)
    text = HOOK.sub(rf"\1{WITHHELD}", text)
    text = CREDENTIAL.sub(rf"\1 {WITHHELD}", text)
    text = NAMED.sub(rf"\1{WITHHELD}", text)
    text = KEY.sub(rf"\1{WITHHELD}", text)
    return NUMBER.sub(_masked, text)


def _masked(match: re.Match[str]) -> str:
    plus, digits = match.groups()
    shown = min(4, len(digits) - 7)
    return f"{plus}{digits[:shown]}{WITHHELD}{digits[-4:]}"


class JsonFormatter(logging.Formatter):
    """Formats last and redacts last, so that arguments and tracebacks are covered as well.

    JSON escapes control characters: no value can start a line of its own.
    """

    def format(self, record: logging.LogRecord) -> str:
        """One line."""
        line: dict[str, Any] = {
            "at": datetime.fromtimestamp(record.created, UTC).isoformat(timespec="milliseconds"),
            "level": record.levelname.lower(),
            "logger": record.name,
            "message": redact(record.getMessage()),
        }
        if identity := request_id.get():
            line["request_id"] = identity
        line |= {name: _field(name, value) for name, value in _extras(record).items()}
        if record.exc_info:
            line["trace"] = redact("".join(traceback.format_exception(*record.exc_info)))
        return json.dumps(line, ensure_ascii=False)


def _extras(record: logging.LogRecord) -> dict[str, Any]:
    fields = vars(record).items()
    return {name: value for name, value in fields if name not in STANDARD_FIELDS}


def _field(name: str, value: object) -> object:
    if name in PRIVATE_FIELDS:
        return WITHHELD
    if value is None or isinstance(value, bool | int | float):
        return value
    return redact(str(value))
