"""Withdrawing an approval: the effect is said first, then done, and only by owners."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from tests.console.signed_in import at, sign_in, words
from tests.world import CALLEE, NOW, World, agree

VALUES = {"first_name": "Ann", "day": "24 November", "hour": "3 PM"}


@pytest.fixture(autouse=True)
def _the_worlds_morning() -> object:
    with at():
        yield


def url(world: World) -> str:
    return f"/t/acme/approvals/{world.appointment.reviews.get().public_id}/withdrawal"


def test_the_effect_is_said_with_numbers(world: World) -> None:
    for minutes in (30, 60):
        world.place(to=CALLEE, scheduled_at=NOW + timedelta(minutes=minutes))
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "2 waiting calls will be refused" in html
    assert "no live words" in html


def test_the_calls_are_named_soonest_first(world: World) -> None:
    later, sooner = (
        world.place(to=CALLEE, scheduled_at=NOW + timedelta(minutes=minutes)).call
        for minutes in (60, 30)
    )
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert html.index(f"/calls/{sooner.sid}") < html.index(f"/calls/{later.sid}")
    assert "+1 ••• 5678" in html
    assert CALLEE[2:] not in html
    assert "Bob" in html


def test_their_time_is_on_the_callees_clock(world: World) -> None:
    agree(world.acme, "+13127365000")
    world.place(to="+13127365000", scheduled_at=NOW + timedelta(days=1))
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "9:00" in html
    assert "Chicago" in html


def test_the_first_twenty_of_many_are_named(world: World) -> None:
    for minute in range(22):
        due = NOW + timedelta(minutes=10 + minute)
        world.place(to=f"+1555555{6000 + minute}", scheduled_at=due)
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "22 waiting calls will be refused" in html
    assert "20 of 22 are shown." in html
    assert html.count("•••") == 20


def test_calls_with_other_words_are_left_alone(world: World) -> None:
    world.place(greeting_id=world.reminder.public_id, variables=VALUES)
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "No call waits with these words." in html
    assert "•••" not in html


def test_a_default_is_named(world: World) -> None:
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "Support opens with these words." in html
    other = f"/t/acme/approvals/{world.reminder.reviews.get().public_id}/withdrawal"
    assert "opens with these words" not in words(sign_in(world, "alice").get(other).content)


def test_the_reason_is_shown_with_the_greeting_and_the_review(world: World) -> None:
    asked = world.appointment.reviews.get()
    sign_in(world, "alice").post(url(world), {"reason": "Wrong opening hours"})
    for page in (f"greetings/{world.appointment.public_id}", f"approvals/{asked.public_id}"):
        html = words(sign_in(world, "bob").get(f"/t/acme/{page}").content)
        assert "Wrong opening hours" in html


def test_a_reason_that_is_too_long_is_refused_at_its_field(world: World) -> None:
    answer = sign_in(world, "alice").post(url(world), {"reason": "x" * 301})
    assert 'id="id_reason_error"' in words(answer.content)
    assert world.appointment.reviews.get().withdrawn_at is None


def test_no_waiting_call_is_said_too(world: World) -> None:
    html = words(sign_in(world, "alice").get(url(world)).content)
    assert "No call waits with these words." in html


def test_looking_withdraws_nothing(world: World) -> None:
    sign_in(world, "alice").get(url(world))
    assert world.appointment.reviews.get().withdrawn_at is None


def test_withdrawn_words_are_not_live(world: World) -> None:
    answer = sign_in(world, "alice").post(url(world), {"reason": "Wrong opening hours"})
    assert answer["Location"] == f"/t/acme/greetings/{world.appointment.public_id}"
    world.appointment.refresh_from_db()
    assert world.appointment.live_revision is None
    assert (
        AuditEntry.objects.get(verb="greeting.withdrawn").after["reason"] == "Wrong opening hours"
    )


def test_another_owner_may_withdraw_what_alice_approved(world: World) -> None:
    sign_in(world, "olga").post(url(world))
    assert world.appointment.reviews.get().withdrawn_by_name == "Olga"


@pytest.mark.parametrize("who", ["bob", "ada", "aurel"])
def test_only_owners_withdraw(world: World, who: str) -> None:
    client = sign_in(world, who)
    assert client.get(url(world)).status_code == 403
    assert client.post(url(world)).status_code == 403
    assert world.appointment.reviews.get().withdrawn_at is None


def test_a_second_withdrawal_says_there_is_nothing_left(world: World) -> None:
    client = sign_in(world, "alice")
    client.post(url(world))
    html = words(client.post(url(world), follow=True).content)
    assert "nothing to withdraw" in html


def test_the_way_there_is_shown_to_owners_only(world: World) -> None:
    page = f"/t/acme/greetings/{world.appointment.public_id}"
    assert url(world) in sign_in(world, "alice").get(page).content.decode()
    assert url(world) not in sign_in(world, "bob").get(page).content.decode()
