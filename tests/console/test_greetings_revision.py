"""A new revision: filled with the newest words, unapproved, the live ones untouched."""

from typing import Any

import pytest
from django.http import HttpResponse

from calls.greetings.models import Greeting, Review
from tests.console.signed_in import sign_in, words
from tests.world import World


def url(greeting: Greeting) -> str:
    return f"/t/acme/greetings/{greeting.public_id}/revisions/new"


def send(world: World, greeting: Greeting, who: str = "bob", **fields: Any) -> HttpResponse:
    return sign_in(world, who).post(url(greeting), {"text": "Other words."} | fields)


def test_it_begins_with_the_newest_words_and_their_placeholders(world: World) -> None:
    html = words(sign_in(world).get(url(world.reminder)).content)
    assert world.reminder.revisions.get().text in html
    assert 'name="gap-day-length" value="30"' in html


def test_the_live_words_stand_beside(world: World) -> None:
    assert "Live now" in words(sign_in(world).get(url(world.reminder)).content)


def test_name_and_agent_are_not_asked_again(world: World) -> None:
    html = words(sign_in(world).get(url(world.reminder)).content)
    assert 'name="name"' not in html
    assert 'name="agent"' not in html


def test_the_live_words_stay_until_an_owner_approves(world: World) -> None:
    live = world.appointment.live_revision
    answer = send(world, world.appointment)
    world.appointment.refresh_from_db()
    assert answer["Location"] == f"/t/acme/greetings/{world.appointment.public_id}"
    assert world.appointment.live_revision == live
    assert world.appointment.revisions.latest("number").text == "Other words."


def test_an_edit_resets_the_review(world: World) -> None:
    before = world.order_news.reviews.get()
    send(world, world.order_news)
    before.refresh_from_db()
    assert before.decision == Review.CHANGES_REQUESTED
    assert world.order_news.reviews.get(decision=Review.OPEN).revision.number == 2


def test_known_placeholders_keep_their_type_without_being_asked_again(world: World) -> None:
    kept = {"gap-first_name-type": "name", "gap-first_name-length": "40"}
    send(world, world.reminder, text="Hello {first_name}.", **kept)
    newest = world.reminder.revisions.latest("number")
    assert newest.placeholders == [{"name": "first_name", "type": "name", "max_length": 40}]


def test_a_new_placeholder_is_proposed_first(world: World) -> None:
    answer = send(world, world.appointment, text="Hi {first_name}.")
    assert answer.status_code == 422
    assert world.appointment.revisions.count() == 1


@pytest.mark.parametrize("text", ["", "a" * 501, "Hi \u2066there"])
def test_unusable_words_are_refused_at_their_field(world: World, text: str) -> None:
    answer = send(world, world.appointment, text=text)
    assert answer.status_code == 422
    assert 'id="id_text_error"' in words(answer.content)
    assert world.appointment.revisions.count() == 1


def test_a_reader_may_not_revise(world: World) -> None:
    assert send(world, world.appointment, "aurel").status_code == 403
    assert world.appointment.revisions.count() == 1
