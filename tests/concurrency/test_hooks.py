"""The same webhook from many sides, and webhooks racing the answer they belong to."""

from collections.abc import Callable
from functools import partial

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch.models import Attempt
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.records.models import Call
from tests.concurrency.together import failures, together
from tests.events.deliveries import SID, asking, deliver, envelope, fresh, placed
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
ACCEPTED = Answer(Evidence.ACCEPTED, carrier_call_id=SID, http_status=200, word="queued")


def received(body: bytes) -> str:
    """Deliver and absorb, as the endpoint and its task do."""
    row = deliver(body)
    return events.absorb(event_id=row.pk, now=NOW).effect


def told(call: Call) -> list[str]:
    """What happened to the call, in any order."""
    return sorted(call.events.values_list("what", flat=True))


def test_a_hundred_deliveries_are_one_event_with_one_effect(world: World) -> None:
    call = placed(world)
    body = envelope("voice.call.completed", status="completed", duration_seconds=7)
    for _ in range(5):
        assert failures(together(*[partial(received, body)] * 20)) == []
    row = InboundEvent.objects.get()
    assert (row.deliveries, row.effect) == (100, InboundEvent.APPLIED)
    assert (fresh(call).state, told(call).count("completed")) == ("completed", 1)


@pytest.mark.parametrize("event_first", [True, False], ids=["event first", "answer first"])
def test_one_after_the_other_binds_the_same(world: World, event_first: bool) -> None:
    call, attempt_id = asking(world)
    steps: list[Callable[[], object]] = [
        partial(received, envelope("voice.call.started")),
        partial(dispatch.conclude, attempt_id=attempt_id, answer=ACCEPTED, now=NOW),
    ]
    for step in steps if event_first else reversed(steps):
        step()
    found = fresh(call)
    assert (found.state, found.carrier_call_id) == ("in_progress", SID)
    assert told(call).count("placed") == 1


def test_event_and_answer_at_once_bind_once(world: World) -> None:
    call, attempt_id = asking(world)
    results = together(
        partial(received, envelope("voice.call.started")),
        partial(dispatch.conclude, attempt_id=attempt_id, answer=ACCEPTED, now=NOW),
        partial(received, envelope("voice.call.started", id="evt_2")),
    )
    found = fresh(call)
    assert failures(results) == []
    assert (found.state, found.carrier_call_id) == ("in_progress", SID)
    assert told(call).count("placed") == 1


def test_an_answer_and_the_end_of_the_lease_at_once(world: World) -> None:
    """Whoever comes first: the call is known as placed, or unknown with the late answer kept."""
    call, attempt_id = asking(world)
    late = NOW + dispatch.LEASE
    results = together(
        partial(dispatch.conclude, attempt_id=attempt_id, answer=ACCEPTED, now=late),
        partial(dispatch.recover, call_id=call.pk, now=late),
    )
    found, attempt = fresh(call), Attempt.objects.get()
    assert failures(results) == []
    assert (found.state, attempt.outcome) == ("placed", Attempt.ACCEPTED)
    assert found.carrier_call_id == SID


def test_a_proven_refusal_and_the_end_of_the_lease_never_ask_twice_at_once(world: World) -> None:
    call, attempt_id = asking(world)
    busy = Answer(Evidence.THROTTLED, http_status=429, reason="Too many requests.")
    late = NOW + dispatch.LEASE
    results = together(
        partial(dispatch.conclude, attempt_id=attempt_id, answer=busy, now=late),
        partial(dispatch.recover, call_id=call.pk, now=late),
    )
    outcomes = {"queued": Attempt.REFUSED, "unknown": Attempt.UNKNOWN}
    assert failures(results) == []
    assert outcomes[fresh(call).state] == Attempt.objects.get().outcome
