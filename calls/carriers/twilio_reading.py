"""Twilio's log rows and callbacks read into our nouns. Pure; nothing from outside is trusted."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from urllib.parse import parse_qsl

from calls.carriers.base import CarrierEvent, Report, UnreadableEvent
from calls.carriers.reading import call_id, mail_time, number, seconds, state_of, text
from calls.carriers.twilio_signature import read_form

# Only a call that has been answered has an answerer; "" is a callback about nothing else.
ANSWERED = {"", "in_progress", "completed"}
BEGUN = {"in_progress", "completed"}
ANSWERED_BY = "answered-by"


def is_ours(row: object) -> bool:
    """Tell whether a log row may be of a call that was asked for as we ask; so may an odd one."""
    direction = row.get("direction") if isinstance(row, dict) else None
    return not isinstance(direction, str) or direction == "outbound-api"


def read_row(row: object) -> Report | None:
    """Read one row of the log; None when it is no object or names no call."""
    if not isinstance(row, dict) or not (known := call_id(row.get("sid"))):
        return None
    word = text(row.get("status"), longest=64)
    state = state_of(word)
    return Report(
        carrier_call_id=known,
        state=state,
        word=word,
        to=number(row.get("to")),
        caller_id=number(row.get("from")),
        at=mail_time(row.get("date_created")),
        started_at=mail_time(row.get("start_time")) if state in BEGUN else None,
        duration_seconds=seconds(row.get("duration")),
        disposition=disposition_of(state, row.get("answered_by")),
        row_id=known,
    )


def read_callback(body: bytes, *, query: str) -> CarrierEvent:
    """Read one callback: a form about one call. Raises UnreadableEvent."""
    form = dict(read_form(body) or [])
    known = call_id(form.get("CallSid"))
    if not known or b"\0" in body:  # which no form has, and no database keeps
        raise UnreadableEvent("The body is not a form that names a call.")
    word = text(form.get("CallStatus"), longest=64)
    state = state_of(word)
    report = Report(
        carrier_call_id=known,
        state=state,
        word=word,
        to=number(form.get("To")),
        caller_id=number(form.get("From")),
        at=mail_time(form.get("Timestamp")),
        duration_seconds=seconds(form.get("CallDuration")),
        disposition=disposition_of(state, form.get("AnsweredBy")),
        reference=reference_in(query),
    )
    kind = word or (ANSWERED_BY if "AnsweredBy" in form else "")
    return CarrierEvent(dedupe_key=_dedupe_key(form, body), kind=kind, report=report)


def disposition_of(state: str, answered_by: object) -> str:
    """Say who answered, where Twilio listened and is sure; else ""."""
    word = text(answered_by).lower()
    if state not in ANSWERED or word in ("", "unknown"):
        return ""
    return "answered" if word == "human" else "voicemail"


def reference_in(query: str) -> str:
    """Our name of the attempt, from the query that we gave with its request; "" when there is none."""
    try:
        given = dict(parse_qsl(query, max_num_fields=10))
    except ValueError:
        return ""
    sid, attempt = call_id(given.get("call_id")), given.get("attempt", "")
    return f"{sid}-{attempt}" if sid and attempt.isascii() and attempt.isdigit() else ""


def _dedupe_key(form: Mapping[str, str], body: bytes) -> str:
    """A callback has no id: it is known by its call, its word, its place in the row, and its bytes."""
    named = [form.get(name, "") for name in ("CallSid", "CallStatus", "SequenceNumber")]
    return "sha256:" + hashlib.sha256(json.dumps(named).encode() + b"\n" + body).hexdigest()
