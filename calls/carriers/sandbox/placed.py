"""A request to place a call, and the call that came of it.

Where a call stands follows from its script and the clock, so a restarted sandbox goes on by itself.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from datetime import UTC, datetime

from calls.carriers.sandbox.scripts import SCRIPTS, Script

FIELDS = {"to", "from", "agent_key", "agent_version_id", "greeting", "org_id"}
E164 = re.compile(r"\+[1-9]\d{6,14}", re.ASCII)


class BadRequest(Exception):
    """The request to place a call is wrong; the message names the field."""


@dataclass(frozen=True, slots=True)
class Asked:
    """A request to place a call, as it was sent; by Twilio's face with all of its form, and a token."""

    to: str
    caller_id: str
    greeting: str
    agent_key: str
    idempotency_key: str
    form: str = ""
    token: str = ""

    @property
    def fingerprint(self) -> str:
        """Name what would be the same call again."""
        return self.idempotency_key or f"{self.to} {self.caller_id} {self.greeting}"


@dataclass(frozen=True, slots=True)
class Placed:
    """A call that the sandbox placed; where it stands follows from the clock alone."""

    call_sid: str
    key: str
    account: str
    to: str
    caller_id: str
    script_name: str
    at: float
    pace: float

    @property
    def script(self) -> Script:
        """The treatment that the call gets."""
        return SCRIPTS[self.script_name]

    def time_of(self, status: str) -> float | None:
        """When the call takes a status (Unix seconds); None if it never does."""
        found = [at for at, step in self.script.steps() if step == status]
        return self.at + found[0] * self.pace if found else None

    def data(self, now: float) -> dict[str, object]:
        """Say what the contract says of a call, in the log and in events alike."""
        script = self.script
        over = now >= (self.time_of(script.ending) or 0)
        answered = self.time_of("in-progress")
        return {
            "call_sid": self.call_sid,
            "direction": "outbound",
            "status": [s for at, s in script.steps() if self.at + at * self.pace <= now][-1],
            "duration_seconds": (round(script.talk) or 1) if over and answered else 0,
            "escalated": script.escalated and over,
            "summary": script.summary if over else "",
            "created_at": stamp(self.at),
            "started_at": stamp(answered) if answered and answered <= now else None,
            "ended_at": stamp(self.time_of(script.ending)) if over else None,
            "answered_by": script.answered_by if over and answered else None,
            "opted_out": script.opted_out and over,
        }


def read_asked(body: bytes, *, idempotency_key: str) -> Asked:
    """Read a request to place a call. Raises BadRequest, naming the field."""
    try:
        found = json.loads(body)
    except (ValueError, RecursionError):
        raise BadRequest("The body is not JSON.") from None
    if not isinstance(found, dict):
        raise BadRequest("The body is not a JSON object.")
    for name, value in found.items():
        if name not in FIELDS or not isinstance(value, str):
            raise BadRequest(f"{name}: unknown field, or not a string.")
    if not E164.fullmatch(found.get("to", "")):
        raise BadRequest("to: an E.164 number is needed.")
    return Asked(
        to=found["to"],
        caller_id=found.get("from", ""),
        greeting=found.get("greeting", ""),
        agent_key=found.get("agent_key", ""),
        idempotency_key=idempotency_key,
    )


def stamp(at: float | None) -> str | None:
    """Write a Unix time as RFC 3339."""
    if at is None:
        return None
    return datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
