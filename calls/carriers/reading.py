"""Carrier JSON read into our nouns. Pure; nothing that comes from outside is trusted.

A carrier's words are kept as they came (cleaned and cut), and translated where we know them. The
list is Twilio's whole one, which StateSet uses a part of.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from calls.carriers.base import OPTED_OUT, CarrierEvent, Evidence, Report, UnreadableEvent
from calls.lib import phone

STATES = {
    "queued": "queued",
    "initiated": "queued",
    "ringing": "ringing",
    "in-progress": "in_progress",
    "answered": "in_progress",
    "completed": "completed",
    "busy": "busy",
    "no-answer": "no_answer",
    "failed": "failed",
    "canceled": "canceled",
    "cancelled": "canceled",
}

# What an event says by its name alone, when it carries no status word.
EVENT_WORDS = {
    "voice.call.started": "in-progress",
    "voice.call.completed": "completed",
    "voice.call.failed": "failed",
}

# What each proof means to people, where the carrier's own words say no more.
REASONS = {
    Evidence.NO_BYTE_SENT: "The carrier could not be reached; nothing was sent.",
    Evidence.REFUSED: "The carrier refused the request as wrong.",
    Evidence.CREDENTIALS: "The carrier refused our credentials.",
    Evidence.THROTTLED: "The carrier asks us to slow down.",
    Evidence.UNKNOWN: "The carrier may or may not have taken the call.",
}

LONGEST_CALL = 7 * 24 * 3600  # seconds; a longer duration is a mistake of the carrier
LONGEST_WAIT = 24 * 3600.0  # seconds of Retry-After that we believe
PHONE_NUMBER = re.compile(r"\+?\d(?:[\s().-]{0,2}\d){5,}")


def state_of(word: str) -> str:
    """Translate a carrier's status word; "" when it is not one we know."""
    return STATES.get(word.strip().lower().replace("_", "-"), "")


def disposition_of(state: str, data: Mapping[str, object]) -> str:
    """Say that somebody opted out, whatever became of the call; or how a completed one went; else ""."""
    if data.get("opted_out") is True:
        return OPTED_OUT
    if state != "completed":
        return ""
    return "voicemail" if text(data.get("answered_by")).startswith("machine") else "answered"


def json_object(body: bytes) -> dict[str, object] | None:
    """Parse a JSON object in UTF-8 (RFC 8259 8.1); None for anything else, however strange."""
    try:
        found = json.loads(body.decode("utf-8-sig"))
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def text(value: object, *, longest: int = 255) -> str:
    """Take a string that a database and a log line can hold; "" for anything else."""
    if not isinstance(value, str):
        return ""
    storable = value.encode("utf-8", "replace").decode()
    return "".join(c if c.isprintable() else " " for c in storable[:longest]).strip()


def number(value: object) -> str:
    """Read a telephone number as E.164, however it is written; what is none of the world's stays as it came."""
    came = text(value, longest=32)
    digits = re.fullmatch(
        r"(?:00)?([1-9]\d{10,14})", came, re.ASCII
    )  # a whole one, without its plus
    try:
        return phone.read(f"+{digits[1]}" if digits else came).e164
    except phone.UnreadableNumber:
        return came


def call_id(value: object) -> str:
    """Take a carrier's call id; "" when it is not one short printable word."""
    known = isinstance(value, str) and re.fullmatch(r"[!-~]{1,128}", value)
    return str(value) if known else ""


def sentence(value: object) -> str:
    """Take a carrier's words for people, on one line and without telephone numbers."""
    return PHONE_NUMBER.sub("(number)", text(value, longest=2000))[:200]


def instant(value: object) -> datetime | None:
    """Read an ISO 8601 time; without an offset it is taken as UTC, and None when unreadable."""
    try:
        read = datetime.fromisoformat(value) if isinstance(value, str) else None
        return read and (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def mail_time(value: object) -> datetime | None:
    """Read a time as mail writes it (RFC 2822); None when unreadable."""
    try:
        read = parsedate_to_datetime(value) if isinstance(value, str) else None
        return read and (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def seconds(value: object) -> int | None:
    """Read a duration in whole seconds; None when it is absent or absurd."""
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return None
    try:
        read = int(float(value))
    except (ValueError, OverflowError):
        return None
    return read if 0 <= read <= LONGEST_CALL else None


def retry_after(value: str | None, *, now: datetime) -> float | None:
    """Read a Retry-After header, seconds or an HTTP date (RFC 9110 10.2.3), as seconds to wait."""
    if not value:
        return None
    if re.fullmatch(r"\d{1,9}", value.strip(), re.ASCII):
        return min(float(value), LONGEST_WAIT)
    try:
        then = parsedate_to_datetime(value)
    except (ValueError, OverflowError):
        return None
    wait = ((then if then.tzinfo else then.replace(tzinfo=UTC)) - now).total_seconds()
    return min(max(wait, 0.0), LONGEST_WAIT)


def read_row(row: object) -> Report | None:
    """Read one row of a call log; None when it is no object or names no call."""
    if not isinstance(row, dict):
        return None
    known = call_id(row.get("call_sid"))
    return _report(known, row, at=row.get("created_at")) if known else None


def read_event(body: bytes) -> CarrierEvent:
    """Read an event of either shape: the envelope with `data`, or the older one with `payload`.

    An event that is about no call, or of a kind we do not know, is read all the same, so that it
    can be kept. Raises UnreadableEvent when there is no event name in it.
    """
    envelope = json_object(body)
    kind = text(envelope.get("event")) if envelope else ""
    if not envelope or not kind:
        raise UnreadableEvent("The body is not a JSON object with an event name.")
    inner = envelope.get("data", envelope.get("payload"))
    data = {**envelope, **inner} if isinstance(inner, dict) else envelope
    known = call_id(data.get("call_sid"))
    report = None
    if known and kind.startswith("voice."):
        report = _report(known, data, at=envelope.get("created_at"), kind=kind)
    return CarrierEvent(dedupe_key=_dedupe_key(envelope, body), kind=kind, report=report)


def _dedupe_key(envelope: Mapping[str, object], body: bytes) -> str:
    """The event's own id, or a digest of the whole body where it has none (RELIABILITY R3.2)."""
    return call_id(envelope.get("id")) or "sha256:" + hashlib.sha256(body).hexdigest()


def _report(known: str, data: Mapping[str, object], *, at: object, kind: str = "") -> Report:
    word = text(data.get("status"), longest=64) or EVENT_WORDS.get(kind, "")
    state = state_of(word)
    return Report(
        carrier_call_id=known,
        state=state,
        word=word,
        to=number(data.get("to") or data.get("to_number")),
        caller_id=number(data.get("from") or data.get("from_number")),
        at=instant(at),
        started_at=instant(data.get("started_at")),
        duration_seconds=seconds(data.get("duration_seconds")),
        disposition=disposition_of(state, data),
        escalated=data.get("escalated") is True or kind == "voice.call.escalated",
        summary=text(data.get("summary"), longest=4000),
        row_id="" if kind else text(data.get("id"), longest=128),
    )
