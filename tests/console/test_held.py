"""A held call on the screens: what it waits for, and what a decision will let go."""

from datetime import timedelta

from calls.greetings import actions as greetings
from calls.placing import actions as placing
from calls.records.models import Call
from tests.console.signed_in import HTMX, at, filled, sign_in, words
from tests.placing.held import held, holding
from tests.world import APPOINTMENT, CALLEE, NOW, World


def page(world: World, path: str, who: str = "alice") -> str:
    with at(NOW):
        return words(sign_in(world, who).get(f"/t/acme/{path}").content)


def test_its_page_says_whose_decision_it_waits_for(world: World) -> None:
    html = page(world, f"calls/{held(world).sid}")
    assert "Held" in html
    assert "Waits for an owner to approve Order news, revision 1." in html
    assert "Held until an owner approves its words" in html


def test_after_the_approval_its_history_tells_both(world: World) -> None:
    call = held(world)
    world.approve(world.order_news)
    placing.settle_held(now=NOW, most=9)
    html = page(world, f"calls/{call.sid}")
    assert "Held until an owner approves its words" in html
    assert "Its words were approved" in html


def test_the_review_says_how_many_calls_wait_for_it(world: World) -> None:
    path = f"approvals/{world.order_news.reviews.get().public_id}"
    assert "Calls held for it" not in page(world, path)
    held(world, reference="1")
    held(world, reference="2")
    assert '<dt>Calls held for it</dt><dd class="num">2</dd>' in page(world, path)


def test_it_can_be_canceled_on_its_page(world: World) -> None:
    call = held(world)
    client = sign_in(world, "bob")
    with at(NOW):
        client.post(f"/t/acme/calls/{call.sid}/cancel")
    call.refresh_from_db()
    assert call.state == "canceled"


def test_support_asks_for_a_call_with_words_that_are_asked_for_anew(world: World) -> None:
    """The approval ran out, a new one is asked for: the button can be pressed, and the call waits."""
    world.appointment.reviews.update(valid_until=NOW + timedelta(hours=1))
    greetings.ask_again(
        revision=world.appointment.revisions.get(), actor=world.bob, asker=None, now=NOW
    )
    client, form = sign_in(holding(world), "bob"), filled(world)
    with at(NOW + timedelta(hours=2)):
        html = words(client.post("/t/acme/calls/new/preview", form, headers=HTMX).content)
        client.post("/t/acme/calls/new", form)
    assert "Waits for the approval of its words" in html and "Ask for it: it waits" in html
    assert "disabled" not in html
    assert (Call.objects.get().state, Call.objects.get().greeting_text) == ("held", APPOINTMENT)


def test_the_page_of_a_number_says_it_of_the_agents_own_words(world: World) -> None:
    holding(world).agent.default_greeting = world.order_news
    world.agent.save()
    client = sign_in(world, "bob")
    with at(NOW):
        page = client.post("/t/acme/numbers/search", {"number": CALLEE}, follow=True)
    html = words(page.content)
    assert "Waits for the approval of its words" in html and "Not at all" not in html
