"""What people found out about a call whose outcome nobody knew: it was placed, or it never was."""

import re
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from calls.audit import actions as audit
from calls.audit.actor import Actor
from calls.dispatch import queries
from calls.dispatch.actions.proof import go_on_as_the_first
from calls.dispatch.actions.steps import next_check, take_word
from calls.dispatch.models import Attempt
from calls.lib.errors import BadField, NotPermitted, Refusal
from calls.placing.actions import may_cancel
from calls.records import actions as records
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked

ENDINGS = (states.COMPLETED, states.NO_ANSWER, states.BUSY, states.FAILED)
NOT_YOURS = "Somebody else asked for this call. Ask them, an owner or an admin to decide."
LONGEST_PROOF = 500


class NothingToDecide(Refusal):
    """The call is not one that waits for a person."""

    code = "nothing_to_decide"
    message = "The carrier's log has settled this call meanwhile. Look at it again."


class IdTaken(BadField):
    """The carrier's id somebody found is another call's."""

    def __init__(self) -> None:
        super().__init__("carrier_call_id", "This id belongs to another call. Check it.")


@transaction.atomic
def decide_placed(
    *,
    call: Call,
    actor: Actor,
    now: datetime,
    how_known: str,
    ended_as: str,
    carrier_call_id: str = "",
) -> Call:
    """It was placed after all, and ended as said; with the carrier's id, its log is asked for the details.

    `how_known` is kept for ever. Raises NotPermitted, NothingToDecide, BadField, IdTaken.
    """
    call, attempt = _waiting_for_people(call, actor, now, how_known)
    if ended_as not in ENDINGS:
        raise BadField("ended_as", "Say how it ended.")
    remote = carrier_call_id or call.carrier_call_id
    if carrier_call_id and not re.fullmatch(r"[\w-]{6,128}", carrier_call_id, re.ASCII):
        raise BadField(
            "carrier_call_id", "This is no carrier's id. Copy it from the carrier's log."
        )
    if remote != call.carrier_call_id and queries.bound_ids(call.account, [carrier_call_id]):
        raise IdTaken
    why = f"{actor.name} found out how it ended; the carrier's log had not shown it."
    take_word(attempt, Attempt.ACCEPTED, now)
    records.move(
        call=call,
        to=ended_as,
        what="decided_placed",
        source=actor.kind,
        now=now,
        data={"attempt": attempt.number, "why": how_known},
        carrier_call_id=remote,
        dialled_at=attempt.intent_at,
        # One more look for its duration, where the log can be asked by the id.
        next_check_at=now if remote else None,
        cost=_first_minute(call) if ended_as == states.COMPLETED else None,
        reason="",
        reason_text=why[:300],
    )
    found = {"carrier_call_id": remote or "", "ended_as": ended_as}
    _keep(call, "call.decided_placed", actor, now, {"how_known": how_known} | found)
    return call


@transaction.atomic
def decide_not_placed(
    *, call: Call, actor: Actor, now: datetime, how_known: str, again: bool
) -> Call:
    """It was never placed: close the attempt, and dial again (every gate is asked) or leave it at that.

    Raises NotPermitted, NothingToDecide, BadField.
    """
    call, attempt = _waiting_for_people(call, actor, now, how_known)
    if call.state != states.NEEDS_HUMAN:
        raise NothingToDecide  # the carrier took it, and said so
    if again and call.expires_at <= now:
        raise BadField("again", "Its time has run out, so it cannot be dialled. Place a new call.")
    why = f"{actor.name} found out that it was never placed."
    take_word(attempt, Attempt.ABSENT, now)
    event: dict[str, Any] = {"what": "decided_not_placed", "source": actor.kind, "now": now}
    event["data"] = {"attempt": attempt.number, "why": how_known}
    moved: dict[str, Any] = {"reason": "not_placed", "next_check_at": None}
    if again:
        # While it waits, its log may still show it.
        moved = {"reason": "", "due_at": now, "next_check_at": next_check(call, attempt, now)}
    if go_on_as_the_first(call, now):
        records.note_event(call=call, **event)
    else:
        to = states.QUEUED if again else states.CANCELED
        records.move(call=call, to=to, reason_text=why[:300], **event, **moved)
    _keep(call, "call.decided_not_placed", actor, now, {"how_known": how_known, "again": again})
    return call


def may_decide(call: Call, actor: Actor) -> bool:
    """People decide about calls they could cancel: support about its own, owners and admins any."""
    return actor.kind == "member" and may_cancel(call, actor)


def _waiting_for_people(
    call: Call, actor: Actor, now: datetime, how_known: str
) -> tuple[Call, Attempt]:
    call = locked(call.pk)
    if not may_decide(call, actor):
        raise NotPermitted(NOT_YOURS)
    attempt = queries.live_attempt(call)
    if attempt is None or not queries.needs_people(call, now=now):
        raise NothingToDecide
    if not 3 <= len(how_known.strip()) <= LONGEST_PROOF:
        raise BadField("how_known", "Say in a sentence how you know: it is kept with the call.")
    return call, attempt


def _first_minute(call: Call) -> Decimal | None:
    """What a call costs at least whose length nobody knows; the log corrects it."""
    return call.account.price_per_minute or None


def _keep(call: Call, verb: str, actor: Actor, now: datetime, after: dict[str, Any]) -> None:
    audit.note(actor=actor, verb=verb, target=call, tenant_id=call.tenant_id, now=now, after=after)
