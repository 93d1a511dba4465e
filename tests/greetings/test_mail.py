"""Mail about reviews: owners hear what waits, authors what was decided, and a dead mail server stops nothing."""

import re
from typing import Any

import pytest
from django.core import mail
from django.core.mail.backends.locmem import EmailBackend

from calls import tasks
from calls.greetings import actions as greetings
from calls.greetings import notify
from calls.greetings.models import Review
from calls.lib import later
from calls.tenants import actions as tenants
from tests.console.signed_in import at
from tests.database.rows import change
from tests.world import NOW, SEED, World


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, dict[str, str]]]:
    """What would be sent to a worker, in order."""
    sent: list[tuple[str, dict[str, str]]] = []
    monkeypatch.setattr(later, "_send", lambda task, ids: sent.append((task, ids)))
    return sent


def asked(world: World) -> Review:
    return world.order_news.reviews.latest("asked_at")


def decide(world: World, decision: str, comment: str = "Shorter, please.") -> Review:
    return greetings.decide_review(
        asked=asked(world),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=decision,
        comment=comment,
    )


def tell(asked: Review) -> None:
    notify.tell(review_id=asked.pk, now=NOW)


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def test_owners_hear_what_waits(world: World) -> None:
    tell(asked(world))
    assert to() == ["alice@acme.example", "olga@acme.example"]
    first = mail.outbox[0]
    assert first.subject == "“Order news” waits for your decision"
    assert f"/t/acme/approvals/{asked(world).public_id}" in first.body
    assert "Hello Alice, words by Bob wait" in first.body


def test_the_author_is_not_asked_about_own_words(world: World) -> None:
    draft = world.draft("Acme here.", by="alice")
    tell(draft.reviews.get())
    assert to() == ["olga@acme.example"]


def test_who_has_left_hears_nothing(world: World) -> None:
    tenants.end_membership(member=world.members["olga"], actor=SEED, now=NOW)
    change(world.user("alice"), is_active=False)
    tell(asked(world))
    assert to() == []


def test_an_owner_elsewhere_hears_nothing(world: World) -> None:
    tell(asked(world))
    assert "charlie@globex.example" not in to()


SUBJECTS = {
    Review.APPROVED: "“Order news” is approved",
    Review.CHANGES_REQUESTED: "Changes to “Order news” are requested",
    Review.REJECTED: "“Order news” is rejected",
}


@pytest.mark.parametrize("decision", SUBJECTS)
def test_the_author_hears_the_decision_and_why(world: World, decision: str) -> None:
    decided = decide(world, decision)
    tell(decided)
    (message,) = mail.outbox
    assert (message.to, message.subject) == (["bob@acme.example"], SUBJECTS[decision])
    assert "Comment: Shorter, please." in message.body
    assert f"/t/acme/approvals/{decided.public_id}" in message.body
    assert ("new revision" in message.body) is (decision != Review.APPROVED)


def test_no_mail_holds_a_phone_number(world: World) -> None:
    world.place()
    tell(asked(world))
    tell(decide(world, Review.APPROVED))
    assert not [m for m in mail.outbox if re.search(r"\+\d{6,}", m.subject + m.body)]


def test_what_was_decided_meanwhile_waits_for_nobody(world: World) -> None:
    tell(decide(world, Review.APPROVED))
    assert to() == ["bob@acme.example"]


def test_who_was_asked_and_who_hears_the_decision_are_told_each_once(world: World) -> None:
    tell(asked(world))
    tell(decide(world, Review.REJECTED))
    assert to() == ["alice@acme.example", "olga@acme.example", "bob@acme.example"]


def test_a_worker_reads_the_review_from_its_message(world: World) -> None:
    with at():
        tasks.tell_review(review_id=asked(world).public_id)
    assert to() == ["alice@acme.example", "olga@acme.example"]


@pytest.mark.parametrize("name", ["News\nBcc: x@y.example", "<b>News</b>"])
def test_a_name_is_text_in_the_subject_and_the_mail(world: World, name: str) -> None:
    change(world.order_news, name=name)
    tell(decide(world, Review.REJECTED, "<i>No</i> & never"))
    (message,) = mail.outbox
    assert message.subject == f"“{' '.join(name.split())}” is rejected"
    assert message.recipients() == ["bob@acme.example"]
    assert "<i>No</i> & never" in message.body


def test_a_dead_mail_server_is_logged_without_addresses(
    world: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def dead(*_: Any) -> int:
        raise ConnectionRefusedError("mail.example refuses bob@acme.example")

    monkeypatch.setattr(EmailBackend, "send_messages", dead)
    tell(decide(world, Review.APPROVED))
    assert "mail not sent" in caplog.text
    assert "bob@" not in caplog.text + str([vars(record) for record in caplog.records])


@pytest.mark.django_db(transaction=True)
def test_a_worker_is_told_after_the_commit(world: World, hints: list[Any]) -> None:
    draft = world.draft("Acme here.")
    world.approve(draft)
    review = {"review_id": draft.reviews.get().public_id}
    assert hints == [("tell_review", review), ("tell_review", review)]


@pytest.mark.django_db(transaction=True)
def test_a_withdrawal_and_a_refusal_mail_nobody(world: World, hints: list[Any]) -> None:
    with pytest.raises(greetings.CannotDecide):
        decide(world, "banana")
    greetings.withdraw_approval(asked=world.appointment.reviews.get(), actor=world.olga, now=NOW)
    assert hints == []
