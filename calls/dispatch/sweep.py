"""The safety net under every hint: find what is due, overdue or unasked, and send it on its way."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from calls.dispatch import actions, queries
from calls.lib.later import later
from calls.placing import actions as placing
from calls.records import states
from calls.records.models import Call

log = logging.getLogger(__name__)

# Held calls and redials that one round judges, and calls that it ends; what is left over is found by the next.
MOST_JUDGED = 50
MOST_ENDINGS = 200
# Hints for each account with something due. Each that finds a call sends another one, so a single one
# would do; it may be lost.
HINTS = 2

# An entry may become visible this long after the instant it carries.
LATE_COMMITS = timedelta(seconds=30)
FIRST_LOOK_BACK = timedelta(days=1)

# Whoever stops calls and has given no sign of life for so long is dead; another worker goes on.
STOPPING, ROUND = "stopping", timedelta(seconds=30)


def sweep(*, now: datetime) -> None:
    """One round: settle and end what waits, hint at due calls, ask logs and carriers that are due.

    The sign of life comes last: a round that dies is none.
    """
    started = time.monotonic()
    placing.settle_held(now=now, most=MOST_JUDGED)
    for call_id in _expired_leases(now):
        _do(actions.recover, call_id, now)
    for call_id in queries.expired_calls(now, limit=MOST_ENDINGS):
        _do(actions.expire, call_id, now)
    for call_id in queries.redials_to_arrange(limit=MOST_JUDGED):
        _do(actions.arrange_redial, call_id, now)
    for account in queries.accounts_with_due_calls(now):
        for _ in range(HINTS):
            later("dial_next", account_id=account.public_id)
    for account in queries.accounts_to_ask(now):
        later("reconcile", account_id=account.public_id)
    for account in queries.accounts_to_probe(now):
        later("probe", account_id=account.public_id)
    actions.beat(loop="sweep", now=now + timedelta(seconds=time.monotonic() - started))


def stop_forbidden(*, now: datetime) -> int:
    """Stop waiting calls that were forbidden since the last round; how many (RELIABILITY R5.7: in 5 s).

    One worker at a time: a withdrawal may touch so many calls that its round outlasts many ticks, and
    each of them would begin the same list anew, until no worker is left for the sweep.
    """
    if not actions.take_round(loop=STOPPING, now=now, lease=ROUND):
        return 0
    try:
        before = queries.last_beat("stop") or now - FIRST_LOOK_BACK
        stopped = placing.stop_forbidden(
            since=before - LATE_COMMITS, now=now, clock=_still_stopping(now)
        )
        actions.beat(loop="stop", now=now)
    finally:
        actions.beat(loop=STOPPING, now=now - ROUND)
    return stopped


def _still_stopping(now: datetime) -> Callable[[], datetime]:
    """A clock that goes on from `now`; each look at it leaves a sign of life."""
    started = time.monotonic()

    def clock() -> datetime:
        at = now + timedelta(seconds=time.monotonic() - started)
        actions.beat(loop=STOPPING, now=at)
        return at

    return clock


def _do(verb: Callable[..., object], call_id: UUID, now: datetime) -> None:
    try:
        verb(call_id=call_id, now=now)
    except Exception:  # one call nobody can judge must not keep the rest from being dialled
        log.exception("a step of the sweep failed", extra={"call": call_id})


def _expired_leases(now: datetime) -> list[UUID]:
    rows = Call.objects.filter(state=states.DISPATCHING, lease_until__lte=now)
    return list(rows.values_list("pk", flat=True)[:MOST_ENDINGS])
