"""Words of one business unit are not written, decided or withdrawn by who acts for another only."""

from collections.abc import Callable
from datetime import timedelta

import pytest

from calls.greetings import actions as greetings
from calls.greetings import queries
from calls.greetings.models import Review
from calls.lib.errors import NotPermitted
from tests.audit.test_no_act_without_entry import everything
from tests.tenants.units import give, limit_to
from tests.world import NOW, WAITING, World

LATER = NOW + timedelta(days=3)
SOUTH, NORTH = frozenset({"south"}), frozenset({"north"})


def decide(world: World) -> object:
    return world.approve(world.order_news, by="alice")


def withdraw(world: World) -> object:
    asked = world.appointment.reviews.get()
    return greetings.withdraw_approval(asked=asked, actor=world.alice, now=NOW)


def revise(world: World) -> object:
    return greetings.revise_greeting(
        greeting=world.order_news, actor=world.alice, author=None, now=NOW, text=WAITING
    )


def ask_again(world: World) -> object:
    Review.objects.filter(greeting=world.reminder).update(valid_until=LATER)
    revision = world.reminder.revisions.get()
    return greetings.ask_again(revision=revision, actor=world.alice, asker=None, now=NOW)


def draft(world: World) -> object:
    return world.draft("Hello from Acme.", by="alice", agent_id=world.agent.pk)


VERBS = [decide, withdraw, revise, ask_again, draft]


@pytest.mark.parametrize("verb", VERBS)
def test_refused_where_the_agent_is_of_another_unit(
    world: World, verb: Callable[[World], object]
) -> None:
    give(world, "south", world.agent)
    limit_to(world, "north", "alice")
    audited = everything()["AuditEntry"]
    with pytest.raises(NotPermitted, match="business unit"):
        verb(world)
    assert everything()["AuditEntry"] == audited


@pytest.mark.parametrize("verb", VERBS[:-1])
def test_refused_where_the_greeting_itself_is(
    world: World, verb: Callable[[World], object]
) -> None:
    give(world, "south", world.appointment, world.reminder, world.order_news)
    limit_to(world, "north", "alice")
    with pytest.raises(NotPermitted, match="business unit"):
        verb(world)


@pytest.mark.parametrize("verb", VERBS)
def test_done_by_who_acts_for_it(world: World, verb: Callable[[World], object]) -> None:
    give(world, "south", world.agent, world.order_news)
    limit_to(world, "south", "alice")
    before = everything()
    verb(world)
    assert everything() != before


def test_lists_are_of_ones_own_units(world: World) -> None:
    give(world, "south", world.agent)
    give(world, "north", world.draft("Hello from Acme.", name="Of the north"))
    for orgs, names in ((None, 4), (SOUTH, 3), (NORTH, 1)):
        assert queries.greetings_with_reviews(world.acme, orgs=orgs).count() == names
    waiting = queries.open_reviews(world.acme, orgs=NORTH)
    assert [asked.greeting.name for asked in waiting] == ["Of the north"]
    assert not queries.decided_reviews(world.acme, orgs=NORTH)
    assert not queries.live_greetings(world.acme, orgs=NORTH)


def test_words_of_both_need_both(world: World) -> None:
    """A greeting of the north, said by an agent of the south."""
    give(world, "south", world.agent)
    give(world, "north", world.order_news)
    seen = [
        world.order_news in queries.all_greetings(world.acme, orgs=orgs)
        for orgs in (SOUTH, NORTH, SOUTH | NORTH, None)
    ]
    assert seen == [False, False, True, True]


def test_only_owners_of_the_unit_are_told(world: World) -> None:
    give(world, "south", world.agent)
    limit_to(world, "north", "alice")
    asked = world.order_news.reviews.get()
    assert queries.deciders_of(asked) == [world.user("olga")]
    limit_to(world, "south", "alice")
    assert queries.deciders_of(asked) == [world.user("alice"), world.user("olga")]
