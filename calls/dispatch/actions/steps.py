"""The small writes that several verbs of dispatch share; each runs inside the verb's transaction."""

from datetime import datetime
from typing import Any

from calls.audit import actor as actors
from calls.carriers.base import Answer, Evidence
from calls.dispatch import retry
from calls.dispatch.models import Attempt
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call

DISPATCH = actors.system("dispatch")


def requeue(
    call: Call,
    *,
    at: datetime,
    why: str,
    now: datetime,
    data: dict[str, Any] | None = None,
    **columns: Any,
) -> None:
    """Put a claimed call back into the queue, to be looked at again at `at`, with `columns` changed."""
    records.move(
        call=call,
        to=states.QUEUED,
        what="requeued",
        source="dispatch",
        now=now,
        data={"why": why} | (data or {}),
        due_at=at,
        lease_until=None,
        reason="",
        reason_text=why[:300],
        **columns,
    )


def bind(
    call: Call,
    attempt: Attempt,
    carrier_call_id: str,
    found: Answer,
    source: str,
    now: datetime,
    *,
    told: dict[str, Any] | None = None,
    **columns: Any,
) -> bool:
    """From now on the call is this call of the carrier's, which the attempt placed; `told` joins its story."""
    settle(attempt, Attempt.ACCEPTED, found, now)
    return records.move(
        call=call,
        to=states.PLACED,
        what="placed",
        source=source,
        now=now,
        data={"attempt": attempt.number, "carrier_call_id": carrier_call_id} | (told or {}),
        carrier_call_id=carrier_call_id,
        dialled_at=attempt.intent_at,
        lease_until=None,
        next_check_at=next_check(call, attempt, now),
        reason="",
        reason_text="",
        **columns,
    )


def settle(attempt: Attempt, outcome: str, answer: Answer, now: datetime) -> None:
    """Close or mark an attempt with the evidence found."""
    attempt.outcome, attempt.evidence = outcome, answer.evidence
    attempt.http_status, attempt.reason = answer.http_status, answer.reason[:300]
    attempt.concluded_at, attempt.ours = now, answer.ours
    columns = ["outcome", "evidence", "http_status", "reason", "concluded_at", "ours"]
    attempt.save(update_fields=columns)


def take_word(attempt: Attempt, outcome: str, now: datetime) -> None:
    """Close an attempt by somebody's word; what the carrier itself answered stays as it was received.

    One that its whole log does not show is absent on that evidence, and no longer on what it answered.
    """
    attempt.outcome, attempt.concluded_at = outcome, now
    if outcome == Attempt.ABSENT and attempt.missed_at is not None:
        attempt.evidence = Evidence.ABSENT
    attempt.save(update_fields=["outcome", "concluded_at", "evidence"])


def next_check(call: Call, attempt: Attempt, now: datetime) -> datetime:
    """When the carrier's log is read next about this attempt."""
    return retry.next_check(asked_at=attempt.intent_at, now=now, is_sandbox=call.account.is_sandbox)
