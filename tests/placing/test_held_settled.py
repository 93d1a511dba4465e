"""Every way out of being held: approved, not approved, taken back, canceled, expired, forbidden meanwhile."""

from datetime import datetime, timedelta

import pytest

from calls.dispatch import sweep
from calls.dispatch.dial import dial
from calls.dnc import actions as dnc
from calls.greetings import actions as greetings
from calls.greetings.models import Review
from calls.lib.errors import NotPermitted
from calls.placing import actions as placing
from calls.records.models import Call, Receipt
from calls.tenants import actions as tenants
from tests.dispatch.steps import fresh, intend, story
from tests.placing.held import held
from tests.world import CALLEE, NOW, SEED, WAITING, World

SECOND = timedelta(seconds=1)
TOMORROW = NOW + timedelta(days=1)


def settle(now: datetime = NOW + SECOND) -> int:
    return placing.settle_held(now=now, most=9)


def decide(world: World, decision: str, comment: str = "Say less.") -> None:
    greetings.decide_review(
        asked=world.order_news.reviews.get(decision=Review.OPEN),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=decision,
        comment=comment,
    )


def test_it_stays_while_nobody_has_decided(world: World) -> None:
    call = held(world)
    assert settle() == 0
    assert not placing.settle_call(call_id=call.pk, now=NOW)
    assert (fresh(call).state, story(call)) == ("held", ["held"])


def test_approved_it_goes_into_the_queue_with_these_words(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    assert [settle(), settle()] == [1, 0]
    assert (fresh(call).state, fresh(call).reason_text) == ("queued", "")
    assert call.events.latest("id").data["approved_by"] == "Alice"
    assert fresh(call).greeting_text == WAITING


def test_then_every_gate_is_asked_as_it_is_dialled(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    settle()
    assert intend(call, NOW + SECOND)
    assert call.receipts.get(moment=Receipt.DIAL).allowed
    assert story(call) == ["held", "released", "claimed", "asking"]


def test_what_was_forbidden_meanwhile_is_not_dialled(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    settle()
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, country_groups=[])
    assert intend(call, NOW + SECOND) is None
    assert fresh(call).reason == "country_blocked"


def test_scheduled_for_later_it_waits_for_its_minute(world: World) -> None:
    call = held(world, scheduled_at=TOMORROW)
    world.approve(world.order_news)
    settle()
    assert (fresh(call).state, fresh(call).due_at) == ("queued", TOMORROW)
    assert not dial(call_id=call.pk)


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Review.REJECTED, "Its words were rejected (Alice: Say less.)."),
        (
            Review.CHANGES_REQUESTED,
            "Its words were not approved: changes were asked for (Alice: Say less.).",
        ),
    ],
)
def test_words_that_are_not_approved_refuse_it_with_the_reason(
    world: World, decision: str, said: str
) -> None:
    call = held(world)
    decide(world, decision)
    assert settle() == 1
    over = fresh(call)
    assert (over.state, over.reason, over.reason_text) == ("refused", "greeting_not_approved", said)
    receipt = call.receipts.get(moment=Receipt.STOP)
    assert [v["gate"] for v in receipt.verdicts if v["outcome"] != "pass"] == ["greeting"]


def revise(world: World) -> None:
    greetings.revise_greeting(
        greeting=world.order_news,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW,
        text=f"{WAITING} Thank you.",
    )


def test_newer_words_are_not_the_ones_it_waits_for(world: World) -> None:
    call = held(world)
    revise(world)
    world.approve(world.order_news)
    assert settle() == 1
    assert (fresh(call).state, fresh(call).greeting_text) == ("refused", WAITING)
    assert fresh(call).reason_text == "Its words were replaced by a newer revision (Bob)."


def test_a_decider_who_says_the_same_asked_for_changes(world: World) -> None:
    call = held(world)
    decide(world, Review.CHANGES_REQUESTED, Review.REPLACED)
    assert settle() == 1
    assert "changes were asked for (Alice: Replaced" in fresh(call).reason_text


def test_an_approval_that_ran_out_was_not_taken_back(world: World) -> None:
    call = held(world)
    world.approve(world.order_news, valid_until=NOW + SECOND, comment="For today.")
    assert settle(NOW + SECOND) == 1
    said = "Its words were approved, and the approval ran out before the call was sent on (Alice)."
    assert (fresh(call).state, fresh(call).reason_text) == ("refused", said)


def test_taken_back_and_past_its_end_it_was_taken_back(world: World) -> None:
    call = held(world)
    world.approve(world.order_news, valid_until=NOW + 2 * SECOND)
    asked = world.order_news.reviews.get()
    greetings.withdraw_approval(asked=asked, actor=world.olga, now=NOW + SECOND)
    settle(NOW + 3 * SECOND)
    assert fresh(call).reason_text.endswith("the approval was taken back (Olga).")


def test_an_approval_that_is_taken_back_at_once_refuses_it(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    asked = world.order_news.reviews.get()
    greetings.withdraw_approval(asked=asked, actor=world.olga, now=NOW, reason="Wrong date")
    assert settle() == 1
    assert fresh(call).state == "refused"
    assert fresh(call).reason_text.endswith("the approval was taken back (Olga: Wrong date).")


def test_taken_back_later_it_is_stopped_in_the_queue(world: World) -> None:
    call = held(world, scheduled_at=TOMORROW)
    world.approve(world.order_news)
    settle()
    asked = world.order_news.reviews.get()
    greetings.withdraw_approval(asked=asked, actor=world.olga, now=NOW + SECOND)
    assert placing.stop_forbidden(since=NOW, now=NOW + 2 * SECOND) == 1
    assert fresh(call).reason == "greeting_not_approved"


def test_it_expires_like_any_other(world: World) -> None:
    call = held(world)
    assert settle(call.expires_at - SECOND) == 0
    assert settle(call.expires_at) == 1
    assert (fresh(call).state, fresh(call).reason) == ("expired", "expired")


def test_an_approval_that_comes_too_late_does_not_revive_it(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    assert settle(call.expires_at) == 1
    assert fresh(call).state == "expired"


def test_it_can_be_canceled(world: World) -> None:
    call = held(world)
    with pytest.raises(NotPermitted):
        placing.cancel_call(call=call, actor=world.aurel, now=NOW)
    placing.cancel_call(call=call, actor=world.bob, now=NOW)
    world.approve(world.order_news)
    assert settle() == 0
    assert fresh(call).state == "canceled"


def listed(number: str, world: World, *, is_prefix: bool = False) -> None:
    dnc.add_number(
        tenant=world.acme,
        number=number,
        is_prefix=is_prefix,
        reason="By phone",
        source="test",
        actor=SEED,
        now=NOW + SECOND,
    )


def test_whoever_asks_not_to_be_called_is_not_called_once_it_is_approved(world: World) -> None:
    call = held(world)
    listed(CALLEE, world)
    assert placing.stop_forbidden(since=NOW, now=NOW + 2 * SECOND) == 1
    assert (fresh(call).state, fresh(call).reason) == ("refused", "dnc_listed")
    outcomes = {v["gate"]: v["outcome"] for v in call.receipts.latest("id").verdicts}
    assert (outcomes["greeting"], outcomes["dnc"]) == ("block", "block")


def test_being_looked_at_for_nothing_leaves_it_held(world: World) -> None:
    call = held(world)
    assert not placing.stop_call(call_id=call.pk, now=NOW + SECOND)
    assert fresh(call).state == "held"


def test_the_sweep_settles_and_sends_it_on_its_way(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    sweep.sweep(now=NOW + SECOND)
    assert fresh(call).state == "queued"


def test_one_that_cannot_be_settled_does_not_keep_the_others(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = held(world, reference="1"), held(world, reference="2")
    world.approve(world.order_news)
    real = placing.settle_call

    def settle_call(*, call_id: object, now: datetime) -> bool:
        if call_id == first.pk:
            raise RuntimeError("odd row")
        return real(call_id=second.pk, now=now)

    monkeypatch.setattr("calls.placing.actions.hold.settle_call", settle_call)
    assert settle() == 1
    assert [fresh(call).state for call in (first, second)] == ["held", "queued"]


def test_another_tenants_decision_moves_nothing(world: World) -> None:
    call: Call = held(world)
    theirs = world.draft("Hello from Globex.", name="Theirs", by="charlie")
    Review.objects.filter(greeting=theirs).update(decision=Review.REJECTED, decided_at=NOW)
    assert settle() == 0
    assert fresh(call).state == "held"
