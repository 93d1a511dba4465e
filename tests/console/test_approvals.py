"""Approvals: the queue, who sees what, and where one's own words stand."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.greetings.models import Review
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, World

URL = "/t/acme/approvals"


def page(world: World, who: str) -> str:
    return words(sign_in(world, who).get(URL).content)


def review_url(world: World, greeting: object = None) -> str:
    review = (greeting or world.order_news).reviews.get(decision=Review.OPEN)  # type: ignore[attr-defined]
    return f"{URL}/{review.public_id}"


def test_the_queue_is_oldest_first_with_its_age(world: World) -> None:
    world.draft("Second in line.", name="Second")
    with at(NOW + timedelta(hours=5)):
        html = page(world, "alice")
    assert html.index("Order news") < html.index("Second in line.")
    assert "5 hours" in html


def test_an_empty_queue_says_so(world: World) -> None:
    world.approve(world.order_news)
    assert "Nothing waits for a decision" in page(world, "alice")


def test_first_words_and_changed_words_are_told_apart(world: World) -> None:
    assert "First words" in page(world, "alice")
    assert "Changes live words" not in page(world, "alice")


def test_ones_own_words_are_marked(world: World) -> None:
    world.draft("My own.", name="Mine", by="alice")
    assert "(you)" in page(world, "alice")


def test_the_badge_counts_what_one_may_decide(world: World) -> None:
    world.draft("My own.", name="Mine", by="alice")
    assert '<span class="nav-badge">1</span>' in page(world, "alice")
    assert '<span class="nav-badge">2</span>' in page(world, "olga")
    assert "nav-badge" not in page(world, "bob")


def test_support_sees_what_became_of_its_words(world: World) -> None:
    html = page(world, "bob")
    mine = html[html.index("Your words") :]
    assert "Order news" in mine
    assert "Live" in mine


def test_the_last_decisions_are_listed(world: World) -> None:
    html = page(world, "aurel")
    assert "Decided lately" in html
    assert "Alice" in html


@pytest.mark.parametrize(
    ("who", "offered"), [("bob", True), ("alice", True), ("ada", True), ("aurel", False)]
)
def test_who_may_write_is_offered_to(world: World, who: str, offered: bool) -> None:
    assert ("/t/acme/greetings/new" in page(world, who)) is offered


def test_queries_do_not_grow_with_the_queue(world: World) -> None:
    client = sign_in(world, "alice")
    with CaptureQueriesContext(connection) as few:
        client.get(URL)
    for number in range(6):
        world.draft(f"Words {number}.", name=f"Draft {number}")
    with CaptureQueriesContext(connection) as many:
        client.get(URL)
    assert len(many) == len(few)


def test_another_tenants_queue_is_not_found(world: World) -> None:
    assert sign_in(world, "charlie").get(URL).status_code == 404


def test_another_tenants_review_is_not_found(world: World) -> None:
    review = world.order_news.reviews.get()
    client = sign_in(world, "charlie")
    for page_of in ("", "/decision", "/withdrawal"):
        foreign = f"/t/globex/approvals/{review.public_id}{page_of}"
        assert client.post(foreign, {"decision": "approved"}).status_code in (404, 405)
    review.refresh_from_db()
    assert review.decision == Review.OPEN


@pytest.mark.parametrize("nonsense", ["rv_", "rv_zz", "x" * 90, "rv_" + "0" * 32])
def test_an_id_that_is_none_is_not_found(world: World, nonsense: str) -> None:
    assert sign_in(world, "alice").get(f"{URL}/{nonsense}").status_code == 404
