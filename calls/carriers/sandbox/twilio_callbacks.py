"""What the sandbox's Twilio face tells of a call: which callbacks, when, in which words, and signed."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import format_datetime
from urllib.parse import urlencode

from calls.carriers.sandbox.placed import Placed
from calls.carriers.sandbox.scripts import DIALLING, Script
from calls.carriers.sandbox.twilio_form import read_kept
from calls.carriers.twilio_signature import FORM, HEADER, Fields, sign

PROGRESS = ("initiated", "ringing", "answered", "completed")
ANSWERED_BY = "answered-by"
LISTENING = 0.5  # seconds until it is known who answered
MACHINES = {"machine": "machine_start"}  # our scripts' word, and Twilio's

# An address, the body to be sent there, and its headers.
Parcel = tuple[str, bytes, dict[str, str]]


def callbacks(script: Script, fields: Fields) -> tuple[tuple[float, str], ...]:
    """List which callbacks a call's form asked for, and when each is due, as its script sends them."""
    form = dict(fields)
    asked = {value for name, value in fields if name == "StatusCallbackEvent"} or {"completed"}
    told = [(at, kind) for kind, at in _moments(script).items() if kind in asked]
    told = told if form.get("StatusCallback") else []
    answered = _moments(script).get("answered")
    if answered is not None and _listens_beside(form) and form.get("AsyncAmdStatusCallback"):
        told.append((answered + LISTENING, ANSWERED_BY))
    return script.as_sent(tuple(sorted(told))) if told else ()


def parcel(call: Placed, *, kind: str, form: str, token: str) -> Parcel:
    """Write and sign one callback, the same however often and late it is sent."""
    fields = dict(read_kept(form))
    forged = call.script.events == "forged"
    body = _answerer(call) if kind == ANSWERED_BY else _status(call, kind, fields)
    if forged:
        body |= {"CallStatus": "failed"}
        token = secrets.token_hex(16)
    url = fields["AsyncAmdStatusCallback" if kind == ANSWERED_BY else "StatusCallback"]
    signature = sign(token=token, url=url, fields=body.items())
    headers = {"content-type": FORM, "user-agent": "Greenlight-Sandbox", "x-sandbox": "true"}
    return url, urlencode(body).encode(), headers | {HEADER: signature}


def answerer_of(script: Script) -> str:
    """Twilio's word for who answered."""
    return MACHINES.get(script.answered_by, script.answered_by)


def mail_time(at: float) -> str:
    """Write a Unix time as mail and Twilio do, in whole seconds."""
    return format_datetime(datetime.fromtimestamp(at, UTC).replace(microsecond=0))


def _moments(script: Script) -> dict[str, float]:
    """When what Twilio calls an event happens, in seconds after the acceptance."""
    steps = {status: at for at, status in script.steps()}
    found = {"initiated": DIALLING / 2, "ringing": steps["ringing"]}
    if "in-progress" in steps:
        found["answered"] = steps["in-progress"]
    return found | {"completed": steps[script.ending]}


def _listens_beside(form: Mapping[str, str]) -> bool:
    return bool(form.get("MachineDetection")) and form.get("AsyncAmd") == "true"


def _status(call: Placed, kind: str, form: Mapping[str, str]) -> dict[str, str]:
    words = {"answered": "in-progress", "completed": call.script.ending}
    body = _whose(call) | {
        "CallStatus": words.get(kind, kind),
        "Timestamp": mail_time(call.at + _moments(call.script)[kind] * call.pace),
        "CallbackSource": "call-progress-events",
        "SequenceNumber": str(PROGRESS.index(kind)),
    }
    if kind == "completed" and call.script.ending == "completed":
        body |= {"CallDuration": str(round(call.script.talk) or 1), "Duration": "1"}
        if form.get("MachineDetection") and not _listens_beside(form):
            body |= {"AnsweredBy": answerer_of(call.script)}
    return body


def _answerer(call: Placed) -> dict[str, str]:
    told = {"AnsweredBy": answerer_of(call.script), "MachineDetectionDuration": "500"}
    return {"CallSid": call.call_sid, "AccountSid": call.key} | told


def _whose(call: Placed) -> dict[str, str]:
    return {
        "CallSid": call.call_sid,
        "AccountSid": call.key,
        "To": call.to,
        "From": call.caller_id,
        "Direction": "outbound-api",
        "ApiVersion": "2010-04-01",
        "CallerName": "",
    }
