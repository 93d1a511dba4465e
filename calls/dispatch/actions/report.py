"""What the carrier says later: bind, move and enrich calls from events and log rows."""

from datetime import datetime, timedelta
from decimal import Decimal
from math import ceil
from typing import Any
from uuid import UUID

from django.db import transaction

from calls.carriers.base import OPTED_OUT, Answer, Evidence, Report
from calls.dispatch import queries, retry
from calls.dispatch.actions.again import plan_redial
from calls.dispatch.actions.findings import keep_finding
from calls.dispatch.actions.proof import take_proof
from calls.dispatch.actions.steps import DISPATCH, bind, next_check, requeue, take_word
from calls.dispatch.match import TWICE, Difference
from calls.dispatch.models import Attempt, Heartbeat
from calls.dnc import actions as dnc
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked
from calls.routes.models import CarrierAccount
from calls.tenants.models import Tenant

# A call in one of these was, or may have been, answered; the carrier's events come in any order.
ANSWERED = (*states.CARRIED, states.COMPLETED)


@transaction.atomic
def apply_report(
    *, call_id: UUID, report: Report, source: str, now: datetime, attempt_id: UUID | None = None
) -> bool:
    """Let an event or a log row speak: bind the call, move it, enrich it. True when anything changed.

    `attempt_id` is the attempt it was found to speak of, where the call does not have its id yet.
    """
    call = locked(call_id)
    known_as = call.carrier_call_id
    if report.disposition == OPTED_OUT:
        _honour_opt_out(call, now)  # in whatever state the call is, and whether or not its id fits
    attempt = queries.live_attempt(call)
    if attempt_id is not None and (attempt is None or attempt.pk != attempt_id):
        attempt = _taken_for_absent(call, attempt_id, report, source, now)
    if attempt is None or not _bind(call, attempt, report.carrier_call_id, source, now):
        return False
    if source == "call_log":
        _measure_lag(attempt, now)
    facts, outcome = _facts_of(call, report) | _cost(call, report), call.outcome
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
    if changed and call.is_over and call.outcome != outcome:
        plan_redial(call, now)
    return changed or call.carrier_call_id != known_as


def note_stray(*, account: CarrierAccount, report: Report, now: datetime) -> None:
    """An event found no call: every open attempt that it may speak of is not to be dialled again on a guess.

    Where its numbers are not whole, it may speak of any.
    """
    rows = Attempt.objects.filter(account=account, outcome__in=Attempt.OPEN, stray_at__isnull=True)
    if report.to.startswith("+") and report.caller_id.startswith("+"):
        rows = rows.filter(to=report.to, caller_id=report.caller_id)
    rows.update(stray_at=now)


def take_checks(*, call_ids: list[UUID], now: datetime) -> None:
    """Plan the next look of these calls a reading's time ahead; `check_again` sets it right after."""
    Call.objects.filter(pk__in=call_ids).update(next_check_at=now + retry.LONGEST_READING)


@transaction.atomic
def check_again(*, call_id: UUID, absent: bool, now: datetime) -> None:
    """After reading the log: plan the next look; an unknown call still `absent` after W is decided about."""
    call = locked(call_id)
    attempt = queries.attempt_to_look_for(call)
    if attempt is None or not _looked_for(call, attempt, now):
        Call.objects.filter(pk=call.pk).update(next_check_at=None)
        return
    next_at = next_check(call, attempt, now)
    Call.objects.filter(pk=call.pk).update(next_check_at=next_at, checks=call.checks + 1)
    if absent and attempt.log_lag is None:
        attempt.missed_at = now
        attempt.save(update_fields=["missed_at"])
    if call.state == states.UNKNOWN:
        _perhaps_give_up(call, attempt, absent, now)


@transaction.atomic
def note_provider_duplicate(*, call_id: UUID, other_id: str, now: datetime) -> None:
    """The carrier's log shows a second call for one request: flag it once, and ask this carrier no more.

    Somebody may have been rung twice, so a person looks before anybody else is (F17).
    """
    call = locked(call_id)
    if call.events.filter(what="provider_duplicate").exists():
        return
    records.note_event(
        call=call,
        what="provider_duplicate",
        source="reconcile",
        now=now,
        data={"carrier_call_id": other_id},
    )
    twice = Difference(TWICE, other_id, call.caller_id, call.to, at=None, call_id=call.pk)
    keep_finding(call.account, twice, call.tenant_id, now)


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
    found = Answer(Evidence.CONFIRMED)
    told = {"found_by": source}
    return bind(call, attempt, carrier_call_id, found, source, now, told=told)


def _taken_for_absent(
    call: Call, attempt_id: UUID, report: Report, source: str, now: datetime
) -> Attempt | None:
    """The attempt a report speaks of that was taken for never placed, if the call goes on as its call."""
    attempt = call.attempts.get(pk=attempt_id)
    # Against a refusal only its own name counts; two numbers may be another call's.
    named = (*Attempt.NOT_PLACED,) if report.reference else (Attempt.ABSENT,)
    if attempt.outcome not in named:
        return None
    found = Answer(Evidence.CONFIRMED, word=report.word)
    remote = report.carrier_call_id
    if take_proof(
        call=call, attempt=attempt, carrier_call_id=remote, found=found, source=source, now=now
    ):
        return attempt
    if report.disposition == "opted_out":
        _honour_opt_out(call, now)
    return None


def _looked_for(call: Call, attempt: Attempt, now: datetime) -> bool:
    """Whether the log is read for a call: until its end is known, and a slow log has shown it (W is learned so)."""
    if call.is_over:
        return attempt.is_late_in_log and now - attempt.intent_at < retry.LONG_ENOUGH_FOR_ANY_LOG
    return call.state in (*states.UNFINISHED, states.QUEUED)


def _measure_lag(attempt: Attempt, now: datetime) -> None:
    """The log shows the call for the first time: at most so many seconds after it was asked for."""
    if attempt.log_lag is None:
        lag = (now - attempt.intent_at).total_seconds() if attempt.missed_at else 0.0
        Attempt.objects.filter(pk=attempt.pk).update(log_lag=lag)


def _perhaps_give_up(call: Call, attempt: Attempt, absent: bool, now: datetime) -> None:
    """Nobody knows, and the log has had its time: the tenant's policy or a person decides (E7)."""
    age = now - attempt.intent_at
    if absent and age > queries.window_of(call.account):
        if _may_redial(call, attempt, now):
            take_word(attempt, Attempt.ABSENT, now)
            why = "The carrier's whole log does not show it; the tenant's policy dials once more."
            requeue(call, at=now, why=why, now=now, data={"attempt": attempt.number})
        else:
            why = _why_people(call, attempt)
            _hand_over(call, "not_in_carrier_log", why, now)
    elif age > retry.LONG_ENOUGH_FOR_ANY_LOG:
        why = "The carrier's log could not be read for two days. Someone has to find out."
        _hand_over(call, "carrier_log_unreadable", why, now)


def _why_people(call: Call, attempt: Attempt) -> str:
    if queries.is_of_another_log(attempt, call.account):
        return "The account's key or address has changed since; another log may show it. Someone has to find out."
    if attempt.stray_at is not None:
        return (
            "The carrier shows a call that may be this one or another's. Someone has to find out."
        )
    return "The carrier's log does not show this call. Someone has to find out."


def _may_redial(call: Call, attempt: Attempt, now: datetime) -> bool:
    """Once, by the tenant's own policy, while the call is wanted and its own log is silent, as are events."""
    wanted = call.tenant.unknown_outcome == Tenant.REDIAL and call.expires_at > now
    quiet = attempt.stray_at is None and not queries.is_of_another_log(attempt, call.account)
    return wanted and quiet and not call.attempts.filter(outcome=Attempt.ABSENT).exists()


def _hand_over(call: Call, reason: str, why: str, now: datetime) -> None:
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


def _facts_of(call: Call, report: Report) -> dict[str, Any]:
    opted_out = call.disposition == OPTED_OUT  # nobody takes that back by ending the call
    facts = {
        "carrier_word": report.word,
        "duration_seconds": report.duration_seconds,
        "disposition": OPTED_OUT if opted_out else report.disposition,
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
    if report.state not in states.TERMINAL or attempt.is_late_in_log:
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
    said = report.disposition
    told = said == OPTED_OUT or (said and not report.state and call.disposition != OPTED_OUT)
    if told and call.state in ANSWERED:
        # Told by itself: by a carrier that finds out while the call goes on.
        return records.enrich(call=call, source=source, now=now, disposition=said)
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
