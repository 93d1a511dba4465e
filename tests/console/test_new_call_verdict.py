"""The verdict panel: what the gates say to a form as it stands, and what the button will do."""

from django.test import Client

from calls.records.models import Call
from tests.console.signed_in import HTMX, at, filled, sign_in, words
from tests.world import NEW_YORKER, NOW, World

URL = "/t/acme/calls/new/preview"
CALIFORNIAN = "+1 415 236 5000"
MIDNIGHT = NOW.replace(hour=5)  # in New York; 21:00 the evening before in California


def ask(client: Client, form: dict[str, str]) -> str:
    """The panel as htmx gets it."""
    return words(client.post(URL, form, headers=HTMX).content)


def test_a_good_call_may_be_placed_now(world: World) -> None:
    html = ask(sign_in(world), filled(world))
    assert "May be placed now" in html and "Call now" in html
    assert "+1 555-555-5678" in html and "United States" in html


def test_nothing_is_written(world: World) -> None:
    ask(sign_in(world), filled(world))
    assert not Call.objects.exists()


def test_htmx_gets_the_panel_and_no_page(world: World) -> None:
    html = ask(sign_in(world), filled(world))
    assert "<html" not in html and 'id="ask-foot" hx-swap-oob="true"' in html


def test_without_htmx_it_is_the_whole_page(world: World) -> None:
    html = words(sign_in(world).post(URL, filled(world)).content)
    assert "<html" in html and "May be placed now" in html and "hx-swap-oob" not in html


def test_the_number_is_read_back(world: World) -> None:
    html = ask(sign_in(world), filled(world, to="555.555.5678"))
    assert "Read as +15555555678, United States." in html


def test_the_exact_words_and_their_approver_are_shown(world: World) -> None:
    html = ask(sign_in(world), filled(world))
    assert "Hi, this is Acme calling about your appointment." in html
    assert "Approved by Alice" in html


def test_their_clock_stands_before_ours(world: World) -> None:
    with at(NOW):
        html = ask(sign_in(world), filled(world, to=CALIFORNIAN))
    assert html.index("Los Angeles") < html.index("<span>You</span>")
    assert "07:00" in html and "10:00" in html


def test_closed_hours_wait_and_say_until_when(world: World) -> None:
    with at(MIDNIGHT):
        html = ask(sign_in(world), filled(world, to=NEW_YORKER))
    assert "Not at this time" in html and "Passes from" in html
    assert "Tue 3 Nov, 09:00" in html


def test_the_rule_is_named(world: World) -> None:
    with at(MIDNIGHT):
        html = ask(sign_in(world), filled(world, to=NEW_YORKER))
    assert "Mon–Sat 09:00–20:00" in html and "House default" in html


def test_the_button_is_disabled_only_with_its_reason(world: World) -> None:
    with at(MIDNIGHT):
        html = ask(sign_in(world), filled(world, to=NEW_YORKER))
    assert 'disabled aria-describedby="ask-reason"' in html
    assert 'id="ask-reason">Outside calling hours' in html


def test_waiting_is_offered_where_only_the_clock_stands_in_the_way(world: World) -> None:
    with at(MIDNIGHT):
        html = ask(sign_in(world), filled(world, to=NEW_YORKER))
    assert 'for="id_when_1"' in html and "Wait for the next allowed minute" in html


def test_the_next_allowed_minute_is_named_on_the_button(world: World) -> None:
    with at(MIDNIGHT):
        html = ask(sign_in(world), filled(world, to=NEW_YORKER, when="next_allowed"))
    assert "Call at the next allowed minute: Tue 3 Nov 09:00 EST" in html


def test_a_time_is_on_their_clock_and_the_button_says_both(world: World) -> None:
    form = filled(world, to=CALIFORNIAN, when="at", at="2026-11-04T14:30")
    with at(NOW):
        html = ask(sign_in(world), form)
    assert "Schedule for Wed 4 Nov 14:30 PST there · 17:30 EST here" in html
    assert "Read on their clock: Los Angeles time." in html


def test_a_blocked_country_blocks(world: World) -> None:
    html = ask(sign_in(world), filled(world, to="+44 20 7946 0018"))
    assert "One gate blocks this call" in html and "United Kingdom" in html


def test_what_is_missing_is_said_and_the_number_is_shown_all_the_same(world: World) -> None:
    html = ask(sign_in(world), filled(world, greeting=world.reminder.public_id))
    assert "May this call be placed?" in html and "Fill in First name." in html
    assert "+1 555-555-5678" in html


def test_an_empty_form_is_no_error(world: World) -> None:
    html = ask(sign_in(world), filled(world, to=""))
    assert "The answer follows as you type." in html


def test_asking_costs_the_same_however_many_calls_there_are(
    world: World, django_assert_max_num_queries: object
) -> None:
    client = sign_in(world)
    with django_assert_max_num_queries(22):  # type: ignore[operator]
        ask(client, filled(world))
