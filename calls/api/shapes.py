"""What programs receive (CONTRACT 2, 3, 4, 9)."""

from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

Status = Literal[
    "queued",
    "initiated",
    "ringing",
    "in-progress",
    "completed",
    "busy",
    "no-answer",
    "failed",
    "canceled",
]


class Answered(BaseModel):
    """What a program receives."""

    model_config = ConfigDict(from_attributes=True, frozen=True)


class Failure(Answered):
    """Every answer that is not a success."""

    ok: Literal[False]
    error: str
    message: str
    details: dict[str, Any]
    request_id: str


class Accepted(Answered):
    """A call, as it was when it was accepted: a replay answers the same."""

    ok: Literal[True] = True
    call_sid: str
    status: Status
    to: str
    caller_id: str = Field(serialization_alias="from")
    id: str
    state: str
    due_at: datetime
    agent_version_id: str | None
    greeting_id: str | None
    reference: str | None


class Record(Answered):
    """A call as it stands."""

    id: str
    call_sid: str
    direction: Literal["outbound"] = "outbound"
    status: Status
    duration_seconds: int | None
    escalated: bool
    summary: str | None
    state: str
    to: str
    caller_id: str = Field(serialization_alias="from")
    agent_key: str
    agent_version_id: str | None
    greeting_id: str | None
    org_id: str | None
    reference: str | None
    metadata: dict[str, str]
    carrier_call_sid: str | None
    created_at: datetime
    due_at: datetime
    started_at: datetime | None
    ended_at: datetime | None
    error: str | None
    error_message: str | None


class LogRecord(Record):
    """A line of the call log; `attempts` counts the requests to the carrier."""

    attempts: int


class LogPage(Answered):
    """One page, newest first; `next_cursor` leads to the one after it."""

    data: list[LogRecord]
    limit: int
    offset: int
    total: int
    next_cursor: str | None


class Tally(Answered):
    """How many calls stand under one name: a status, a caller ID, an agent key, an hour, a day."""

    name: str
    count: int


class Stats(Answered):
    """Every call asked for in the period is counted once; names without calls are left out."""

    ok: Literal[True] = True
    since: datetime = Field(serialization_alias="from")
    until: datetime = Field(serialization_alias="to")
    group_by: str
    total: int
    data: list[Tally]


class Ready(Answered):
    """Both queues gave a sign of life within half a minute; a call that waits for nothing has an age."""

    ok: Literal[True] = True
    sweep_age_seconds: float
    dial_age_seconds: float
    oldest_due_age_seconds: float | None


class Happening(Answered):
    """One thing that happened to a call."""

    what: str
    source: str
    at: datetime
    data: dict[str, Any]


class Try(Answered):
    """One request to the carrier and what it proved."""

    number: int
    outcome: str
    evidence: str
    http_status: int | None
    reason: str
    intent_at: datetime
    concluded_at: datetime | None


class GateRefusal(Answered):
    """Why one gate is closed, what it saw, and until when it is, if waiting helps."""

    gate: str
    code: str
    message: str
    retry_at: datetime | None
    saw: dict[str, str]


class PreviewRefusal(GateRefusal):
    """A closed gate of a preview, with what would change its answer, and who can do it."""

    change: str


class GateVerdict(GateRefusal):
    """One gate's answer, open gates included."""

    question: str
    outcome: Literal["pass", "wait", "block"]


class Decided(Answered):
    """Every gate's verdict at one moment: when the call was accepted, or dialled."""

    id: str = Field(validation_alias="public_id")
    moment: str
    at: datetime
    allowed: bool
    rules_version: str
    verdicts: list[GateVerdict]


class Detail(Record):
    """A call with everything known about it."""

    ok: Literal[True] = True
    greeting: str
    events: list[Happening]
    attempts: list[Try]
    receipts: list[Decided]


class Canceled(Record):
    """A call that will not be placed."""

    ok: Literal[True] = True


class Callee(Answered):
    """What the digits of a number tell."""

    e164: str
    country: str
    line_type: str
    zones: list[str]


class Words(Answered):
    """The words that would be spoken, and who approved them."""

    id: str | None
    name: str
    text: str
    approved_by: str | None
    approved_at: datetime | None


class Previewed(Answered):
    """What every gate says about a call nobody has placed; `held`: it would wait for its words' approval."""

    ok: Literal[True] = True
    allowed: bool
    held: bool
    refusals: list[PreviewRefusal]
    verdicts: list[GateVerdict]
    to: Callee
    caller_id: str = Field(serialization_alias="from")
    greeting: Words
    due_at: datetime
    next_allowed_at: datetime | None


class DncRecord(Answered):
    """A number nobody may call, or with `is_prefix` the beginning of many."""

    id: str
    number: str
    is_prefix: bool
    reason: str
    source: str
    added_by: str
    added_at: datetime
    expires_at: datetime | None
    lifted_at: datetime | None


class DncAnswer(DncRecord):
    """One entry of the list."""

    ok: Literal[True] = True


class DncPage(Answered):
    """Entries in force, newest first; `next_cursor` leads to the older ones."""

    data: list[DncRecord]
    limit: int
    next_cursor: str | None


class ConsentRecorded(Answered):
    """One agreement to be called; `in_force` says whether it counts now."""

    id: str
    number: str
    kind: str
    channel: str
    text_shown: str
    evidence: str
    captured_at: datetime
    recorded_at: datetime
    recorded_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str | None
    revoked_how: str | None
    in_force: bool


class ConsentAnswer(ConsentRecorded):
    """One record of consent."""

    ok: Literal[True] = True


class ConsentPage(Answered):
    """Every record, newest first; `next_cursor` leads to the older ones."""

    data: list[ConsentRecorded]
    limit: int
    next_cursor: str | None


class Revoked(Answered):
    """How many records of a number were taken back by this request."""

    ok: Literal[True] = True
    number: str
    revoked: int


class Reported(Answered):
    """A report was taken; whether the key opened anything is not told."""

    ok: Literal[True] = True
    message: str = (
        "Thank you. If this key was in force, it is revoked now, and its tenant hears of it."
    )
