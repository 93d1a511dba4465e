"""Held calls: each follows the decision about its words, or ends when its time is over."""

import logging
from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.greetings.models import Review
from calls.greetings.queries import review_of
from calls.lib.later import later
from calls.placing import queries
from calls.policy.decide import decide
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call, Receipt
from calls.records.queries import held_to_settle, locked

log = logging.getLogger(__name__)

UNAPPROVED = "greeting_not_approved"


def settle_held(*, now: datetime, most: int) -> int:
    """Send on every held call whose words were decided about, or whose time is over; how many."""
    settled = 0
    for call_id in held_to_settle(now=now, most=most):
        try:
            settled += settle_call(call_id=call_id, now=now)
        except Exception:  # one call nobody can settle must not keep the others waiting
            log.exception("held call could not be settled", extra={"call": call_id})
    return settled


@transaction.atomic
def settle_call(*, call_id: UUID, now: datetime) -> bool:
    """Queue a held call whose words were approved, refuse one whose words were not; its time may be over.

    What is queued meets every gate as it is dialled, like any other call.
    """
    call = locked(call_id)
    asked = review_of(call.greeting_revision) if call.greeting_revision else None
    if call.state != states.HELD:
        return False
    if call.expires_at <= now:
        return _expire(call, now)
    if asked is None or asked.decision == Review.OPEN:
        return False
    return _release(call, asked, now) if asked.is_in_force(now) else _refuse(call, asked, now)


def _expire(call: Call, now: datetime) -> bool:
    return records.move(
        call=call,
        to=states.EXPIRED,
        what="expired",
        source="gates",
        now=now,
        reason="expired",
        reason_text="Its time ran out before its words were approved.",
    )


def _release(call: Call, asked: Review, now: datetime) -> bool:
    released = records.move(
        call=call,
        to=states.QUEUED,
        what="released",
        source="gates",
        now=now,
        data={"approved_by": asked.decided_by_name},
        reason="",
        reason_text="",
    )
    if released and call.due_at <= now:
        later("dial", call_id=call.sid)
    return released


def _refuse(call: Call, asked: Review, now: datetime) -> bool:
    decision = decide(queries.gather_again(call, now=now))
    records.keep_receipt(call=call, moment=Receipt.STOP, decision=decision, now=now)
    return records.move(
        call=call,
        to=states.REFUSED,
        what="refused",
        source="gates",
        now=now,
        data={"gate": "greeting", "reason": UNAPPROVED},
        reason=UNAPPROVED,
        reason_text=f"Its words were {_what_became_of(asked)}."[:300],
    )


def _what_became_of(asked: Review) -> str:
    """Why words are not in force that somebody decided about, as the reason of a call that waited for them."""
    by, said = asked.decided_by_name, asked.comment
    if asked.withdrawn_at is not None:
        became = "approved, and the approval was taken back"
        by, said = asked.withdrawn_by_name, asked.withdrawn_reason
    elif asked.decision == Review.APPROVED:
        became, said = "approved, and the approval ran out before the call was sent on", ""
    elif asked.was_replaced:
        became, said = "replaced by a newer revision", ""
    elif asked.decision == Review.CHANGES_REQUESTED:
        became = "not approved: changes were asked for"
    else:
        became = "rejected"
    return f"{became} ({by}{': ' if said else ''}{said})"
