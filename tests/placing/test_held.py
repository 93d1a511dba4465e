"""A call that lacks nothing but the approval of its words is held for it, where the tenant wishes so."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.dispatch import turns
from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.dnc import actions as dnc
from calls.greetings import actions as greetings
from calls.greetings.models import Greeting, Review
from calls.greetings.wording import Placeholder
from calls.lib.errors import BadField
from calls.placing import actions as placing
from calls.placing.actions import CallRefused
from calls.records.models import Receipt
from calls.tenants import actions as tenants
from tests.dispatch.steps import story
from tests.placing.held import held, holding
from tests.world import CALLEE, NEW_YORKER, NOW, SEED, WAITING, World

NIGHT = NOW + timedelta(hours=14)


def test_it_is_on_record_with_the_words_it_waits_for(world: World) -> None:
    call = held(world)
    revision = world.order_news.revisions.get()
    assert (call.state, call.status, call.outcome) == ("held", "queued", "waiting")
    assert (call.greeting_revision, call.greeting_text) == (revision, WAITING)
    assert call.reason_text == "Waits for an owner to approve Order news, revision 1."
    assert (call.reason, call.ended_at) == ("", None)


def test_its_history_receipt_and_audit_entry_say_so(world: World) -> None:
    call = held(world)
    assert story(call) == ["held"]
    receipt = call.receipts.get(moment=Receipt.ACCEPT)
    assert [v["gate"] for v in receipt.verdicts if v["outcome"] != "pass"] == ["greeting"]
    assert AuditEntry.objects.get(target_id=call.public_id).verb == "call.held"


def test_nothing_is_asked_of_a_carrier(world: World) -> None:
    call = held(world)
    assert turns.next_call(world.account, now=NOW) is None
    assert not dial(call_id=call.pk)
    assert not Attempt.objects.exists()


def test_by_default_it_is_refused(world: World) -> None:
    with pytest.raises(CallRefused) as refused:
        world.place(greeting_id=world.order_news.public_id)
    assert (refused.value.code, refused.value.call.state) == ("greeting_not_approved", "refused")


def test_words_that_are_approved_are_not_held(world: World) -> None:
    assert holding(world).place().call.state == "queued"


def test_new_words_of_a_greeting_do_not_hold_up_its_live_ones(world: World) -> None:
    world.approve(world.order_news)
    revised(world)
    assert held(world).state == "queued"


def revised(world: World) -> None:
    """Bob writes other words for “Order news”."""
    greetings.revise_greeting(
        greeting=world.order_news,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW,
        text=f"{WAITING} Thank you.",
    )


def listed(world: World) -> None:
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="By phone", source="test", actor=SEED, now=NOW
    )


def suspended(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="Unpaid")


def another_language(world: World) -> None:
    french = agents.add_version(
        agent=world.agent, actor=SEED, now=NOW, config={"language": "fr-CA"}
    )
    agents.publish_version(version=french, actor=SEED, now=NOW)


def rejected(world: World) -> None:
    world.order_news.reviews.update(decision=Review.REJECTED, decided_at=NOW)


def nothing(world: World) -> None:
    """All as it was."""


# What else stands in the way, and what is asked.
NOT_HELD: list[tuple[Callable[[World], None], dict[str, Any]]] = [
    (listed, {}),
    (suspended, {}),
    (another_language, {}),
    (rejected, {}),
    (nothing, {"to": NEW_YORKER, "now": NIGHT}),
    (nothing, {"greeting_id": "", "greeting": WAITING}),  # words alone name no revision
]


@pytest.mark.parametrize(("before", "fields"), NOT_HELD)
def test_what_lacks_more_than_the_approval_is_refused(
    world: World, before: Callable[[World], None], fields: dict[str, Any]
) -> None:
    before(holding(world))
    with pytest.raises(CallRefused) as refused:
        world.place(**{"greeting_id": world.order_news.public_id} | fields)
    assert "greeting" in {verdict["gate"] for verdict in refused.value.verdicts}
    assert refused.value.call.state == "refused"


def test_what_may_wait_for_the_morning_as_well_is_held_until_then(world: World) -> None:
    call = held(world, to=NEW_YORKER, now=NIGHT, when="next_allowed")
    assert (call.state, call.due_at) == ("held", NOW + timedelta(hours=23))


def asks_for_a_name(world: World) -> Greeting:
    gap = (Placeholder("first_name", "name", 20),)
    return world.draft("Hi {first_name}, this is Acme.", name="By name", placeholders=gap)


def test_placeholders_are_filled_in_before_the_approval(world: World) -> None:
    greeting = asks_for_a_name(holding(world))
    call = world.place(greeting_id=greeting.public_id, variables={"first_name": "Ann"}).call
    assert (call.state, call.greeting_text) == ("held", "Hi Ann, this is Acme.")


def test_a_value_that_is_missing_is_asked_for_at_once(world: World) -> None:
    greeting = asks_for_a_name(holding(world))
    with pytest.raises(BadField, match="first_name"):
        world.place(greeting_id=greeting.public_id)


def test_values_for_the_live_words_that_do_not_fit_the_waiting_ones_are_refused_and_recorded(
    world: World,
) -> None:
    greeting = asks_for_a_name(holding(world))
    world.approve(greeting, valid_until=NOW + timedelta(hours=1))
    greetings.revise_greeting(
        greeting=greeting,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW,
        text="Hi {name}, this is Acme.",
        placeholders=(Placeholder("name", "name", 20),),
    )
    asked: Any = {"greeting_id": greeting.public_id, "now": NOW + timedelta(hours=2)}
    with pytest.raises(CallRefused) as refused:
        world.place(variables={"first_name": "Ann"}, **asked)
    assert refused.value.code == "greeting_not_approved"
    assert refused.value.call.receipts.get().verdicts
    with pytest.raises(BadField):
        world.place(variables={"name": "Ann"}, **asked)


def test_the_same_request_again_is_answered_as_the_first_time(world: World) -> None:
    call = held(world, idempotency_key="order-1")
    placing.cancel_call(call=call, actor=world.bob, now=NOW)
    asked = {"greeting_id": world.order_news.public_id, "idempotency_key": "order-1"}
    again = world.place(**asked)
    assert (again.call, again.state, again.replayed) == (call, "held", True)
    assert again.due_at == call.due_at


def test_an_identical_one_without_a_key_is_taken_for_an_accident(world: World) -> None:
    first = held(world)
    with pytest.raises(CallRefused) as refused:
        held(world)
    (twin,) = (v for v in refused.value.verdicts if v["gate"] == "duplicate")
    assert first.sid in str(twin["message"])


def test_a_preview_writes_nothing_and_says_what_is_missing(world: World) -> None:
    ask = holding(world).ask(greeting_id=world.order_news.public_id)
    found = placing.preview_call(ask=ask, tenant=world.acme, actor=world.bob, now=NOW)
    assert (found.held, found.state, found.decision.allowed) == (True, "held", False)
    assert [verdict.gate for verdict in found.decision.refusals] == ["greeting"]
