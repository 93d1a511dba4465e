"""The safety net under every hint: find what is due, overdue or unasked, and send it on its way."""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from calls.dispatch import actions, queries
from calls.lib import ids
from calls.lib.later import later
from calls.placing import actions as placing
from calls.records import states
from calls.records.models import Call

log = logging.getLogger(__name__)

# Hints per account and second; what is left over is found by the next round.
MOST_HINTS = 50

# An entry may become visible this long after the instant it carries.
LATE_COMMITS = timedelta(seconds=30)
FIRST_LOOK_BACK = timedelta(days=1)

# Whoever stops calls and has given no sign of life for so long is dead; another worker goes on.
STOPPING, ROUND = "stopping", timedelta(seconds=30)


def sweep(*, now: datetime) -> None:
    """One round: settle held calls, recover expired leases, hint at due calls, ask logs that are due to be asked."""
    actions.beat(loop="sweep", now=now)
    placing.settle_held(now=now, most=MOST_HINTS)
    for call_id in _expired_leases(now):
        _recover(call_id, now)
    for account in queries.accounts_with_due_calls(now):
        # More than one second's worth: some may wait for an earlier call to the same number.
        enough = min(MOST_HINTS, round(account.cps) * 2 + 10)
        for call_id in queries.due_calls(account, now=now, limit=enough):
            later("dial", call_id=ids.public(Call.PREFIX, call_id))
    for account in queries.accounts_to_ask(now):
        later("reconcile", account_id=account.public_id)
    for account in queries.accounts_to_probe(now):
        later("probe", account_id=account.public_id)


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


def _recover(call_id: UUID, now: datetime) -> None:
    try:
        actions.recover(call_id=call_id, now=now)
    except Exception:  # one call nobody can recover must not keep the rest from being dialled
        log.exception("lease could not be ended", extra={"call": call_id})


def _expired_leases(now: datetime) -> list[UUID]:
    rows = Call.objects.filter(state=states.DISPATCHING, lease_until__lte=now)
    return list(rows.values_list("pk", flat=True)[:MOST_HINTS])
