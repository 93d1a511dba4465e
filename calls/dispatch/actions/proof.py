"""Proof that a call exists which was taken for never placed.

While nothing else was asked for, the call is that call, and is not dialled again. Once it was, or once the
call is over, the account stops and people look: somebody may have been rung twice.
"""

from datetime import datetime
from uuid import UUID

from django.db import transaction

from calls.carriers.base import Answer, Evidence
from calls.dispatch import queries
from calls.dispatch.actions import findings
from calls.dispatch.actions.steps import bind
from calls.dispatch.match import AFTER_ALL, Difference
from calls.dispatch.models import Attempt
from calls.records import states
from calls.records.models import Call
from calls.records.queries import locked

WENT_ON = "It was taken for never placed, and it was placed: it goes on as that call and is not dialled again."
ASKED_AGAIN = (
    "It was taken for never placed, and it was placed. It was asked for again meanwhile: somebody may have"
    " been rung twice. The account is paused."
)
OVER = "It was taken for never placed, and it was placed. The account is paused."
ONLY_ONE = "The request after it placed nothing, so the call goes on as this one."


def take_proof(
    *, call: Call, attempt: Attempt, carrier_call_id: str, found: Answer, source: str, now: datetime
) -> bool:
    """Whether the call, which is locked, is this call of the carrier's from now on.

    Where it cannot be any more, AFTER_ALL is found: that pauses the account.
    """
    if queries.bound_ids(call.account, [carrier_call_id]):
        return False
    if _still_waits(call):
        return _go_on(call, attempt, carrier_call_id, found, source, now)
    if source == "call_log":
        return (
            False  # the row may be of what was asked for since; the hourly match tells them apart
        )
    newer = call.attempts.filter(number__gt=attempt.number).exists()
    findings.keep_finding(
        call.account,
        Difference(AFTER_ALL, carrier_call_id, call.caller_id, call.to, None, found.word, call.pk),
        call.tenant_id,
        now,
        why=ASKED_AGAIN if newer else OVER,
    )
    return False


@transaction.atomic
def bind_after_all(*, call_id: UUID, carrier_call_id: str, now: datetime) -> bool:
    """A row of the log shows a call that waits to be dialled again: it is that one. False when none waits."""
    call = locked(call_id)
    attempt = call.attempts.filter(outcome=Attempt.ABSENT).first()
    if attempt is None or not _still_waits(call):
        return False
    found = Answer(Evidence.CONFIRMED)
    return take_proof(
        call=call,
        attempt=attempt,
        carrier_call_id=carrier_call_id,
        found=found,
        source="call_log",
        now=now,
    )


def go_on_as_the_first(call: Call, now: datetime) -> bool:
    """Now that its latest request placed nothing, the call is the one that an earlier request placed, if any.

    Only while nobody has settled that earlier finding by their own word.
    """
    row = call.findings.filter(kind=AFTER_ALL, settled_at__isnull=True).first()
    attempt = call.attempts.filter(outcome__in=Attempt.NOT_PLACED).order_by("number").first()
    if row is None or attempt is None or queries.bound_ids(call.account, [row.key]):
        return False
    found = Answer(Evidence.CONFIRMED, word=row.data["word"])
    _go_on(call, attempt, row.key, found, "reconcile", now)
    findings.explain(row, ONLY_ONE, now)
    return True


def _still_waits(call: Call) -> bool:
    """Whether nothing has been asked for since, and something would be."""
    waits = call.state in (states.QUEUED, states.DISPATCHING)
    return waits and queries.live_attempt(call) is None


def _go_on(
    call: Call, attempt: Attempt, carrier_call_id: str, found: Answer, source: str, now: datetime
) -> bool:
    told, word = {"why": WENT_ON}, found.word
    return bind(call, attempt, carrier_call_id, found, source, now, told=told, carrier_word=word)
