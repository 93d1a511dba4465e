"""One review: the words beside the live ones, as long as they get, and why one may not decide."""

import pytest

from calls.greetings import actions
from calls.greetings.models import Greeting, Review
from calls.greetings.wording import Placeholder
from tests.console.signed_in import sign_in, words
from tests.world import NOW, World

GAP = (Placeholder("first_name", "name", 20),)


def revise(world: World, text: str, gaps: tuple[Placeholder, ...] = ()) -> Greeting:
    actions.revise_greeting(
        greeting=world.appointment,
        actor=world.bob,
        author=world.user("bob"),
        now=NOW,
        text=text,
        placeholders=gaps,
    )
    return world.appointment


def review(world: World, who: str = "alice", greeting: Greeting | None = None) -> str:
    asked = (greeting or world.order_news).reviews.get(decision=Review.OPEN)
    answer = sign_in(world, who).get(f"/t/acme/approvals/{asked.public_id}")
    return words(answer.content)


def test_an_owner_reads_the_words_and_decides(world: World) -> None:
    html = review(world)
    assert world.order_news.revisions.get().text in html
    for decision in ("approved", "changes_requested", "rejected"):
        assert f'value="{decision}"' in html


def test_first_words_have_nothing_to_compare_with(world: World) -> None:
    html = review(world)
    assert "nothing to compare with" in html
    assert "<ins" not in html


def test_changed_words_stand_beside_the_live_ones(world: World) -> None:
    html = review(world, greeting=revise(world, "Hi, this is Acme calling about your delivery."))
    assert '<del data-tone="stop">appointment</del>' in html
    assert '<ins data-tone="go">delivery</ins>' in html


def test_placeholders_are_shown_at_their_longest(world: World) -> None:
    html = review(world, greeting=revise(world, "Hi {first_name}, Acme!", GAP))
    assert '<mark data-tone="info" title="first_name">Maximiliane Konstant</mark>' in html
    assert "30 characters, about 2 s" in html


def test_the_key_a_approves(world: World) -> None:
    assert 'aria-keyshortcuts="a"' in review(world)


def test_waiting_calls_keep_their_words(world: World) -> None:
    world.place()
    assert "One waiting call keeps the words" in review(
        world, greeting=revise(world, "Other words of Acme.")
    )


@pytest.mark.parametrize(
    ("who", "why"),
    [
        ("bob", "Only a business owner may decide."),
        ("ada", "Only a business owner may decide."),
        ("aurel", "Only a business owner may decide."),
        ("olga", "You wrote these words, so someone else has to decide."),
    ],
)
def test_who_may_not_decide_reads_why(world: World, who: str, why: str) -> None:
    html = review(world, who, world.draft("Olga's words.", name="Hers", by="olga"))
    assert why in html
    assert 'name="decision"' not in html


def test_a_decided_review_shows_who_decided(world: World) -> None:
    decided = world.appointment.reviews.get()
    html = words(sign_in(world, "bob").get(f"/t/acme/approvals/{decided.public_id}").content)
    assert "Alice" in html
    assert 'name="decision"' not in html


def test_text_is_never_markup(world: World) -> None:
    html = review(world, greeting=world.draft("<b>Hi</b> & bye", name="<script>x</script>"))
    assert "&lt;b&gt;Hi&lt;/b&gt; &amp; bye" in html
    assert "<script>x" not in html


def test_a_second_owner_sees_what_the_first_one_said(world: World) -> None:
    asked = revise(world, "Hi, this is about your delivery.").reviews.get(decision=Review.OPEN)
    said = {"decision": Review.REJECTED, "comment": "Name the shop."}
    actions.decide_review(
        asked=asked, actor=world.olga, decider=world.user("olga"), now=NOW, **said
    )
    html = review(world, greeting=revise(world, "Hi, Acme calls about your delivery."))
    earlier = html[html.index("Decided before") :]
    assert "Name the shop." in earlier
    assert "Olga" in earlier


def test_first_words_were_not_decided_about_before(world: World) -> None:
    assert "Decided before" not in review(world)
