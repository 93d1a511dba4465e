"""Verbs of carrier events: receive (verify, store once), absorb (apply, or park for later)."""

import logging
import random
from collections.abc import Mapping
from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from django.db import InterfaceError, OperationalError, transaction
from django.db.models import F

from calls.audit import actions as audit
from calls.audit import actor as actors
from calls.carriers.base import (
    OPTED_OUT,
    CarrierEvent,
    Report,
    UnreadableEvent,
    carrier_for,
    class_of,
)
from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.events import strays
from calls.events.models import InboundEvent
from calls.lib import phone
from calls.lib.errors import BadField, NotFound, Refusal
from calls.lib.later import later
from calls.lib.secrets import Undecryptable
from calls.records.models import Call
from calls.routes import queries as routes
from calls.routes.models import CarrierAccount

log = logging.getLogger(__name__)

EVENTS = actors.system("carrier events")

MOST_BYTES = 64 * 1024
LONGEST_QUERY = 200
KEEP_PARKED = timedelta(hours=24)
MOST_AT_ONCE = 200
SUSPICION_EVERY = timedelta(hours=1)
_anywhere = random.SystemRandom()


class NotGenuine(Refusal):
    """The signature is missing, wrong or too old."""

    code = "signature_invalid"
    status = 401
    message = "The signature does not match. Check the webhook secret of the carrier account."


class CannotVerify(Refusal):
    """Our own trouble: the account's secrets were sealed with a key that is gone; the carrier tries again."""

    code = "cannot_verify"
    status = 503
    message = "This event cannot be verified here at the moment. Send it again later."


class TooLarge(Refusal):
    """More bytes than any event has."""

    code = "event_too_large"
    status = 413
    message = "An event has at most 64 kB."


def receive(
    *, token: str, headers: Mapping[str, str], body: bytes, now: datetime, url: str = ""
) -> InboundEvent:
    """Store one delivery, once per event. Raises NotFound, TooLarge, NotGenuine, CannotVerify, BadField.

    `url` is the address it came to, as the carrier knows it.
    """
    account = routes.account_at(token, now=now)
    if account is None:
        raise NotFound
    if len(body) > MOST_BYTES:
        raise TooLarge
    try:
        carrier = carrier_for(routes.access_to(account))
    except Undecryptable as problem:
        log.error("an event cannot be verified", extra={"account": account.public_id})
        raise CannotVerify from problem
    if not carrier.genuine(url=url, headers=headers, body=body, now=now):
        _note_suspicion(account, "security.unsigned_event", now, event="")
        raise NotGenuine
    query = urlsplit(url).query[:LONGEST_QUERY]
    try:
        event = carrier.read_event(body, query=query)
    except UnreadableEvent as problem:
        raise BadField("body", str(problem)) from None
    return _store(account, event, body, query, now)


@transaction.atomic
def absorb(*, event_id: UUID, now: datetime) -> InboundEvent:
    """Apply a stored event to its call; without a call to match it stays parked, and is tried again.

    Who opts out in it is listed at once, call or no call (decision 16).
    """
    # Only the event: whoever claims a call holds the call and waits for its account (no deadlock).
    events = InboundEvent.objects.select_for_update(of=("self",))
    row = events.select_related("account").get(pk=event_id)
    if row.absorbed_at is not None:
        return row
    # Reading needs no credential: what came is applied also where nobody can open it.
    read = class_of(row.account.carrier).read_event
    report = read(row.body.encode(), query=row.query).report
    call_id, attempt = _call_meant_by(report, row.account) if report else (None, None)
    if report is None or call_id is None:
        before, expired = row.effect, now - row.received_at > KEEP_PARKED
        row.effect = InboundEvent.IGNORED if report is None else InboundEvent.PARKED
        row.absorbed_at = now if report is None or expired else None
        if row.absorbed_at is None and row.effect == before:
            return row  # tried in vain once more, which happens every second
        if report is not None and not before:
            if queries.is_elsewhere(report, account=row.account):
                _note_suspicion(row.account, "security.foreign_event", now, event=row.public_id)
            dispatch.note_stray(account=row.account, report=report, now=now)
            _honour_stray_opt_out(row, report, now)
    else:
        changed = dispatch.apply_report(
            call_id=call_id,
            report=report,
            source="webhook",
            now=now,
            attempt_id=attempt.pk if attempt else None,
        )
        row.effect = InboundEvent.APPLIED if changed else InboundEvent.NO_CHANGE
        if attempt is not None and queries.is_disputed(attempt):
            row.effect = InboundEvent.DISPUTED
        row.call_id, row.absorbed_at = call_id, now
    row.save(update_fields=["effect", "call", "absorbed_at"])
    return row


def absorb_waiting(*, now: datetime) -> int:
    """Absorb stored events that have not found their call: the untried first, then some of the others."""
    waiting = _some_waiting()
    for event_id in waiting:
        try:
            absorb(event_id=event_id, now=now)
        except (OperationalError, InterfaceError):
            # The database's trouble, not the event's: the next round tries again.
            log.exception("event could not be absorbed yet", extra={"event": event_id})
        except Exception:  # one event nobody can apply must not hold up everybody else's
            log.exception("event could not be absorbed", extra={"event": event_id})
            set_aside(event_id=event_id, now=now)
    return len(waiting)


def _some_waiting() -> list[UUID]:
    """What one round tries. Where too many strangers' events wait for that, each round looks elsewhere."""
    rows = InboundEvent.objects.filter(absorbed_at__isnull=True).order_by("received_at")
    # An effect is empty until an event is tried, so strangers' events never hold up a new one.
    found = list(rows.filter(effect="").values_list("pk", flat=True)[:MOST_AT_ONCE])
    parked, room = rows.exclude(effect="").values_list("pk", flat=True), MOST_AT_ONCE - len(found)
    too_many = max(0, parked.count() - room)
    start = _anywhere.randint(0, too_many)
    return found + list(parked[start : start + room])


def _note_suspicion(account: CarrierAccount, verb: str, now: datetime, *, event: str) -> None:
    """Log each; one an hour and account stands in the audit log, for whoever sends them sends many."""
    log.warning(verb, extra={"account": account.public_id, "event": event})
    loop = f"{verb.removeprefix('security.')[:7]}:{account.pk.hex}"
    last = queries.last_beat(loop)
    if last is not None and now - last < SUSPICION_EVERY:
        return
    with transaction.atomic():
        if dispatch.take_round(loop=loop, now=now, lease=SUSPICION_EVERY):
            after = {"event": event} if event else {}
            tenant_id = account.tenant_id
            audit.note(
                actor=EVENTS, verb=verb, target=account, tenant_id=tenant_id, now=now, after=after
            )


def set_aside(*, event_id: UUID, now: datetime) -> None:
    """Give up an event that cannot be applied; it is kept, and the carrier's log tells the rest."""
    rows = InboundEvent.objects.filter(pk=event_id, absorbed_at__isnull=True)
    rows.update(effect=InboundEvent.BROKEN, absorbed_at=now)


@transaction.atomic
def _store(
    account: CarrierAccount, event: CarrierEvent, body: bytes, query: str, now: datetime
) -> InboundEvent:
    row, new = InboundEvent.objects.get_or_create(
        account=account,
        dedupe_key=event.dedupe_key,
        defaults={
            "kind": event.kind[:64],
            "body": body.decode(),
            "query": query,
            "received_at": now,
        },
    )
    if new:
        later("absorb", event_id=row.public_id)
    else:
        InboundEvent.objects.filter(pk=row.pk).update(deliveries=F("deliveries") + 1)
    return row


def _call_meant_by(report: Report, account: CarrierAccount) -> tuple[UUID | None, Attempt | None]:
    """The call with the report's id; else the one attempt that it names or its numbers point at."""
    known = Call.objects.filter(account=account, carrier_call_id=report.carrier_call_id)
    if found := known.values_list("pk", flat=True).first():
        return found, None
    attempt = queries.attempt_meant_by(report, account=account)
    return (attempt.call_id, attempt) if attempt else (None, None)


def _honour_stray_opt_out(row: InboundEvent, report: Report, now: datetime) -> None:
    """List who opted out in a call that is not on record, for every tenant that may have called."""
    if report.disposition != OPTED_OUT:
        return
    to, caller_id = _e164(report.to), _e164(report.caller_id)
    ours = routes.our_numbers([to, caller_id])
    said = strays.opt_out_in(to=to, caller_id=caller_id, our_numbers=ours)
    if said is None:
        log.warning("an opt-out names nobody who could be listed", extra={"event": row.public_id})
        return
    for tenant in routes.callers_with(said.ours, account=row.account):
        dnc.add_number(
            tenant=tenant,
            number=said.person,
            reason=f"Asked not to be called again, in a call that is not on record ({row.public_id})",
            source="carrier event",
            actor=EVENTS,
            now=now,
        )


def _e164(text: str) -> str:
    try:
        return phone.read(text).e164
    except phone.UnreadableNumber:
        return ""
