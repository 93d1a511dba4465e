"""From due to asked: claim a call, and commit the intent to dial it."""

import hashlib
from collections.abc import Callable
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from calls.carriers.base import CallRequest
from calls.dispatch import queries, turns
from calls.dispatch.actions.steps import requeue
from calls.dispatch.models import Attempt
from calls.placing import queries as placing
from calls.placing import resolve
from calls.placing.actions import for_good
from calls.policy.decide import Decision, decide
from calls.policy.remedies import look_again
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call, Receipt
from calls.records.queries import locked
from calls.routes.models import CarrierAccount

LEASE = timedelta(seconds=120)
# A claim is given only when its turn within the account's CPS comes this soon.
LONGEST_WAIT_FOR_SLOT = timedelta(seconds=1)
# Requests leave a hundredth farther apart than the carrier's CPS says, so that one that leaves some
# milliseconds late makes no rolling second too full.
SPACING = 1.01
# From allotting a slot to the slot at the earliest: the intent is committed meanwhile.
LEAD = timedelta(milliseconds=20)


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one call, from `send_at`: every later write carries the fence."""

    call_id: UUID
    fence: int
    send_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """A committed attempt, and the one request it allows, at its slot."""

    attempt_id: UUID
    request: CallRequest
    account: CarrierAccount
    slot: datetime


@transaction.atomic
def claim(*, call_id: UUID, now: datetime) -> Claim | None:
    """Take one due call, within its account's CPS and concurrency; None when it is not to be had.

    Nor is it while its slot is still to come and calls of another tenant wait: then they take turns.
    """
    call = _lock_due(call_id, now)
    if call is None or _expire(call, now):
        return None
    account = _lock_account(call.account_id)
    if not _sends(account, now) or queries.pause_of(call, now=now):
        return None
    if queries.pair_is_being_asked(call) or _turn_is_anothers(account, call, now):
        return None
    return _take(call, account, now)


@transaction.atomic
def claim_next(*, account_id: UUID, now: datetime) -> Claim | None:
    """Take the call whose turn it is at an account; None when there is none, or no room for it."""
    account = _lock_account(account_id)
    if not _sends(account, now):
        return None
    call_id = turns.next_call(account, now=now)
    call = _lock_due(call_id, now) if call_id else None
    return _take(call, account, now) if call else None


@transaction.atomic
def take_slot(
    *,
    account_id: UUID,
    clock: Callable[[], datetime],
    lead: timedelta = LEAD,
    missed: datetime | None = None,
) -> datetime:
    """The next instant at which a request of this account may leave, instead of the slot it `missed`.

    `clock` is read when the account's row is ours: whoever waited for it must not be late for the slot.
    """
    account = _lock_account(account_id)
    spacing, earliest = timedelta(seconds=SPACING / account.cps), clock() + lead
    # A slot behind which nobody waits is not lost by coming late to it: it moves.
    is_last = missed is not None and account.next_send_at == missed + spacing
    behind = earliest if is_last else account.next_send_at or earliest
    slot: datetime = max(earliest, behind)
    account.next_send_at = slot + spacing
    account.save(update_fields=["next_send_at"])
    return slot


@transaction.atomic
def release(*, claimed: Claim, now: datetime) -> bool:
    """Put a call back in its place that was claimed and not asked for; False when it is not ours any more."""
    call = locked(claimed.call_id)
    ours = call.state == states.DISPATCHING and call.fence == claimed.fence
    if not ours or queries.live_attempt(call) is not None:
        return False
    requeue(call, at=call.due_at, why="The worker ended before asking the carrier.", now=now)
    return True


@transaction.atomic
def intend(
    *, claimed: Claim, now: datetime, clock: Callable[[], datetime] | None = None
) -> Intent | None:
    """Ask every gate again on fresh rows and commit the attempt; None when the call may not go.

    The gates judge by `now`; the request's slot is taken by `clock`, after them.
    """
    call = locked(claimed.call_id)
    if call.state != states.DISPATCHING or call.fence != claimed.fence:
        return None
    if queries.live_attempt(call) is not None:
        return None  # this claim was used already
    if _expire(call, now):
        return None
    if why := queries.pause_of(call, now=now):
        requeue(call, at=call.due_at, why=why, now=now)
        return None
    # Whoever may ring the same person is judged before or after us, never beside us.
    placing.hold_callee(call.tenant_id, call.to)
    resolved = resolve.of_call(call)
    facts = placing.gather(
        resolved,
        requester=placing.accepted_requester(call),
        now=now,
        due=now,
        call=call,
    )
    decision = decide(facts)
    records.keep_receipt(call=call, moment=Receipt.DIAL, decision=decision, now=now)
    if not decision.allowed:
        _hold_back(call, decision, now)
        return None
    if resolved.version is not None:
        records.speak_with(call=call, version=resolved.version, source="dispatch", now=now)
    attempt, request = _open_attempt(call, now)
    slot = take_slot(account_id=call.account_id, clock=clock or (lambda: now))
    return Intent(attempt.pk, request, call.account, slot)


@transaction.atomic
def expire(*, call_id: UUID, now: datetime) -> bool:
    """End a waiting call whose time has run out."""
    call = locked(call_id)
    return call.state == states.QUEUED and _expire(call, now)


def _expire(call: Call, now: datetime) -> bool:
    if call.expires_at > now:
        return False
    return records.move(
        call=call,
        to=states.EXPIRED,
        what="expired",
        source="dispatch",
        now=now,
        reason="expired",
        reason_text="Its time ran out before it could be placed.",
    )


def _lock_due(call_id: UUID, now: datetime) -> Call | None:
    """The call, locked, if it waits and its minute has come; whoever holds it already is not waited for."""
    rows = Call.objects.select_for_update(skip_locked=True)
    return rows.filter(pk=call_id, state=states.QUEUED, due_at__lte=now).first()


def _lock_account(account_id: UUID) -> CarrierAccount:
    # Not its key: whoever writes a row of this account (accepts a call) waits for no claim.
    return CarrierAccount.objects.select_for_update(no_key=True).get(pk=account_id)


def _sends(account: CarrierAccount, now: datetime) -> bool:
    """Whether an account asks for calls at all, has a line free, and a slot soon."""
    if account.paused_at is not None or account.broken_at is not None:
        return False
    slots = (account.next_slot_at or now, account.next_send_at or now)
    late = max(slots) - now > LONGEST_WAIT_FOR_SLOT
    return not late and queries.lines_in_use(account) < account.concurrency


def _turn_is_anothers(account: CarrierAccount, call: Call, now: datetime) -> bool:
    """Whether a call would overtake other tenants' calls, for there is not room for all at once."""
    if account.next_slot_at is None or account.next_slot_at <= now:
        return False
    return turns.others_wait(account, tenant_id=call.tenant_id, now=now)


def _take(call: Call, account: CarrierAccount, now: datetime) -> Claim | None:
    slot = max(now, account.next_slot_at or now)
    account.next_slot_at = slot + timedelta(seconds=1 / account.cps)
    account.served_tenant_id = call.tenant_id
    account.save(update_fields=["next_slot_at", "served_tenant_id"])
    fence = call.fence + 1
    claimed = records.move(
        call=call,
        to=states.DISPATCHING,
        what="claimed",
        source="dispatch",
        now=now,
        fence=fence,
        lease_until=now + LEASE,
        reason="",
        reason_text="",
    )
    return Claim(call.pk, fence, slot) if claimed else None


def _hold_back(call: Call, decision: Decision, now: datetime) -> None:
    """A gate closed since the call was accepted: wait for it to open, or refuse."""
    final, first = for_good(decision), decision.refusals[0]
    # Time, our fault, or something somebody will mend: closed, not final. While a pause is in force the
    # queue leaves its calls alone, so this asks again only after it.
    opening = decision.next_allowed_at or now + look_again(v.code for v in decision.refusals)
    if final is None and opening < call.expires_at:
        requeue(call, at=opening, why=first.message, now=now, data={"gate": first.gate})
    else:
        records.refuse(call=call, verdict=final or first, source="dispatch", now=now)


def _open_attempt(call: Call, now: datetime) -> tuple[Attempt, CallRequest]:
    number = call.attempts.count() + 1
    config = call.agent_version.config if call.agent_version else {}
    request = CallRequest(
        to=call.to,
        caller_id=call.caller_id,
        agent_key=call.agent.agent_key,
        greeting=call.greeting_text,
        idempotency_key=f"{call.sid}-{number}",
        org_id=call.org.key if call.org else None,
        agent_version_id=config.get("carrier_version_id"),
        call_id=call.sid,
        attempt=number,
        media_url=config.get("media_url", ""),
        language=config.get("language", ""),
        voice=config.get("voice", ""),
    )
    attempt = Attempt.objects.create(
        tenant_id=call.tenant_id,
        call=call,
        account=call.account,
        number=number,
        caller_id=call.caller_id,
        to=call.to,
        fence=call.fence,
        request_sha256=hashlib.sha256(repr(asdict(request)).encode()).hexdigest(),
        intent_at=now,
    )
    records.note_event(
        call=call, what="asking", source="dispatch", now=now, data={"attempt": number}
    )
    return attempt, request
