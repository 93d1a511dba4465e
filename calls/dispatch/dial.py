"""Place one call: claim, commit the intent, ask the carrier once, write down the answer.

Every step commits before the next one starts, so a crash anywhere leaves a row that says how far we were.
"""

import threading
import time
from collections.abc import Callable
from datetime import datetime
from functools import partial
from uuid import UUID

from calls.carriers.base import Answer, Evidence, NoClient, carrier_for
from calls.dispatch import actions, queries
from calls.lib import cut, ids
from calls.lib.later import later
from calls.lib.meter import limited
from calls.lib.secrets import Undecryptable
from calls.policy.facts import BEGINS_WITHIN
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to

# The lease must outlive the request's own limit (60 s) with room to write the result (RELIABILITY 2.1).
LEAST_LEASE_LEFT = 75.0
LEASE_SECONDS = actions.LEASE.total_seconds()
# The gates judge a ring that begins by then (R5.4): no byte leaves on a verdict that is older, whatever it
# waited for: a lock, a slot, a name, a connection.
LONGEST_JUDGEMENT = float(BEGINS_WITHIN)
# A claim is worth trying when the account's next slot comes this soon.
HORIZON = actions.LONGEST_WAIT_FOR_SLOT
# A request may leave so many seconds after its slot; slots leave room for that and no more.
PUNCTUAL = 0.008
MOST_SLOTS = 9  # the last lead is five seconds

TOO_SLOW = Answer(
    Evidence.NO_BYTE_SENT, reason="This worker was too slow to ask in time.", ours=True
)

Clock = Callable[[], float]

# Set when this process was asked to end: nothing more is claimed, what is asked is finished (R2.9).
ending = threading.Event()


def dial(*, call_id: UUID, clock: Clock = time.monotonic) -> bool:
    """Carry a due call out; False when it was not to be had. Never asks a carrier twice.

    `clock` tells seconds that nobody can set back; it guards against asking after the lease.
    """
    if ending.is_set():
        return False
    started = clock()
    claimed = actions.claim(call_id=call_id, now=queries.database_now())
    return claimed is not None and _carry(claimed, started, clock)


def dial_next(*, account_id: UUID, clock: Clock = time.monotonic) -> bool:
    """Carry out the call whose turn it is at an account; False when there is none, or no slot soon.

    Sends another hint as it takes a call, and one as the call's slot comes: so an account with calls due
    fills its slots by itself, on whichever worker has a hand free.
    """
    now = queries.database_now()
    if ending.is_set() or not queries.has_room(account_id, until=now + HORIZON):
        return False
    started = clock()
    claimed = actions.claim_next(account_id=account_id, now=now)
    if claimed is None:
        return False
    hint = partial(later, "dial_next", account_id=ids.public(CarrierAccount.PREFIX, account_id))
    hint()
    return _carry(claimed, started, clock, hint)


def _carry(
    claimed: actions.Claim, started: float, clock: Clock, hint: Callable[[], object] = lambda: None
) -> bool:
    cut.here("after_claim")
    if ending.wait(_seconds_until(claimed.send_at)):
        actions.release(claimed=claimed, now=queries.database_now())
        return False
    judged = clock()
    now = queries.database_now()
    intent = actions.intend(claimed=claimed, now=now, clock=queries.database_now)
    hint()
    if intent is None:
        return False
    cut.here("after_intent")

    def seconds_left() -> float:
        """How soon the request must begin to leave; nothing is left of a lease that is too old."""
        on_time, asking = _await_slot(intent), clock()
        leased = LEASE_SECONDS - (asking - started) >= LEAST_LEASE_LEFT
        return LONGEST_JUDGEMENT - (asking - judged) if on_time and leased else 0.0

    answer = _ask(intent, seconds_left)
    cut.here("after_response")
    actions.conclude(attempt_id=intent.attempt_id, answer=answer, now=queries.database_now())
    cut.here("after_result_commit")
    return True


def _await_slot(intent: actions.Intent) -> bool:
    """Sleep until the request's slot. Whoever comes late to it takes another one; False after many."""
    slot, lead = intent.slot, actions.LEAD
    for _ in range(MOST_SLOTS):
        left = _seconds_until(slot)
        if left > -PUNCTUAL:
            slept = time.monotonic()
            time.sleep(max(0.0, left))
            if time.monotonic() - slept - max(0.0, left) < PUNCTUAL:
                return True
        lead *= 2  # this machine is busy: a slot that comes at once would be missed again
        slot = actions.take_slot(
            account_id=intent.account.pk, clock=queries.database_now, lead=lead, missed=slot
        )
    return False


def _seconds_until(at: datetime) -> float:
    return (at - queries.database_now()).total_seconds()


def _ask(
    intent: actions.Intent, seconds_left: Callable[[], float] = lambda: LONGEST_JUDGEMENT
) -> Answer:
    """Ask, once everything is at hand and the slot has come; nothing leaves after `seconds_left`."""
    try:
        carrier = carrier_for(access_to(intent.account))
    except Undecryptable as problem:
        return Answer(Evidence.CREDENTIALS, reason=str(problem))
    except NoClient:
        why = "This installation cannot speak to the carrier."
        return Answer(Evidence.NO_BYTE_SENT, reason=why, ours=True)
    left = seconds_left()
    latest = time.monotonic() + left
    if left <= 0:
        return TOO_SLOW
    with limited(first_byte_by=latest):
        answer = carrier.place(intent.request)
    late = answer.evidence == Evidence.NO_BYTE_SENT and time.monotonic() >= latest
    return TOO_SLOW if late else answer
