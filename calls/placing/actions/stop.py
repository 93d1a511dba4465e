"""Stopping what waits: a call accepted in good faith may become one that may never be placed."""

import logging
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.placing import queries, resolve
from calls.placing.touched import waiting_touched_since
from calls.policy.decide import Decision, Verdict, decide
from calls.policy.remedies import PASSING
from calls.records import actions as records
from calls.records import states
from calls.records.models import Receipt
from calls.records.queries import locked

log = logging.getLogger(__name__)

# A sign of life is a write of its own, as dear as stopping a call; so many calls take a second or two.
CALLS_A_SIGN = 10


def stop_forbidden(
    *, since: datetime, now: datetime, alive: Callable[[], object] = lambda: None
) -> int:
    """Refuse every waiting call that may never be placed any more; how many were stopped.

    Looks only at calls touched by something new since `since`: a number that was listed, words that
    were withdrawn, consent that was revoked, a key that leaked. Asking twice changes nothing. Tells
    `alive` before each few calls, for there may be many.
    """
    stopped = 0
    for number, call_id in enumerate(waiting_touched_since(since)):
        if number % CALLS_A_SIGN == 0:
            alive()
        try:
            stopped += stop_call(call_id=call_id, now=now)
        except Exception:  # one call nobody can judge must not keep the others going
            log.exception("waiting call could not be judged", extra={"call": call_id})
    return stopped


@transaction.atomic
def stop_call(*, call_id: UUID, now: datetime) -> bool:
    """Ask every gate about a waiting call, and refuse it if time alone will not let it pass."""
    call = locked(call_id)
    if call.state not in states.WAITING:
        return False
    facts = queries.gather(
        resolve.of_call(call),
        requester=queries.accepted_requester(call),
        now=now,
        due=max(now, call.due_at),
        call=call,
    )
    decision = decide(facts)
    final = for_good(decision)
    if final is None:
        return False
    records.keep_receipt(call=call, moment=Receipt.STOP, decision=decision, now=now)
    return records.refuse(call=call, verdict=final, source="gates", now=now)


def for_good(decision: Decision) -> Verdict | None:
    """The first refusal that no waiting clears; None when the call may still go one day."""
    blocks = (verdict for verdict in decision.refusals if verdict.outcome == "block")
    return next((verdict for verdict in blocks if verdict.code not in PASSING), None)
