"""What the carrier says later: bind, move and enrich calls from events and log rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction

from calls.carriers.base import Answer, Evidence, Report
from calls.dispatch import queries, retry
from calls.dispatch.actions.steps import DISPATCH, next_check, settle
from calls.dispatch.models import Attempt, Heartbeat
from calls.dnc import actions as dnc
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked


@transaction.atomic
def apply_report(*, call_id: UUID, report: Report, source: str, now: datetime) -> bool:
    """Let an event or a log row speak: bind the call, move it, enrich it. True when anything changed."""
    call = locked(call_id)
    attempt = queries.live_attempt(call)
    if attempt is None or not _bind(call, attempt, report.carrier_call_id, source, now):
        return False
    facts = _facts_of(report) | _cost(call, report)
    if report.state and states.may_follow(call.state, report.state):
        changed = records.move(
            call=call,
            to=report.state,
            what=report.state,
            source=source,
            now=now,
            data={"word": report.word},
            **facts | _when(call, attempt, report, now),
        )
    elif call.state == states.COMPLETED and report.state == call.state:
        changed = records.enrich(call=call, source=source, now=now, **_late_facts(facts))
    else:
        changed = _stands_still(call, report, source, now)
    if report.disposition == "opted_out":
        _honour_opt_out(call, now)
    return changed


def take_checks(*, call_ids: list[UUID], now: datetime) -> None:
    """Plan the next look of these calls a reading's time ahead; `check_again` sets it right after."""
    Call.objects.filter(pk__in=call_ids).update(next_check_at=now + retry.LONGEST_READING)


@transaction.atomic
def check_again(*, call_id: UUID, absent: bool, now: datetime) -> None:
    """After reading the log: plan the next look; an unknown call still `absent` after W goes to people."""
    call = locked(call_id)
    attempt = queries.live_attempt(call)
    if attempt is None or call.state not in states.UNFINISHED:
        Call.objects.filter(pk=call.pk).update(next_check_at=None)
        return
    window = retry.window(is_sandbox=call.account.is_sandbox)
    next_at = next_check(call, attempt, now)
    Call.objects.filter(pk=call.pk).update(next_check_at=next_at, checks=call.checks + 1)
    if absent and now - attempt.intent_at > window:
        why = "The carrier's log does not show this call. Someone has to find out."
        _hand_over(call, "not_in_carrier_log", why, now)
    elif now - attempt.intent_at > retry.LONG_ENOUGH_FOR_ANY_LOG:
        why = "The carrier's log could not be read for two days. Someone has to find out."
        _hand_over(call, "carrier_log_unreadable", why, now)


@transaction.atomic
def note_provider_duplicate(*, call_id: UUID, other_id: str, now: datetime) -> None:
    """The carrier's log shows a second call for one request: flag it, once."""
    call = locked(call_id)
    if not call.events.filter(what="provider_duplicate").exists():
        records.note_event(
            call=call,
            what="provider_duplicate",
            source="reconcile",
            now=now,
            data={"carrier_call_id": other_id},
        )


def beat(*, loop: str, now: datetime) -> None:
    """Leave a sign of life for the readiness check."""
    Heartbeat.objects.update_or_create(loop=loop, defaults={"at": now})


def take_round(*, loop: str, now: datetime, lease: timedelta) -> bool:
    """Let one worker go round at a time; False while another gave a sign of life within `lease`."""
    row, _ = Heartbeat.objects.get_or_create(loop=loop, defaults={"at": now - lease})
    free = Heartbeat.objects.filter(loop=row.loop, at__lte=now - lease)
    return bool(free.update(at=now))


def _bind(call: Call, attempt: Attempt, carrier_call_id: str, source: str, now: datetime) -> bool:
    """Tie the carrier's id to the call; False when the id belongs to another call."""
    if call.carrier_call_id == carrier_call_id:
        return True
    if call.carrier_call_id is not None or queries.bound_ids(call.account, [carrier_call_id]):
        return False
    settle(attempt, Attempt.ACCEPTED, Answer(Evidence.CONFIRMED), now)
    columns = {
        "carrier_call_id": carrier_call_id,
        "dialled_at": attempt.intent_at,
        "lease_until": None,
        "next_check_at": next_check(call, attempt, now),
        "reason": "",
        "reason_text": "",
    }
    return records.move(
        call=call,
        to=states.PLACED,
        what="placed",
        source=source,
        now=now,
        data={"attempt": attempt.number, "carrier_call_id": carrier_call_id, "found_by": source},
        **columns,
    )


def _hand_over(call: Call, reason: str, why: str, now: datetime) -> None:
    """Give an unknown call to people; a call in any other state stays as it is."""
    if call.state == states.UNKNOWN:
        records.move(
            call=call,
            to=states.NEEDS_HUMAN,
            what="needs_human",
            source="reconcile",
            now=now,
            data={"checks": call.checks + 1},
            reason=reason,
            reason_text=why,
        )


def _facts_of(report: Report) -> dict[str, Any]:
    facts = {
        "carrier_word": report.word,
        "duration_seconds": report.duration_seconds,
        "disposition": report.disposition,
        "summary": report.summary,
        "escalated": report.escalated or None,
    }
    return {name: value for name, value in facts.items() if value not in (None, "")}


def _cost(call: Call, report: Report) -> dict[str, Decimal]:
    """What a call that is over cost: every begun minute, at its account's price where there is one."""
    price, seconds = call.account.price_per_minute, report.duration_seconds
    if not price or seconds is None or report.state not in states.TERMINAL:
        return {}
    return {"cost": price * ceil(seconds / 60)}


def _late_facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in facts.items() if name != "carrier_word"}


def _when(call: Call, attempt: Attempt, report: Report, now: datetime) -> dict[str, Any]:
    times: dict[str, Any] = {"reason": "", "reason_text": ""}
    if report.started_at and call.started_at is None:
        times["started_at"] = report.started_at
    elif report.state == states.IN_PROGRESS:
        times["started_at"] = report.at or now
    if report.state not in states.TERMINAL:
        times["next_check_at"] = next_check(call, attempt, now)
    return times


def _stands_still(call: Call, report: Report, source: str, now: datetime) -> bool:
    """A report that moves nothing: worth a line only when it contradicts how the call ended."""
    if report.escalated and not call.escalated:
        return records.enrich(call=call, source=source, now=now, escalated=True)
    if call.is_over and report.state in states.TERMINAL and report.state != call.state:
        records.note_event(
            call=call,
            what="terminal_conflict",
            source=source,
            now=now,
            data={"word": report.word, "kept": call.state},
        )
    return False


def _honour_opt_out(call: Call, now: datetime) -> None:
    dnc.add_number(
        tenant=call.tenant,
        number=call.to,
        reason="Asked not to be called again, in a call",
        source=f"call {call.sid}",
        actor=DISPATCH,
        now=now,
    )
