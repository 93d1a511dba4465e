"""Once an hour, hold an account's log against our attempts and the events nobody could explain."""

from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from calls.carriers.base import CARRIERS, Report, UnreadableEvent, class_of
from calls.dispatch import actions as dispatch
from calls.dispatch import queries, reconcile
from calls.dispatch.match import AFTER_ALL, STOPS, Asked, Difference, differences
from calls.dispatch.models import Attempt, Finding
from calls.events.models import InboundEvent
from calls.lib.later import later
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount, PhoneRoute

EVERY = timedelta(hours=1)
# A slow log holds the hand that reads it for more than a minute: so many begin in any minute, and no more.
MOST_STARTED = 2
LOOK_BACK = timedelta(hours=26)
# The carrier's clock may run ahead of ours, and its rows are asked for by its own.
MARGIN = timedelta(minutes=5)


def match_waiting(*, now: datetime) -> None:
    """Start the match of the accounts in use whose hour has come: a few a minute, the longest ago first."""
    used = Attempt.objects.filter(intent_at__gte=now - LOOK_BACK).values("account")
    before = queries.beats("match:")
    waiting = [
        (before.get(loop) or now - LOOK_BACK, loop, account)
        for account in CarrierAccount.objects.filter(pk__in=used)
        if (loop := f"match:{account.pk.hex}") not in before or before[loop] <= now - EVERY
    ]
    for _, loop, account in sorted(waiting, key=lambda one: one[:2])[:MOST_STARTED]:
        if dispatch.take_round(loop=loop, now=now, lease=EVERY):
            later("match_account", account_id=account.public_id)


def match_account(*, account: CarrierAccount, now: datetime) -> list[Finding]:
    """Find and keep what the three records of the last day do not agree on; gives back what is new.

    Of a log that cannot be read to its end only what it shows counts, a second call or one taken for never
    placed; what it does not show proves nothing, and the next hour tries again.
    """
    since = now - LOOK_BACK
    log, complete = reconcile.read_log(account, since)
    owners = dict(PhoneRoute.objects.filter(account=account).values_list("number", "tenant"))
    settled_by = now - queries.window_of(account)
    heard = _unexplained(account, since, before=settled_by)
    found = _open(
        differences(
            asked=_asked(account, since - MARGIN),
            heard=heard,
            log=log,
            bound=queries.bound_ids(account, [row.carrier_call_id for row in (*log, *heard)]),
            ours=owners,
            since=since,
            settled_by=settled_by,
        ),
        now,
    )
    if complete:
        routes.note_match(account=account, now=now)
    else:
        found = [one for one in found if one.kind in STOPS]
        since = now  # and nothing is taken for explained
    return dispatch.keep_findings(account=account, found=found, owners=owners, since=since, now=now)


def _open(found: Iterable[Difference], now: datetime) -> list[Difference]:
    """What is left for people, once calls that only waited to be dialled again are known to be placed."""
    return [one for one in found if not _bound(one, now)]


def _bound(one: Difference, now: datetime) -> bool:
    if one.kind != AFTER_ALL or one.call_id is None:
        return False
    return dispatch.bind_after_all(call_id=one.call_id, carrier_call_id=one.key, now=now)


def _asked(account: CarrierAccount, since: datetime) -> list[Asked]:
    rows = Attempt.objects.filter(account=account, intent_at__gte=since)
    columns = ("call_id", "caller_id", "to", "intent_at", "outcome", "call__carrier_call_id")
    return [_as_asked(*row) for row in rows.values_list(*columns)]


def _as_asked(
    call_id: UUID, caller_id: str, to: str, asked_at: datetime, outcome: str, remote: str | None
) -> Asked:
    """A call's id belongs to the attempt that was accepted, not to those before it."""
    bound = remote if outcome == Attempt.ACCEPTED else None
    return Asked(call_id, caller_id, to, asked_at, outcome, bound)


def _unexplained(account: CarrierAccount, since: datetime, before: datetime) -> list[Report]:
    """What events say that never found their call, and had time enough to."""
    rows = InboundEvent.objects.filter(
        account=account, effect=InboundEvent.PARKED, received_at__range=(since, before)
    )
    if account.carrier not in CARRIERS:
        return []
    read, reports = class_of(account.carrier).read_event, []
    for row in rows:
        try:
            report = read(row.body.encode(), query=row.query).report
        except UnreadableEvent:
            continue  # it was readable when it came; a newer client may read less
        if report is not None:
            reports.append(report)
    return reports
