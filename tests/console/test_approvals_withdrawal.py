"""Withdrawing an approval: the effect is said first, then done, and only by owners."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from tests.console.signed_in import at, sign_in, words
from tests.world import CALLEE, NOW, World


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
