"""Greetings: the list, one greeting with its history, and where it is used."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.greetings import actions
from calls.greetings.models import Review
from calls.placing.actions import cancel_call
from tests.console.signed_in import at, sign_in, words
from tests.world import APPOINTMENT, NOW, WAITING, World

URL = "/t/acme/greetings"


def page(world: World, who: str = "bob", greeting: object = None) -> str:
    path = f"/{greeting.public_id}" if greeting else ""  # type: ignore[attr-defined]
    return words(sign_in(world, who).get(URL + path).content)


def revise(world: World, text: str) -> None:
    actions.revise_greeting(
        greeting=world.appointment,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW + timedelta(minutes=1),
        text=text,
    )


def test_the_list_shows_words_and_where_they_stand(world: World) -> None:
    html = page(world)
    assert APPOINTMENT in html
    assert WAITING in html
    assert html.count("</svg>Live</span>") == 2
    assert html.count("</svg>Waiting</span>") == 1


def test_live_words_are_listed_while_newer_ones_wait(world: World) -> None:
    revise(world, "Other words.")
    html = page(world)
    assert APPOINTMENT in html
    assert "Other words." not in html


def test_a_tenant_without_greetings_is_told_how_to_begin(world: World) -> None:
    html = words(sign_in(world, "charlie").get("/t/globex/greetings").content)
    assert "No greetings yet" in html
    assert "/t/globex/greetings/new" in html


@pytest.mark.parametrize(("who", "offered"), [("bob", True), ("alice", True), ("aurel", False)])
def test_who_may_write_is_offered_to(world: World, who: str, offered: bool) -> None:
    assert ("/greetings/new" in page(world, who)) is offered
    assert ("/revisions/new" in page(world, who, world.appointment)) is offered


def test_queries_do_not_grow_with_the_list(world: World) -> None:
    client = sign_in(world)
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(6):
        world.draft(f"Words {number}.", name=f"Draft {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


def test_a_greeting_shows_who_wrote_and_who_decided(world: World) -> None:
    html = page(world, greeting=world.appointment)
    assert "Written by Bob" in html
    assert "Approved by Alice" in html


def test_every_revision_is_kept_newest_first(world: World) -> None:
    revise(world, "Second words.")
    html = page(world, greeting=world.appointment)
    assert html.index("Revision 2") < html.index("Revision 1")
    assert "Second words." in html


def test_a_comment_is_kept_with_its_decision(world: World) -> None:
    actions.decide_review(
        asked=world.order_news.reviews.get(decision=Review.OPEN),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=Review.CHANGES_REQUESTED,
        comment="Say who is calling.",
    )
    assert "“Say who is calling.”" in page(world, greeting=world.order_news)


def test_placeholders_are_shown_with_type_and_length(world: World) -> None:
    assert "<code>{first_name}</code> name, at most 40" in page(world, greeting=world.reminder)


def test_where_it_is_used(world: World) -> None:
    with at():
        cancel_call(call=world.place().call, actor=world.bob, now=NOW)
        world.place(to="+15555557001")
    html = page(world, greeting=world.appointment)
    assert "<dt>Default of</dt><dd>Support</dd>" in html
    assert '<dt>Calls so far</dt><dd class="num">2</dd>' in html
    assert '<dt>Waiting calls</dt><dd class="num">1</dd>' in html


def test_what_waits_leads_to_its_review(world: World) -> None:
    review = world.order_news.reviews.get()
    assert f"/t/acme/approvals/{review.public_id}" in page(world, greeting=world.order_news)


def test_another_tenants_greeting_is_not_found(world: World) -> None:
    client = sign_in(world, "charlie")
    for path in ("", "/revisions/new"):
        foreign = f"/t/globex/greetings/{world.appointment.public_id}{path}"
        assert client.get(foreign).status_code == 404


def test_another_tenants_list_is_not_found(world: World) -> None:
    assert sign_in(world, "charlie").get(URL).status_code == 404
