"""Deciding: what each answer does, what is refused, and what comes next."""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.http import HttpResponse

from calls.audit.models import AuditEntry
from calls.greetings import actions
from calls.greetings.models import Greeting, Review
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, World


@pytest.fixture(autouse=True)
def _the_worlds_morning() -> object:
    with at():
        yield


def decide(
    world: World, who: str = "alice", greeting: Greeting | None = None, **fields: Any
) -> HttpResponse:
    asked = (greeting or world.order_news).reviews.latest("asked_at")
    return sign_in(world, who).post(f"/t/acme/approvals/{asked.public_id}/decision", fields)


def review(world: World) -> Review:
    return world.order_news.reviews.get()


def test_approved_words_are_live(world: World) -> None:
    answer = decide(world, decision="approved")
    world.order_news.refresh_from_db()
    assert world.order_news.live_revision == world.order_news.revisions.get()
    assert answer["Location"] == "/t/acme/approvals"


def test_the_decision_is_on_record_under_its_name(world: World) -> None:
    decide(world, decision="approved", comment="Good.")
    entry = AuditEntry.objects.get(verb="greeting.approved", target_label="Order news")
    assert (entry.actor_name, entry.after["comment"]) == ("Alice", "Good.")
    assert entry.request_id


def test_the_next_in_the_queue_opens(world: World) -> None:
    following = world.draft("Second.", name="Second").reviews.get()
    answer = decide(world, decision="approved")
    assert answer["Location"] == f"/t/acme/approvals/{following.public_id}"


def test_ones_own_words_are_not_the_next(world: World) -> None:
    world.draft("Mine.", name="Mine", by="alice")
    assert decide(world, decision="approved")["Location"] == "/t/acme/approvals"


def test_the_message_says_what_is_left(world: World) -> None:
    world.draft("Second.", name="Second")
    answer = decide(world, decision="approved")
    html = words(answer.client.get(answer["Location"]).content)  # type: ignore[attr-defined]
    assert "“Order news” is approved." in html
    assert "1 more waits." in html


@pytest.mark.parametrize("decision", ["changes_requested", "rejected"])
def test_a_no_needs_a_comment(world: World, decision: str) -> None:
    answer = decide(world, decision=decision)
    assert answer.status_code == 422
    assert "Say what should change" in words(answer.content)
    assert 'aria-invalid="true"' in words(answer.content)
    assert review(world).decision == Review.OPEN


@pytest.mark.parametrize("decision", ["changes_requested", "rejected"])
def test_a_no_with_a_comment_reaches_the_author(world: World, decision: str) -> None:
    decide(world, decision=decision, comment="Say who is calling.")
    html = words(sign_in(world, "bob").get("/t/acme/approvals").content)
    assert "Say who is calling." in html
    world.order_news.refresh_from_db()
    assert world.order_news.live_revision is None


def test_ones_own_words_are_refused_by_the_verb(world: World) -> None:
    mine = world.draft("Mine.", name="Mine", by="alice")
    answer = decide(world, greeting=mine, decision="approved")
    assert answer.status_code == 422
    assert "You wrote these words" in words(answer.content)
    assert mine.reviews.get().decision == Review.OPEN


@pytest.mark.parametrize("who", ["bob", "ada", "aurel"])
def test_only_owners_decide(world: World, who: str) -> None:
    assert decide(world, who, decision="approved").status_code == 422
    assert review(world).decision == Review.OPEN


def test_a_second_decision_changes_nothing(world: World) -> None:
    decide(world, decision="approved")
    answer = decide(world, "olga", decision="rejected", comment="No.")
    assert answer.status_code == 422
    assert review(world).decision == Review.APPROVED


def test_an_edit_since_resets_the_review(world: World) -> None:
    before = review(world)
    actions.revise_greeting(
        greeting=world.order_news,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW + timedelta(minutes=1),
        text="Edited.",
    )
    url = f"/t/acme/approvals/{before.public_id}/decision"
    assert sign_in(world, "alice").post(url, {"decision": "approved"}).status_code == 422


def test_valid_through_lasts_to_the_end_of_the_day_there(world: World) -> None:
    decide(world, decision="approved", valid_until="2026-11-05")
    assert review(world).valid_until == datetime(2026, 11, 6, 5, tzinfo=UTC)


def test_today_is_still_a_day(world: World) -> None:
    assert decide(world, decision="approved", valid_until="2026-11-03").status_code == 302


@pytest.mark.parametrize("day", ["2026-11-02", "31.12.2026", "soon"])
def test_a_day_that_is_over_or_none_is_refused_at_its_field(world: World, day: str) -> None:
    answer = decide(world, decision="approved", valid_until=day)
    assert answer.status_code == 422
    assert 'id="id_valid_until_error"' in words(answer.content)
    assert review(world).decision == Review.OPEN


def test_what_was_typed_is_kept(world: World) -> None:
    answer = decide(world, decision="approved", comment="Careful.", valid_until="2020-01-01")
    html = words(answer.content)
    assert "Careful." in html
    assert 'value="2020-01-01"' in html


@pytest.mark.parametrize("decision", ["", "open", "maybe"])
def test_a_decision_that_is_none_is_refused(world: World, decision: str) -> None:
    assert decide(world, decision=decision).status_code == 422
    assert review(world).decision == Review.OPEN


def test_coming_back_by_address_shows_the_review(world: World) -> None:
    url = f"/t/acme/approvals/{review(world).public_id}"
    assert sign_in(world, "alice").get(f"{url}/decision")["Location"] == url
