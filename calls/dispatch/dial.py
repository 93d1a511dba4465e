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
from calls.lib.secrets import Undecryptable
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to

# The lease must outlive the request's own limit (60 s) with room to write the result (RELIABILITY 2.1).
LEAST_LEASE_LEFT = 75.0
LEASE_SECONDS = actions.LEASE.total_seconds()
# The gates judge a ring that begins at once (R5.4): a verdict that waited longer for a lock is not acted on.
LONGEST_JUDGEMENT = 15.0
# A claim is worth trying when the account's next slot comes this soon.
HORIZON = actions.LONGEST_WAIT_FOR_SLOT
# A request may leave so many seconds after its slot; slots leave room for that and no more.
PUNCTUAL = 0.008
MOST_SLOTS = 9  # the last lead is five seconds

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

    def in_time() -> bool:
        on_time, asking = _await_slot(intent), clock()
        lease_left = LEASE_SECONDS - (asking - started)
        return on_time and lease_left >= LEAST_LEASE_LEFT and asking - judged <= LONGEST_JUDGEMENT

    answer = _ask(intent, in_time)
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


def _ask(intent: actions.Intent, in_time: Callable[[], bool] = lambda: True) -> Answer:
    """Ask, once everything is at hand and the slot has come."""
    try:
        carrier = carrier_for(access_to(intent.account))
    except Undecryptable as problem:
        return Answer(Evidence.CREDENTIALS, reason=str(problem))
    except NoClient:
        return Answer(
            Evidence.NO_BYTE_SENT, reason="This installation cannot speak to the carrier."
        )
    if not in_time():
        return Answer(Evidence.NO_BYTE_SENT, reason="This worker was too slow to ask in time.")
    return carrier.place(intent.request)
