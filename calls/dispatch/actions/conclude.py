"""From asked to known: write down what came of one request, or that nobody knows."""

import random
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction

from calls.audit import actions as audit
from calls.carriers.base import Answer, Evidence
from calls.dispatch import health, queries, retry
from calls.dispatch.actions.findings import keep_finding
from calls.dispatch.actions.proof import go_on_as_the_first, take_proof
from calls.dispatch.actions.steps import DISPATCH, bind, next_check, requeue, settle
from calls.dispatch.match import TWICE, Difference
from calls.dispatch.models import Attempt
from calls.lib import cut
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount

REJECTED = "The carrier rejected our credentials."
_jitter = random.SystemRandom()


@transaction.atomic
def conclude(*, attempt_id: UUID, answer: Answer, now: datetime) -> Call:
    """Write down what came of asking. An attempt already settled by an event is not touched again."""
    attempt = Attempt.objects.get(pk=attempt_id)
    # Every verb locks the call first and reads its attempt after, so that none can deadlock another.
    call = locked(attempt.call_id)
    attempt.refresh_from_db()
    if not attempt.is_open or call.fence != attempt.fence:
        _late_answer(call, attempt, answer, now)
    elif answer.evidence == Evidence.ACCEPTED and answer.carrier_call_id:
        _accepted(call, attempt, answer, answer.carrier_call_id, now)
    elif answer.evidence in (Evidence.ACCEPTED, Evidence.UNKNOWN):
        lose_sight(call=call, attempt=attempt, why=answer.reason, now=now, answer=answer)
    elif attempt.outcome == Attempt.INTENT:
        _not_placed(call, attempt, answer, now)
    else:
        _late_answer(call, attempt, answer, now)
    if answer.evidence in health.FAILURES and not answer.ours:
        _judge_carrier(call.account, answer, now)
    cut.here("before_result_commit")
    return call


def lose_sight(
    *,
    call: Call,
    attempt: Attempt,
    why: str,
    now: datetime,
    answer: Answer | None = None,
    ours: bool = False,
) -> None:
    """Nobody knows whether the call exists: say so, and start asking the carrier's log.

    Without an `answer` the log is asked at once: the lease was long enough for it to show the call. `ours`
    tells that it is no sign of how the carrier is.
    """
    lost = Answer(Evidence.UNKNOWN, reason=why, ours=ours)
    settle(attempt, Attempt.UNKNOWN, answer or lost, now)
    records.move(
        call=call,
        to=states.UNKNOWN,
        what="outcome_unknown",
        source="dispatch",
        now=now,
        data={"attempt": attempt.number, "evidence": Evidence.UNKNOWN, "why": why},
        lease_until=None,
        next_check_at=next_check(call, attempt, now) if answer else now,
        reason="outcome_unknown",
        reason_text=why[:300],
    )


@transaction.atomic
def recover(*, call_id: UUID, now: datetime) -> None:
    """End an expired lease: with an open attempt the outcome is unknown, without one the call waits."""
    call = locked(call_id)
    if call.state != states.DISPATCHING or call.lease_until is None or call.lease_until > now:
        return
    attempt = queries.live_attempt(call)
    if attempt is None:
        requeue(call, at=now, why="The worker was lost before asking the carrier.", now=now)
    else:
        why = "The worker was lost while asking."
        lose_sight(call=call, attempt=attempt, why=why, now=now, ours=True)


def _accepted(
    call: Call, attempt: Attempt, answer: Answer, carrier_call_id: str, now: datetime
) -> None:
    if queries.bound_ids(call.account, [carrier_call_id]):
        why = "The carrier answered with the id of another call."
        audit.note(
            actor=DISPATCH,
            verb="security.carrier_id_taken",
            target=call,
            tenant_id=call.tenant_id,
            now=now,
            after={"attempt": attempt.number, "carrier_call_id": carrier_call_id},
        )
        lose_sight(call=call, attempt=attempt, why=why, now=now)
        return
    bind(call, attempt, carrier_call_id, answer, "carrier", now, carrier_word=answer.word)


def _not_placed(call: Call, attempt: Attempt, answer: Answer, now: datetime) -> None:
    """The carrier proved that nothing was placed (E0 to E3)."""
    settle(attempt, Attempt.REFUSED, answer, now)
    if go_on_as_the_first(call, now):
        return
    why = answer.reason or "The carrier did not take the call."
    if answer.evidence == Evidence.REFUSED:
        records.move(
            call=call,
            to=states.REJECTED,
            what="rejected",
            source="carrier",
            now=now,
            data={"attempt": attempt.number, "http_status": answer.http_status},
            reason="carrier_rejected",
            reason_text=why[:300],
        )
        return
    if answer.evidence == Evidence.CREDENTIALS:
        why = answer.reason or REJECTED
        routes.pause_account(account=call.account, actor=DISPATCH, now=now, reason=why)
    again = retry.next_try(
        now=now, tries=attempt.number, retry_after=answer.retry_after, random=_jitter.random()
    )
    data = {"attempt": attempt.number, "evidence": answer.evidence}
    requeue(call, at=again, why=why, now=now, data=data, retrying=True)


def _judge_carrier(account: CarrierAccount, answer: Answer, now: datetime) -> None:
    """Open the account's breaker when too many of the last requests had no answer."""
    if account.broken_at is not None or not health.is_broken(
        queries.recent_outcomes(account, now=now)
    ):
        return
    breaks = health.breaks_in_a_row(breaks=account.breaks, mended_at=account.mended_at, now=now)
    routes.open_breaker(
        account=account,
        actor=DISPATCH,
        now=now,
        reason=answer.reason,
        breaks=breaks,
        probe_at=now + health.rest(breaks),
    )


def _late_answer(call: Call, attempt: Attempt, answer: Answer, now: datetime) -> None:
    """The answer came after an event or the sweeper had settled the attempt; keep what it says."""
    data: dict[str, Any] = {"evidence": answer.evidence, "http_status": answer.http_status}
    remote = answer.carrier_call_id or ""
    if not remote or remote == call.carrier_call_id:
        data["why"] = "It changes nothing."
    else:
        data["carrier_call_id"] = remote
    records.note_event(call=call, what="late_answer", source="carrier", now=now, data=data)
    if "why" not in data:
        _another_call(call, attempt, answer, remote, now)


def _another_call(call: Call, attempt: Attempt, answer: Answer, remote: str, now: datetime) -> None:
    """A late answer names a call that is not the one on record: one was rung that nobody counts."""
    if attempt.outcome in Attempt.NOT_PLACED:
        take_proof(
            call=call,
            attempt=attempt,
            carrier_call_id=remote,
            found=answer,
            source="carrier",
            now=now,
        )
    elif queries.bound_ids(call.account, [remote]):
        return
    elif call.carrier_call_id is None:
        # A person said how it ended; by its id the log tells the rest.
        records.enrich(call=call, source="carrier", now=now, carrier_call_id=remote)
        Call.objects.filter(pk=call.pk).update(next_check_at=now)
    else:
        twice = Difference(TWICE, remote, call.caller_id, call.to, at=None, call_id=call.pk)
        keep_finding(call.account, twice, call.tenant_id, now)
