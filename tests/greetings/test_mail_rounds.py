"""Mail about reviews whose hint was lost, or that the mail server did not take, is sent by the next round."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.core import mail

from calls import tasks
from calls.greetings import actions as greetings
from calls.greetings import notify
from calls.greetings.models import Review
from tests.console.signed_in import at
from tests.database.rows import change
from tests.mailing import Switch, mail_server
from tests.world import NOW, World

MINUTE = timedelta(minutes=1)
SOON = NOW + timedelta(seconds=30)
OWNERS = ["alice@acme.example", "olga@acme.example"]


@pytest.fixture
def asked(world: World) -> Review:
    """“Order news”, the only review nobody was told of."""
    found = world.order_news.reviews.get()
    Review.objects.exclude(pk=found.pk).update(tell_at=None)
    return found


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def decide(world: World, asked: Review, now: datetime = NOW) -> Review:
    return greetings.decide_review(
        asked=asked,
        actor=world.alice,
        decider=world.user("alice"),
        now=now,
        decision=Review.APPROVED,
    )


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_a_lost_hint_is_no_lost_mail(asked: Review) -> None:
    with at(SOON):
        tasks.tell_waiting()
    assert to() == OWNERS


def test_what_the_hint_sent_the_round_does_not(asked: Review) -> None:
    notify.tell(review_id=asked.pk, now=NOW)
    notify.tell_waiting(now=SOON)
    notify.tell_waiting(now=SOON + MINUTE)
    assert to() == OWNERS


def test_what_the_round_sent_a_late_hint_does_not(asked: Review) -> None:
    notify.tell_waiting(now=SOON)
    notify.tell(review_id=asked.pk, now=SOON)
    assert to() == OWNERS


def test_a_lost_hint_about_a_decision_is_made_good_too(world: World, asked: Review) -> None:
    notify.tell(review_id=asked.pk, now=NOW)
    decide(world, asked)
    notify.tell_waiting(now=SOON)
    assert to() == [*OWNERS, "bob@acme.example"]


def test_what_somebody_tells_just_now_is_left_to_them(asked: Review) -> None:
    assert greetings.take_telling(review_id=asked.pk, now=NOW)
    notify.tell_waiting(now=SOON)
    assert to() == []


def test_whoever_died_while_telling_is_followed_by_another(asked: Review) -> None:
    greetings.take_telling(review_id=asked.pk, now=NOW)
    notify.tell_waiting(now=NOW + MINUTE)
    assert to() == OWNERS


def test_what_is_decided_while_owners_are_told_is_told_still(world: World, asked: Review) -> None:
    taken = greetings.take_telling(review_id=asked.pk, now=NOW)
    assert taken
    decide(world, asked, SOON)
    greetings.note_told(asked=taken)
    notify.tell_waiting(now=SOON)
    assert to() == ["bob@acme.example"]


def test_a_server_that_is_down_gets_it_when_it_is_up(asked: Review, server: Switch) -> None:
    server.down()
    assert notify.tell(review_id=asked.pk, now=NOW) is False
    server.up()
    notify.tell_waiting(now=SOON)
    assert to() == []
    notify.tell_waiting(now=NOW + MINUTE)
    notify.tell_waiting(now=NOW + 3 * MINUTE)
    assert to() == OWNERS


def test_a_round_asks_a_dead_server_once(world: World, server: Switch) -> None:
    server.down()
    assert Review.objects.filter(tell_at__lte=NOW).count() == 3
    notify.tell_waiting(now=SOON)
    assert server.asked == 1


def test_what_failed_goes_behind_what_waits(world: World, server: Switch) -> None:
    server.down()
    notify.tell_waiting(now=SOON)
    server.up()
    notify.tell_waiting(now=SOON)
    assert Review.objects.filter(tell_at__isnull=False).count() == 1


def test_where_nobody_is_left_to_hear_it_nothing_waits(asked: Review, world: World) -> None:
    for name in ("alice", "olga"):
        change(world.user(name), is_active=False)
    notify.tell_waiting(now=SOON)
    asked.refresh_from_db()
    assert (to(), asked.tell_at) == ([], None)


def test_what_was_asked_before_mail_was_kept_is_told_to_nobody(asked: Review) -> None:
    Review.objects.update(tell_at=None)
    notify.tell(review_id=asked.pk, now=NOW)
    notify.tell_waiting(now=NOW)
    assert to() == []


def test_what_one_has_taken_no_other_takes(world: World, asked: Review) -> None:
    rows: dict[str, Any] = {"review_id": asked.pk, "now": NOW}
    assert [bool(greetings.take_telling(**rows)) for _ in range(2)] == [True, False]
