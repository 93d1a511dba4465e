"""Rights of one tenant never reach the words of another, whichever door forgot to look."""

from collections.abc import Callable

import pytest

from calls.agents import actions as agents
from calls.greetings import actions as greetings
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib.errors import NotFound
from tests.world import NOW, SEED, World


def revise(world: World) -> object:
    return greetings.revise_greeting(
        greeting=world.appointment,
        actor=world.charlie,
        author=world.user("charlie"),
        now=NOW,
        text="Globex.",
    )


def decide(world: World) -> object:
    return greetings.decide_review(
        asked=world.order_news.reviews.get(),
        actor=world.charlie,
        decider=world.user("charlie"),
        now=NOW,
        decision=Review.APPROVED,
    )


def withdraw(world: World) -> object:
    asked = world.appointment.reviews.get()
    return greetings.withdraw_approval(asked=asked, actor=world.charlie, now=NOW)


def ask_again(world: World) -> object:
    return greetings.ask_again(
        revision=world.appointment.revisions.get(),
        actor=world.charlie,
        asker=world.user("charlie"),
        now=NOW,
    )


def draft(world: World) -> object:
    return greetings.draft_greeting(
        tenant=world.acme,
        actor=world.charlie,
        author=world.user("charlie"),
        now=NOW,
        name="Theirs",
        text="Globex.",
    )


@pytest.mark.parametrize("verb", [revise, decide, withdraw, ask_again, draft])
def test_an_owner_of_globex_finds_nothing_of_acmes(
    world: World, verb: Callable[[World], object]
) -> None:
    before = Greeting.objects.count(), GreetingRevision.objects.count()
    with pytest.raises(NotFound):
        verb(world)
    assert (Greeting.objects.count(), GreetingRevision.objects.count()) == before
    assert world.appointment.reviews.get().is_in_force(NOW)
    assert world.order_news.reviews.get().decision == Review.OPEN


def test_words_are_written_for_an_agent_of_ones_own(world: World) -> None:
    theirs = agents.create_agent(
        tenant=world.globex, actor=SEED, now=NOW, agent_key="x", name="Theirs"
    )
    with pytest.raises(NotFound):
        world.draft("Acme here.", agent_id=theirs.pk)
    assert not Greeting.objects.filter(name="Draft").exists()
