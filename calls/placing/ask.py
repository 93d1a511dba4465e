"""What can be asked of us: one intended call, in the caller's own words. Pure."""

import hashlib
import json
import unicodedata
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime

from calls.lib import phone

NOW, NEXT_ALLOWED = "now", "next_allowed"


@dataclass(frozen=True, slots=True)
class Ask:
    """One request for a call, from any door.

    `scheduled_at` is an aware instant, or a naive wall-clock time on the callee's own clock. `when` is
    `now` (a closed window refuses) or `next_allowed` (it waits). Empty strings mean "not given".
    `caller_id` is the contract's `from`.
    """

    to: str
    caller_id: str = ""
    agent_key: str = ""
    agent_version_id: str = ""
    greeting: str = ""
    greeting_id: str = ""
    variables: Mapping[str, str] = field(default_factory=dict)
    org_id: str = ""
    when: str = NOW
    scheduled_at: datetime | None = None
    expires_at: datetime | None = None
    reference: str = ""
    metadata: Mapping[str, str] = field(default_factory=dict)
    idempotency_key: str | None = None
    allow_duplicate: bool = False
    door: str = "api"

    @property
    def names_its_call(self) -> bool:
        """Whether the caller said which call this is, so that an identical one is meant.

        A form's key only guards that form: somebody who fills in the same call again gets asked.
        """
        return self.allow_duplicate or (self.idempotency_key is not None and self.door != "form")

    def fingerprint(self, *, e164: str) -> str:
        """SHA-256 of the business fields, numbers and instants normalised, in any order (R1.3)."""
        business = asdict(self) | {
            "to": e164,
            "caller_id": _one_spelling(self.caller_id),
            "scheduled_at": _one_offset(self.scheduled_at),
            "expires_at": _one_offset(self.expires_at),
        }
        for transport in ("idempotency_key", "allow_duplicate", "door"):
            del business[transport]
        business["greeting"] = unicodedata.normalize("NFC", self.greeting)
        canonical = json.dumps(business, sort_keys=True, default=str, separators=(",", ":"))
        return hashlib.sha256(canonical.encode()).hexdigest()


def _one_spelling(number: str) -> str:
    """E.164 where it is a number; resolving names the field otherwise."""
    try:
        return phone.read(number).e164 if number else ""
    except phone.UnreadableNumber:
        return number


def _one_offset(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC) if at is not None and at.tzinfo is not None else at
