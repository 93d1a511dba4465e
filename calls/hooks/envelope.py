"""What is told of a call, and in which words (CONTRACT 5).

Each event of a call is told at most once to each endpoint: its id follows from the call, or from the entry of
its history where it may happen again.
"""

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

from calls.lib import ids
from calls.lib.phone import without_numbers
from calls.records import states
from calls.records.models import Call, CallEvent
from calls.tenants.models import Tenant

API_VERSION = "2026-05-14"
PREFIX = "evt_"

STARTED, COMPLETED = "voice.call.started", "voice.call.completed"
ESCALATED, REFUSED = "voice.call.escalated", "voice.call.refused"
FAILED, UNKNOWN = "voice.call.failed", "voice.call.unknown"
EVALUATED = "voice.session.evaluated"
DELIVERY_FAILED = "voice.webhook.delivery_failed"
ALERT_OPENED, ALERT_RESOLVED = "voice.alert.opened", "voice.alert.resolved"
TEST = "voice.webhook.test"

# What an endpoint may ask for. The test is sent to whoever asks for it, and to nobody else.
EVENTS = (
    STARTED,
    COMPLETED,
    ESCALATED,
    REFUSED,
    FAILED,
    UNKNOWN,
    EVALUATED,
    DELIVERY_FAILED,
    ALERT_OPENED,
    ALERT_RESOLVED,
)
BY_STATE = {
    states.IN_PROGRESS: STARTED,
    states.COMPLETED: COMPLETED,
    states.BUSY: COMPLETED,
    states.NO_ANSWER: COMPLETED,
    states.REFUSED: REFUSED,
    states.FAILED: FAILED,
    states.REJECTED: FAILED,
    states.EXPIRED: FAILED,
    states.CANCELED: FAILED,
    states.UNKNOWN: UNKNOWN,
}


@dataclass(frozen=True, slots=True)
class Notice:
    """One event to tell of: its name, its id, when it happened and what is said."""

    event: str
    event_id: str
    at: datetime
    data: Mapping[str, Any]


def new_event_id() -> str:
    """An id for something that is told of this once."""
    return ids.public(PREFIX, ids.new_id())


def notices_of(event: CallEvent, *, handed: Mapping[str, Any]) -> Iterator[Notice]:
    """What an entry of a call's history is worth telling; for most it is nothing.

    `handed` is what the carrier said about handing the call over: `target` and `initiated_by`.
    """
    call, at = event.call, event.at
    state = event.data.get("to") or (states.REFUSED if event.what == "refused" else "")
    if name := BY_STATE.get(state):
        again = event.pk if name == UNKNOWN else call.pk
        yield Notice(name, _event_id(name, again), at, _data(call, state))
    if call.escalated:
        told = {"call_sid": call.sid, "stream_sid": None, "target": None, "initiated_by": None}
        yield Notice(ESCALATED, _event_id(ESCALATED, call.pk), at, told | dict(handed))


def body_of(notice: Notice, tenant: Tenant) -> str:
    """The envelope, as it is signed and kept."""
    envelope = {
        "id": notice.event_id,
        "event": notice.event,
        "created_at": instant(notice.at),
        "tenant_id": tenant.public_id,
        "api_version": API_VERSION,
        "data": dict(notice.data),
    }
    return json.dumps(envelope, separators=(",", ":"))


def instant(at: datetime | None) -> str | None:
    """RFC 3339 in UTC, to the millisecond."""
    if at is None:
        return None
    return at.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def _event_id(name: str, key: UUID) -> str:
    """The same for the same happening, whoever asks and however often; told apart by the name."""
    return ids.public(PREFIX, UUID(int=key.int ^ (EVENTS.index(name) + 1)))


def _data(call: Call, state: str) -> dict[str, Any]:
    return {
        "stream_sid": None,
        "call_sid": call.sid,
        "voice_session_id": None,
        "from_number": call.caller_id,
        "to_number": call.to,
        "direction": "outbound",
        "status": states.PUBLIC_STATUS[state],
        "duration_seconds": call.duration_seconds,
        "escalated": call.escalated,
        "function_call_count": None,
        "transcript_turn_count": None,
        "summary": call.summary or None,
        "state": state,
        "reference": call.reference or None,
        "metadata": call.metadata,
        "org_id": call.org.key if call.org else None,
        "agent_key": call.agent.agent_key,
        "carrier_call_sid": call.carrier_call_id,
        "error": call.reason or None,
        "error_message": without_numbers(call.reason_text) or None,
    }
