"""A hint and a round tell of the same review at the same moment: one mail each, never two."""

from datetime import timedelta
from functools import partial

import pytest
from django.core import mail

from calls.greetings import actions as greetings
from calls.records import notify
from calls.tenants import actions as tenants
from tests.concurrency.together import failures, together
from tests.database.rows import change
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


@pytest.mark.parametrize("name", ROUNDS)
def test_one_of_two_writes_to_somebody(world: World, name: str) -> None:
    take = partial(tenants.take_mail, user=world.user("bob"), now=NOW)
    results = together(take, take)
    assert failures(results) == []
    assert sorted(map(bool, results)) == [False, True]


@pytest.mark.parametrize("name", ROUNDS)
def test_two_rounds_at_once_send_one_mail(world: World, name: str) -> None:
    change(world.place().call, state="refused", tell_at=NOW)
    tell = partial(notify.tell_refused, now=NOW + timedelta(minutes=1))
    assert failures(together(tell, tell)) == []
    assert [m.to for m in mail.outbox] == [["bob@acme.example"]]
