"""The same request many times at once: one call, whether or not it has a name."""

from functools import partial

import pytest

from calls.audit.models import AuditEntry
from calls.dispatch import actions as dispatch
from calls.placing import actions as placing
from calls.placing.actions import CallRefused, CannotCancel, Placement
from calls.records.models import Call, Receipt
from tests.concurrency.together import failures, together
from tests.events.deliveries import fresh
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def test_fifty_requests_with_one_key_are_one_call(world: World) -> None:
    place = partial(world.place, actor=world.program, idempotency_key="order-1")
    results = together(*[place] * 50)
    placements = [result for result in results if isinstance(result, Placement)]
    assert failures(results) == []
    assert [placement.replayed for placement in placements].count(False) == 1
    assert len({placement.call.pk for placement in placements}) == 1
    assert (Call.objects.count(), Receipt.objects.count()) == (1, 1)
    assert AuditEntry.objects.filter(verb="call.accepted").count() == 1


def test_ten_requests_without_a_key_are_one_call_and_nine_refusals(world: World) -> None:
    results = together(*[partial(world.place, actor=world.program)] * 10)
    refused = [result for result in results if isinstance(result, CallRefused)]
    assert failures(results, CallRefused) == []
    assert {refusal.code for refusal in refused} == {"possible_duplicate"}
    assert sorted(Call.objects.values_list("state", flat=True)) == ["queued"] + ["refused"] * 9


@pytest.mark.parametrize("round_", range(5), ids=[f"round {n}" for n in range(5)])
def test_a_call_canceled_while_it_is_claimed_is_either_never_both(
    world: World, round_: int
) -> None:
    call, actor = world.place().call, world.bob
    results = together(
        partial(placing.cancel_call, call=call, actor=actor, now=NOW),
        partial(dispatch.claim, call_id=call.pk, now=NOW),
    )
    canceled, claimed = (bool(r) and not isinstance(r, Exception) for r in results)
    assert failures(results, CannotCancel) == []
    assert canceled != claimed
    assert fresh(call).state == ("canceled" if canceled else "dispatching")


def test_a_canceled_call_is_never_asked_about(world: World) -> None:
    """A worker that was given the hint before the cancellation finds nothing to do."""
    call = world.place().call
    placing.cancel_call(call=call, actor=world.bob, now=NOW)
    claims = together(*[partial(dispatch.claim, call_id=call.pk, now=NOW)] * 5)
    assert (claims, call.attempts.count()) == ([None] * 5, 0)
