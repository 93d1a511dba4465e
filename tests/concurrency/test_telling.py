"""A hint and a round tell of the same review at the same moment: one mail each, never two."""

from functools import partial

import pytest

from calls.greetings import actions as greetings
from tests.concurrency.together import failures, together
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)
ROUNDS = [f"round {n}" for n in range(4)]


@pytest.mark.parametrize("name", ROUNDS)
def test_one_of_two_takes_the_review(world: World, name: str) -> None:
    asked = world.order_news.reviews.get()
    take = partial(greetings.take_telling, review_id=asked.pk, now=NOW)
    results = together(take, take)
    assert failures(results) == []
    assert sorted(result is not None for result in results) == [False, True]
