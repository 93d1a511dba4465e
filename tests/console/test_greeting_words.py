"""The word for where a greeting stands: live, waiting, expired, withdrawn, and two of them at once."""

from datetime import timedelta

from calls.greetings import actions
from calls.greetings.models import Greeting, Review
from console.greeting_words import word_for_review, words_for_greeting
from tests.world import NOW, World


def words(greeting: Greeting) -> list[str]:
    greeting.refresh_from_db()
    reviews = greeting.reviews.order_by("-asked_at", "-id")
    return [str(word.text) for word, _ in words_for_greeting(greeting, reviews, NOW)]


def revise(world: World, greeting: Greeting, text: str = "Other words of Acme.") -> None:
    actions.revise_greeting(
        greeting=greeting,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW + timedelta(minutes=1),
        text=text,
    )


def decide(world: World, greeting: Greeting, decision: str) -> None:
    actions.decide_review(
        asked=greeting.reviews.get(decision=Review.OPEN),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=decision,
        comment="Because.",
    )


def test_a_draft_waits(world: World) -> None:
    assert words(world.order_news) == ["Waiting"]


def test_approved_words_are_live(world: World) -> None:
    assert words(world.appointment) == ["Live"]


def test_live_words_with_a_newer_draft_say_both(world: World) -> None:
    revise(world, world.appointment)
    assert words(world.appointment) == ["Live", "Waiting"]


def test_rejected_words_say_so(world: World) -> None:
    decide(world, world.order_news, Review.REJECTED)
    assert words(world.order_news) == ["Rejected"]


def test_words_to_be_changed_say_so(world: World) -> None:
    decide(world, world.order_news, Review.CHANGES_REQUESTED)
    assert words(world.order_news) == ["Changes requested"]


def test_withdrawn_words_say_so(world: World) -> None:
    actions.withdraw_approval(asked=world.appointment.reviews.get(), actor=world.alice, now=NOW)
    assert words(world.appointment) == ["Withdrawn"]


def test_an_approval_that_ran_out_says_so(world: World) -> None:
    review = world.appointment.reviews.get()
    review.valid_until = NOW - timedelta(days=1)
    assert word_for_review(review, NOW, review.revision_id).text == "Expired"


def test_approved_words_that_newer_ones_replaced(world: World) -> None:
    revise(world, world.appointment)
    first = world.appointment.reviews.get(decision=Review.APPROVED)
    world.approve(world.appointment)
    assert (
        word_for_review(first, NOW, world.appointment.live_revision_id).text == "Approved earlier"
    )
    assert words(world.appointment) == ["Live"]
