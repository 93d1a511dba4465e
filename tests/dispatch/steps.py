"""The steps of one call's dispatch, each by its verb, and what a carrier may say."""

from datetime import datetime
from typing import Any

from calls.carriers.base import Answer, Evidence, Report
from calls.dispatch import actions as dispatch
from calls.dispatch.actions import Claim, Intent
from calls.dispatch.models import Attempt
from calls.records.models import Call
from tests.world import CALLEE, CALLER_ID, NOW, World

REMOTE = "SM0001"  # the carrier's own id of a call
ACCEPTED = Answer(Evidence.ACCEPTED, carrier_call_id=REMOTE, http_status=200, word="queued")
UNKNOWN = Answer(Evidence.UNKNOWN, http_status=500, reason="The carrier may have taken the call.")


def fresh(call: Call) -> Call:
    """The call as it is on record now."""
    return Call.objects.select_related("account", "tenant").get(pk=call.pk)


def claim(call: Call, now: datetime = NOW) -> Claim | None:
    """Try to take the call."""
    return dispatch.claim(call_id=call.pk, now=now)


def intend(call: Call, now: datetime = NOW) -> Intent | None:
    """Take the call, and commit to asking."""
    claimed = claim(call, now)
    assert claimed, "the call is not to be had"
    return dispatch.intend(claimed=claimed, now=now)


def asking(call: Call, now: datetime = NOW) -> Attempt:
    """The call with a request on its way."""
    intent = intend(call, now)
    assert intent, "a gate is closed"
    return Attempt.objects.get(pk=intent.attempt_id)


def conclude(attempt: Attempt, answer: Answer, now: datetime = NOW) -> Call:
    """The carrier answered."""
    return dispatch.conclude(attempt_id=attempt.pk, answer=answer, now=now)


def placed(world: World, *, remote: str = REMOTE, **fields: Any) -> Call:
    """A call the carrier took."""
    attempt = asking(world.place(**fields).call)
    answer = Answer(Evidence.ACCEPTED, carrier_call_id=remote, http_status=200, word="queued")
    return conclude(attempt, answer)


def lost(world: World, **fields: Any) -> Call:
    """A call of which nobody knows whether the carrier took it."""
    return conclude(asking(world.place(**fields).call), UNKNOWN)


def report(state: str, **fields: Any) -> Report:
    """What the carrier says of the README's call."""
    given: dict[str, Any] = {
        "carrier_call_id": REMOTE,
        "word": state.replace("_", "-"),
        "to": CALLEE,
        "caller_id": CALLER_ID,
        "at": NOW,
    }
    return Report(state=state, **given | fields)


def tell(call: Call, told: Report, now: datetime = NOW, source: str = "webhook") -> bool:
    """The carrier says something of this call."""
    return dispatch.apply_report(call_id=call.pk, report=told, source=source, now=now)


def story(call: Call) -> list[str]:
    """What happened to the call, in order."""
    return list(call.events.order_by("id").values_list("what", flat=True))
