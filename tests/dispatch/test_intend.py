"""Between accept and dial the world may change: every gate is asked again, on fresh rows."""

from datetime import timedelta
from typing import Any

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.records.models import Call, Receipt
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.dispatch.steps import claim, fresh, intend, story
from tests.faults.flips import FLIPS, Flip, by_key, callee_asks_not_to_be_called
from tests.world import APPOINTMENT, CALLEE, NEW_YORKER, NOW, SEED, World

MINUTE = timedelta(minutes=1)
LATER = NOW + MINUTE


every_flip = pytest.mark.parametrize("flip", FLIPS, ids=str)


@every_flip
def test_a_gate_that_closed_before_the_claim(world: World, flip: Flip) -> None:
    call = by_key(world)
    flip.change(world)
    assert intend(call, LATER) is None
    call = fresh(call)
    assert (call.state, call.reason, call.outcome) == ("refused", flip.code, "refused")
    assert not Attempt.objects.exists()


@every_flip
def test_a_gate_that_closed_after_the_claim(world: World, flip: Flip) -> None:
    call = by_key(world)
    claimed = claim(call)
    assert claimed
    flip.change(world)
    assert dispatch.intend(claimed=claimed, now=LATER) is None
    assert (fresh(call).state, fresh(call).reason) == ("refused", flip.code)
    assert not Attempt.objects.exists()


def test_the_receipt_of_dialling_says_why(world: World) -> None:
    call = world.place().call
    callee_asks_not_to_be_called(world)
    intend(call, LATER)
    accepted, dialled = call.receipts.order_by("id")
    assert (accepted.moment, accepted.allowed) == (Receipt.ACCEPT, True)
    assert (dialled.moment, dialled.allowed, dialled.at) == (Receipt.DIAL, False, LATER)
    refused = [v["gate"] for v in dialled.verdicts if v["outcome"] != "pass"]
    assert refused == ["dnc"]
    assert call.events.get(what="refused").data["gate"] == "dnc"


def test_an_open_road_ends_in_one_attempt(world: World) -> None:
    call = world.place().call
    intent = intend(call)
    assert intent
    attempt = Attempt.objects.get()
    assert attempt.pk == intent.attempt_id
    assert (attempt.outcome, attempt.number, attempt.fence) == ("intent", 1, 1)
    assert (attempt.caller_id, attempt.to) == ("+15555551234", CALLEE)
    assert story(call) == ["accepted", "claimed", "asking"]
    assert fresh(call).state == "dispatching"


def test_the_carrier_is_asked_for_exactly_the_approved_words(world: World) -> None:
    intent = intend(world.place().call)
    assert intent
    assert intent.request.greeting == APPOINTMENT
    assert intent.request.agent_key == "support_primary"
    assert intent.request.org_id is None
    assert len(Attempt.objects.get().request_sha256) == 64


def test_each_attempt_has_an_idempotency_key_of_its_own(world: World) -> None:
    call = world.place().call
    intent = intend(call)
    assert intent
    assert intent.request.idempotency_key == f"{call.sid}-1"


def test_the_carriers_own_version_is_sent_where_there_is_one(world: World) -> None:
    world.version.config["carrier_version_id"] = "ver_9"
    world.version.save()
    intent = intend(world.place().call)
    assert intent
    assert intent.request.agent_version_id == "ver_9"


def test_a_paused_account_sends_the_call_back_to_the_queue(world: World) -> None:
    call = world.place().call
    claimed = claim(call)
    assert claimed
    routes.pause_account(account=world.account, actor=SEED, now=NOW, reason="401")
    assert dispatch.intend(claimed=claimed, now=LATER) is None
    call = fresh(call)
    assert (call.state, call.reason_text) == ("queued", "The carrier account is paused.")
    assert call.lease_until is None
    assert not Attempt.objects.exists()


def late_in_new_york(world: World, **fields: Any) -> Call:
    """Accepted at 19:50 there; the window closes at 20:00."""
    ten_to_eight = NOW + timedelta(hours=9, minutes=50)
    return world.place(to=NEW_YORKER, now=ten_to_eight, **fields).call


CLOSES = NOW + timedelta(hours=10)
NEXT_MORNING = NOW + timedelta(hours=23)


def test_a_call_that_missed_its_hours_waits_for_the_next_ones(world: World) -> None:
    call = late_in_new_york(world)
    assert intend(call, CLOSES) is None
    call = fresh(call)
    assert (call.state, call.due_at) == ("queued", NEXT_MORNING)
    assert "Outside calling hours" in call.reason_text
    assert intend(call, NEXT_MORNING)


def test_the_ring_itself_must_fit(world: World) -> None:
    """R5.4: frozen at 19:59:45, not dialled."""
    call = late_in_new_york(world)
    assert intend(call, CLOSES - timedelta(seconds=15)) is None
    assert fresh(call).due_at == NEXT_MORNING


def test_a_call_that_would_be_over_by_then_is_refused(world: World) -> None:
    call = late_in_new_york(world, expires_at=CLOSES + timedelta(hours=2))
    assert intend(call, CLOSES) is None
    assert (fresh(call).state, fresh(call).reason) == ("refused", "outside_hours")


def test_what_the_requester_may_do_was_judged_at_accept(world: World) -> None:
    call = world.place().call
    tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
    assert intend(call, LATER)


def test_the_same_request_a_minute_later_is_no_duplicate_of_itself(world: World) -> None:
    first = world.place().call
    assert intend(first, NOW + timedelta(seconds=1))


def test_a_claim_that_was_overtaken_asks_nobody(world: World) -> None:
    call = world.place().call
    old = claim(call)
    assert old
    much_later = NOW + 3 * MINUTE
    dispatch.recover(call_id=call.pk, now=much_later)
    assert dispatch.intend(claimed=old, now=much_later) is None
    assert intend(call, much_later)
    assert dispatch.intend(claimed=old, now=much_later) is None
    assert Attempt.objects.count() == 1


def test_a_worker_that_wakes_up_after_its_lease_leaves_the_call_to_the_next(world: World) -> None:
    call = world.place().call
    old = claim(call)
    assert old
    much_later = NOW + 3 * MINUTE
    dispatch.recover(call_id=call.pk, now=much_later)
    new = claim(call, much_later)
    assert new
    assert dispatch.intend(claimed=old, now=much_later) is None
    assert dispatch.intend(claimed=new, now=much_later)


def test_a_claim_is_used_once(world: World) -> None:
    call = world.place().call
    claimed = claim(call)
    assert claimed
    assert dispatch.intend(claimed=claimed, now=NOW)
    assert dispatch.intend(claimed=claimed, now=NOW) is None
    assert (Attempt.objects.count(), fresh(call).state) == (1, "dispatching")


def test_the_reason_is_the_gate_that_never_opens_and_not_one_that_will(world: World) -> None:
    call = late_in_new_york(world)
    dnc.add_number(
        tenant=world.acme, number=NEW_YORKER, reason="By phone", source="test", actor=SEED, now=NOW
    )
    assert intend(call, CLOSES) is None
    assert (fresh(call).state, fresh(call).reason) == ("refused", "dnc_listed")
