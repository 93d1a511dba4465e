"""From due to asked: claim a call, and commit the intent to dial it."""

import hashlib
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction

from calls.carriers.base import CallRequest
from calls.dispatch import queries
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


@dataclass(frozen=True, slots=True)
class Claim:
    """The right to work on one call: every later write carries the fence."""

    call_id: UUID
    fence: int
    send_at: datetime


@dataclass(frozen=True, slots=True)
class Intent:
    """A committed attempt, and the one request it allows."""

    attempt_id: UUID
    request: CallRequest
    account: CarrierAccount


@transaction.atomic
def claim(*, call_id: UUID, now: datetime) -> Claim | None:
    """Take one due call, within its account's CPS and concurrency; None when it is not to be had."""
    call = (
        Call.objects.select_for_update(skip_locked=True)
        .filter(pk=call_id, state=states.QUEUED, due_at__lte=now)
        .first()
    )
    if call is None or _expire(call, now):
        return None
    call.account = account = CarrierAccount.objects.select_for_update().get(pk=call.account_id)
    slot = max(now, account.next_slot_at or now)
    if not _has_room(call, now) or slot - now > LONGEST_WAIT_FOR_SLOT:
        return None
    account.next_slot_at = slot + timedelta(seconds=1 / account.cps)
    account.save(update_fields=["next_slot_at"])
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


@transaction.atomic
def intend(*, claimed: Claim, now: datetime) -> Intent | None:
    """Ask every gate again on fresh rows and commit the attempt; None when the call may not go."""
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
    return _open_attempt(call, now)


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


def _has_room(call: Call, now: datetime) -> bool:
    return (
        not queries.pause_of(call, now=now)
        and queries.lines_in_use(call.account) < call.account.concurrency
        and not queries.pair_is_being_asked(call)
    )


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


def _open_attempt(call: Call, now: datetime) -> Intent:
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
    return Intent(attempt.pk, request, call.account)
