"""Ask a carrier's call log about every call whose end is not known, and apply what it shows."""

import logging
import time
from collections.abc import Iterable
from datetime import datetime, timedelta

from calls.carriers.base import CarrierUnavailable, NoClient, Report, carrier_for
from calls.dispatch import actions, queries, retry
from calls.dispatch.match import SAME_ATTEMPT
from calls.dispatch.models import Attempt
from calls.lib.meter import limited
from calls.lib.secrets import Undecryptable
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to

log = logging.getLogger(__name__)

BATCH = 200
# A reading, all its pages together, is over before the next one of the same calls may begin.
GIVEN_UP = retry.LONGEST_READING - timedelta(seconds=10)


def reconcile(*, account: CarrierAccount, now: datetime) -> int:
    """Look in the account's log for each call due for a check; returns how many were looked for."""
    calls = list(queries.calls_to_check(account, now=now)[:BATCH])
    # Taken first: a reading that hangs is not started again by every sweep.
    actions.take_checks(call_ids=[call.pk for call in calls], now=now)
    attempts = {
        call.pk: attempt for call in calls if (attempt := queries.attempt_to_look_for(call))
    }
    if not calls:
        return 0
    since = min((a.intent_at for a in attempts.values()), default=now) - timedelta(minutes=1)
    reports, complete = read_log(account, since)
    for call in calls:
        try:
            _look_for(call, attempts.get(call.pk), reports, complete, now)
        except Exception:  # one call nobody can judge must not leave the rest unknown
            log.exception("a call could not be held against the log", extra={"call": call.sid})
    return len(calls)


def read_log(account: CarrierAccount, since: datetime) -> tuple[list[Report], bool]:
    """Every row that could be read, and whether that was all: only then does absence mean anything."""
    reports: list[Report] = []
    try:
        with limited(over_by=time.monotonic() + GIVEN_UP.total_seconds()):
            for report in carrier_for(access_to(account)).call_log(since=since):
                reports.append(report)  # noqa: PERF402 - what was read before a failure counts
    except (CarrierUnavailable, NoClient, Undecryptable) as trouble:
        log.warning("log not read whole", extra={"account": account.public_id, "why": str(trouble)})
        routes.note_log(account=account, trouble=str(trouble), now=queries.database_now())
        return reports, False
    routes.note_log(account=account, trouble="", now=queries.database_now())
    return reports, True


def _look_for(
    call: Call, attempt: Attempt | None, reports: list[Report], complete: bool, now: datetime
) -> None:
    matching = _matching(call, attempt, reports, now) if attempt else []
    if matching and attempt:
        actions.apply_report(
            call_id=call.pk,
            report=matching[0],
            source="call_log",
            now=now,
            attempt_id=attempt.pk,
        )
        for extra in matching[1:]:
            if not _is_soon(extra, attempt):
                continue  # somebody else's; the hourly match says so
            actions.note_provider_duplicate(
                call_id=call.pk, other_id=extra.carrier_call_id, now=now
            )
    actions.check_again(call_id=call.pk, absent=complete and not matching, now=now)


def _is_soon(row: Report, attempt: Attempt | None) -> bool:
    """Whether a row nobody owns is taken for a second call of this attempt, as the hourly match does."""
    return attempt is not None and (row.at is None or row.at - attempt.intent_at <= SAME_ATTEMPT)


def _matching(
    call: Call, attempt: Attempt, reports: Iterable[Report], now: datetime
) -> list[Report]:
    """The call's own rows: by the carrier's id first, then rows nobody owns between its two numbers."""
    own = [r for r in reports if call.carrier_call_id and r.carrier_call_id == call.carrier_call_id]
    pair = [r for r in reports if (r.to, r.caller_id) == (call.to, call.caller_id)]
    earliest = attempt.intent_at - retry.CLOCK_SKEW
    recent = [r for r in pair if r.at is None or r.at >= earliest]
    bound = queries.bound_ids(call.account, [r.carrier_call_id for r in recent])
    ownerless = [r for r in recent if r.carrier_call_id not in bound]
    if ownerless and queries.others_ask(attempt):
        # Another call between these two numbers is not confirmed either, perhaps another tenant's: nobody can
        # tell whose row it is, so it binds none, and none of them is dialled again on a guess.
        actions.note_stray(account=call.account, report=ownerless[0], now=now)
        return own
    return own + sorted(ownerless, key=lambda r: (r.at is None, r.at))
