"""Stopping what waits: a call accepted in good faith may become one that may never be placed."""

import logging
from collections import deque
from collections.abc import Callable
from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.placing import queries
from calls.placing.touched import stops_since, waiting_for, waiting_touched_since
from calls.policy.approved import as_if_approved
from calls.policy.decide import Decision, Verdict, decide
from calls.policy.remedies import PASSING
from calls.records import actions as records
from calls.records import states
from calls.records.models import Receipt
from calls.records.queries import locked

log = logging.getLogger(__name__)

# So many calls take a second or two: often enough to look up, and no look is dearer than what it interrupts.
CALLS_AT_ONCE = 10


def stop_forbidden(
    *, since: datetime, now: datetime, clock: Callable[[], datetime] | None = None
) -> int:
    """Refuse every waiting call that may never be placed any more; how many were stopped.

    Looks only at calls touched by something new since `since`: a number that was listed, words that
    were withdrawn, consent that was revoked, a key that leaked. Asking twice changes nothing. There may
    be very many, so before each few the `clock` is asked anew, and whoever said stop meanwhile goes first.
    """
    heard = set(stops_since(since))
    queue = deque(waiting_touched_since(since))
    stopped = 0
    while queue:
        at = clock() if clock else now
        queue.extendleft(reversed(_said_meanwhile(since, heard)))
        for call_id in [queue.popleft() for _ in range(min(len(queue), CALLS_AT_ONCE))]:
            stopped += _stop(call_id, at)
    return stopped


def _said_meanwhile(since: datetime, heard: set[UUID]) -> list[UUID]:
    """Waiting calls to people who said stop and have not been heard yet; now they have."""
    news = {key: stop for key, stop in stops_since(since).items() if key not in heard}
    heard.update(news)
    return waiting_for(news)


def _stop(call_id: UUID, now: datetime) -> bool:
    try:
        return stop_call(call_id=call_id, now=now)
    except Exception:  # one call nobody can judge must not keep the others going
        log.exception("waiting call could not be judged", extra={"call": call_id})
        return False


@transaction.atomic
def stop_call(*, call_id: UUID, now: datetime) -> bool:
    """Ask every gate about a waiting call, and refuse it if time alone will not let it pass."""
    call = locked(call_id)
    if call.state not in states.WAITING:
        return False
    facts = queries.gather_again(call, now=now)
    decision = decide(facts)
    # That nobody has approved its words yet is what a held call waits for.
    held = call.state == states.HELD
    final = for_good(decide(as_if_approved(facts)) if held else decision)
    if final is None:
        return False
    records.keep_receipt(call=call, moment=Receipt.STOP, decision=decision, now=now)
    return records.refuse(call=call, verdict=final, source="gates", now=now)


def for_good(decision: Decision) -> Verdict | None:
    """The first refusal that no waiting clears; None when the call may still go one day."""
    blocks = (verdict for verdict in decision.refusals if verdict.outcome == "block")
    return next((verdict for verdict in blocks if verdict.code not in PASSING), None)
