"""Approvals that end soon, and asking again for the same words."""

from datetime import timedelta

import pytest

from calls.greetings import actions
from calls.greetings.models import Greeting, Review
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/approvals"


@pytest.fixture(autouse=True)
def _the_worlds_morning() -> object:
    with at():
        yield


def ending(world: World, days: int = 5) -> Greeting:
    """The order news, approved for some days."""
    return world.approve(world.order_news, valid_until=NOW + timedelta(days=days))


def page(world: World, who: str = "alice") -> str:
    return words(sign_in(world, who).get(URL).content)


def renew(world: World, greeting: Greeting, who: str = "bob") -> str:
    asked = greeting.reviews.get(decision=Review.APPROVED)
    url = f"{URL}/{asked.public_id}/renewal"
    return words(sign_in(world, who).post(url, follow=True).content)


def show(world: World, greeting: Greeting, who: str = "bob") -> str:
    url = f"/t/acme/greetings/{greeting.public_id}"
    return words(sign_in(world, who).get(url).content)


def test_owners_see_what_ends_within_two_weeks(world: World) -> None:
    ending(world)
    html = page(world)
    soon = html[html.index("Ending soon") : html.index("Decided lately")]
    assert "Order news" in soon
    assert "14 days" in soon
    assert "8 Nov" in soon
    assert "Ask again" in soon


@pytest.mark.parametrize("days", [15, 60])
def test_what_ends_later_is_not_shown(world: World, days: int) -> None:
    ending(world, days)
    assert "Ending soon" not in page(world)


@pytest.mark.parametrize("who", ["bob", "ada", "aurel"])
def test_others_are_not_bothered(world: World, who: str) -> None:
    ending(world)
    assert "Ending soon" not in page(world, who)


def test_the_badge_does_not_count_it(world: World) -> None:
    ending(world)
    assert "nav-badge" not in page(world)


def test_asked_again_it_waits_as_a_new_revision(world: World) -> None:
    html = renew(world, ending(world))
    assert "“Order news” is asked for again." in html
    waits = world.order_news.reviews.get(decision=Review.OPEN)
    assert (waits.revision.number, waits.author) == (2, world.user("bob"))
    assert waits.revision.text == world.order_news.revisions.get(number=1).text


def test_what_was_asked_again_says_so(world: World) -> None:
    renew(world, ending(world))
    html = page(world)
    soon = html[html.index("Ending soon") : html.index("Decided lately")]
    assert "Asked again, waits" in soon
    assert "renewal" not in soon


def test_asking_twice_says_that_it_waits(world: World) -> None:
    renew(world, ending(world))
    assert "waits for an owner already" in renew(world, world.order_news)
    assert world.order_news.revisions.count() == 2


def test_words_without_an_end_cannot_be_asked_for(world: World) -> None:
    assert "renewal" not in show(world, world.appointment)
    assert "without an end" in renew(world, world.appointment)


def test_the_greeting_offers_to_ask_again_for_withdrawn_words(world: World) -> None:
    asked = world.appointment.reviews.get()
    actions.withdraw_approval(asked=asked, actor=world.olga, now=NOW, reason="Wrong hours")
    html = show(world, world.appointment)
    assert f"{asked.public_id}/renewal" in html
    assert "Wrong hours" in html
    assert "renewal" not in show(world, world.appointment, "aurel")


def test_while_another_revision_waits_nothing_is_offered(world: World) -> None:
    renew(world, ending(world))
    assert "renewal" not in show(world, world.order_news)


def test_the_asker_cannot_decide_but_another_owner_can(world: World) -> None:
    renew(world, ending(world), "olga")
    waits = world.order_news.reviews.get(decision=Review.OPEN)
    url = f"{URL}/{waits.public_id}"
    assert "someone else has to decide" in words(sign_in(world, "olga").get(url).content)
    assert 'value="approved"' in sign_in(world, "alice").get(url).content.decode()


def test_a_reader_may_not_ask(world: World) -> None:
    asked = ending(world).reviews.get()
    answer = sign_in(world, "aurel").post(f"{URL}/{asked.public_id}/renewal")
    assert answer.status_code == 403


def test_another_tenants_words_are_not_found(world: World) -> None:
    asked = ending(world).reviews.get()
    answer = sign_in(world, "charlie").post(f"/t/globex/approvals/{asked.public_id}/renewal")
    assert answer.status_code == 404
    assert world.order_news.revisions.count() == 1
