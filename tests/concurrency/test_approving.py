"""An owner approves while the author writes anew: never words live that nobody approved."""

from functools import partial

import pytest

from calls.greetings import actions as greetings
from calls.greetings.actions import CannotDecide
from calls.greetings.models import GreetingRevision, Review
from tests.concurrency.together import failures, together
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = [f"round {n}" for n in range(4)]


def decide(world: World, asked: Review, by: str) -> Review:
    """One owner approves."""
    return greetings.decide_review(
        asked=asked,
        actor=getattr(world, by),
        decider=world.user(by),
        now=NOW,
        decision=Review.APPROVED,
    )


def revise(world: World) -> GreetingRevision:
    """Bob writes other words."""
    return greetings.revise_greeting(
        greeting=world.order_news,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW,
        text="Hi, your order has left our house.",
    )


@pytest.mark.parametrize("name", ROUNDS)
def test_approving_while_the_author_revises(world: World, name: str) -> None:
    asked = world.order_news.reviews.get()
    results = together(partial(decide, world, asked, "alice"), partial(revise, world))
    asked.refresh_from_db()
    world.order_news.refresh_from_db()
    live = world.order_news.live_revision
    assert failures(results, CannotDecide) == []
    assert (live == asked.revision) == (asked.decision == Review.APPROVED)
    assert world.order_news.reviews.get(decision=Review.OPEN).revision.number == 2


@pytest.mark.parametrize("name", ROUNDS)
def test_two_owners_decide_once(world: World, name: str) -> None:
    asked = world.order_news.reviews.get()
    results = together(
        partial(decide, world, asked, "alice"), partial(decide, world, asked, "olga")
    )
    assert failures(results, CannotDecide) == []
    assert len([result for result in results if isinstance(result, Review)]) == 1


def test_two_new_revisions_at_once_are_two_numbers_and_one_open_review(world: World) -> None:
    results = together(*[partial(revise, world)] * 4)
    numbers = sorted(world.order_news.revisions.values_list("number", flat=True))
    assert failures(results) == []
    assert numbers == [1, 2, 3, 4, 5]
    assert world.order_news.reviews.filter(decision=Review.OPEN).count() == 1
