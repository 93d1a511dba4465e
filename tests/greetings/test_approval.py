"""Draft, decide, revise, withdraw: which words may be spoken at each step."""

from datetime import timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calls.greetings import actions as greetings
from calls.greetings import queries
from calls.greetings.actions import CannotDecide, NameTaken, NotInForce
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.greetings.wording import Placeholder
from calls.lib.errors import BadField, NotPermitted
from tests.world import APPOINTMENT, NOW, WAITING, World

LATER = NOW + timedelta(hours=1)


def waiting(greeting: Greeting) -> Review:
    return greeting.reviews.get(decision=Review.OPEN)


def decide(world: World, greeting: Greeting, by: str, decision: str, comment: str = "") -> Review:
    return greetings.decide_review(
        asked=waiting(greeting),
        actor=getattr(world, by),
        decider=world.user(by),
        now=NOW,
        decision=decision,
        comment=comment,
    )


def revise(world: World, greeting: Greeting, text: str, by: str = "bob") -> GreetingRevision:
    return greetings.revise_greeting(
        greeting=greeting,
        actor=getattr(world, by),
        author=world.user(by),
        now=LATER,
        text=text,
    )


def test_a_draft_waits_and_may_not_be_spoken(world: World) -> None:
    draft = world.draft("Hello from Acme.")
    assert draft.live_revision is None
    assert waiting(draft).revision.text == "Hello from Acme."
    assert list(queries.open_reviews(world.acme)) == [waiting(world.order_news), waiting(draft)]


def test_an_approval_makes_the_words_live(world: World) -> None:
    asked = decide(world, world.order_news, "alice", Review.APPROVED, "Fine")
    world.order_news.refresh_from_db()
    assert world.order_news.live_revision == asked.revision
    assert (asked.decided_by_name, asked.decided_at, asked.comment) == ("Alice", NOW, "Fine")
    assert queries.approval_of(asked.revision) == asked


@pytest.mark.parametrize("name", ["bob", "ada", "aurel"])
def test_only_owners_decide(world: World, name: str) -> None:
    with pytest.raises(CannotDecide, match="Only a business owner"):
        decide(world, world.order_news, name, Review.APPROVED)
    assert waiting(world.order_news).decided_at is None


def test_an_owner_never_decides_on_their_own_words(world: World) -> None:
    own = world.draft("Hello, Alice of Acme here.", by="alice")
    with pytest.raises(CannotDecide, match="You wrote these words"):
        decide(world, own, "alice", Review.APPROVED)
    assert decide(world, own, "olga", Review.APPROVED).decided_by == world.user("olga")


def test_a_program_never_decides(world: World) -> None:
    with pytest.raises(CannotDecide):
        greetings.decide_review(
            asked=waiting(world.order_news),
            actor=world.program,
            decider=None,
            now=NOW,
            decision=Review.APPROVED,
        )


@pytest.mark.parametrize("decision", [Review.REJECTED, Review.CHANGES_REQUESTED])
def test_a_rejection_needs_a_reason_and_makes_nothing_live(world: World, decision: str) -> None:
    with pytest.raises(CannotDecide, match="Say what should change"):
        decide(world, world.order_news, "alice", decision)
    decide(world, world.order_news, "alice", decision, "Shorter, please")
    world.order_news.refresh_from_db()
    assert world.order_news.live_revision is None


@pytest.mark.parametrize("decision", ["", "banana"])
def test_a_decision_is_one_of_three(world: World, decision: str) -> None:
    with pytest.raises(CannotDecide, match="Approve, reject"):
        decide(world, world.order_news, "alice", decision, "Hm")


def test_a_review_is_decided_once(world: World) -> None:
    asked = waiting(world.order_news)
    decide(world, world.order_news, "alice", Review.APPROVED)
    with pytest.raises(CannotDecide, match="already decided"):
        greetings.decide_review(
            asked=asked, actor=world.olga, decider=world.user("olga"), now=NOW, decision="approved"
        )


def test_an_edit_starts_unapproved_and_the_approved_words_stay_in_use(world: World) -> None:
    before = world.appointment.live_revision
    revision = revise(world, world.appointment, "Hello, a new text of Acme.")
    world.appointment.refresh_from_db()
    assert world.appointment.live_revision == before
    assert revision.number == 2
    assert waiting(world.appointment).revision == revision


def test_a_newer_edit_closes_the_review_of_the_older_one(world: World) -> None:
    older = waiting(world.order_news)
    newest = revise(world, world.order_news, "News about your order.")
    older.refresh_from_db()
    assert older.decision == Review.CHANGES_REQUESTED
    assert older.comment == "Replaced by a newer revision."
    assert older.was_replaced
    assert waiting(world.order_news).revision == newest


def test_an_edit_by_the_owner_needs_another_owner(world: World) -> None:
    revise(world, world.order_news, "News of Acme from Alice.", by="alice")
    with pytest.raises(CannotDecide):
        decide(world, world.order_news, "alice", Review.APPROVED)
    decide(world, world.order_news, "olga", Review.APPROVED)


def test_a_withdrawn_approval_ends_the_words(world: World) -> None:
    asked = queries.approval_of(world.appointment.live_revision)
    assert asked is not None
    withdrawn = greetings.withdraw_approval(
        asked=asked, actor=world.olga, now=LATER, reason="Wrong name"
    )
    world.appointment.refresh_from_db()
    assert world.appointment.live_revision is None
    assert (withdrawn.withdrawn_at, withdrawn.withdrawn_by_name) == (LATER, "Olga")
    assert Review.objects.get(pk=withdrawn.pk).withdrawn_reason == "Wrong name"
    assert not withdrawn.is_in_force(LATER)


def test_a_reason_that_does_not_fit_is_named(world: World) -> None:
    asked = world.appointment.reviews.get()
    with pytest.raises(BadField) as wrong:
        greetings.withdraw_approval(asked=asked, actor=world.olga, now=LATER, reason="x" * 301)
    assert wrong.value.field == "reason"
    asked.refresh_from_db()
    assert asked.is_in_force(LATER)


def test_withdrawing_twice_is_said(world: World) -> None:
    stale = queries.approval_of(world.appointment.live_revision)
    again = queries.approval_of(world.appointment.live_revision)
    assert stale
    assert again
    greetings.withdraw_approval(asked=stale, actor=world.olga, now=LATER)
    with pytest.raises(NotInForce):
        greetings.withdraw_approval(asked=again, actor=world.alice, now=LATER)


@pytest.mark.parametrize("name", ["bob", "ada", "aurel", "program"])
def test_only_owners_withdraw(world: World, name: str) -> None:
    asked = queries.approval_of(world.appointment.live_revision)
    assert asked
    with pytest.raises(NotPermitted):
        greetings.withdraw_approval(asked=asked, actor=getattr(world, name), now=LATER)


def test_withdrawing_old_words_leaves_the_newer_ones_live(world: World) -> None:
    old = queries.approval_of(world.appointment.live_revision)
    assert old
    newest = revise(world, world.appointment, "Hello, a new text of Acme.")
    world.approve(world.appointment)
    greetings.withdraw_approval(asked=old, actor=world.alice, now=LATER)
    world.appointment.refresh_from_db()
    assert world.appointment.live_revision == newest


def test_an_approval_may_end_by_itself(world: World) -> None:
    approved = world.approve(world.order_news, valid_until=LATER)
    asked = queries.approval_of(approved.live_revision)
    assert asked
    assert asked.is_in_force(NOW)
    assert not asked.is_in_force(LATER)


def test_an_open_review_is_not_in_force(world: World) -> None:
    assert not waiting(world.order_news).is_in_force(NOW)


@pytest.mark.parametrize("name", ["aurel", "program"])
def test_who_may_not_write_may_not_draft(world: World, name: str) -> None:
    with pytest.raises(NotPermitted):
        greetings.draft_greeting(
            tenant=world.acme,
            actor=getattr(world, name),
            author=None,
            now=NOW,
            name="Mine",
            text="Hello.",
        )
    with pytest.raises(NotPermitted):
        greetings.revise_greeting(
            greeting=world.order_news,
            actor=getattr(world, name),
            author=None,
            now=NOW,
            text="Hello.",
        )


def test_names_are_taken_without_regard_to_case(world: World) -> None:
    with pytest.raises(NameTaken):
        world.draft("Hello.", name="appointment")


def test_another_tenant_may_use_the_same_name_and_words(world: World) -> None:
    theirs = world.draft(APPOINTMENT, name="Appointment", by="charlie")
    assert theirs.tenant == world.globex


WRONG: list[tuple[str, list[Placeholder], str]] = [
    ("", [], "text"),
    ("Hi\x00", [], "text"),
    ("x" * 501, [], "text"),
    ("Hi there.", [Placeholder("first_name")], "placeholders"),
    ("Hi {first_name}.", [Placeholder("first_name", "banana")], "placeholders"),
    ("Hi {first_name}.", [Placeholder("first_name", "name", 0)], "placeholders"),
]


@pytest.mark.parametrize(("text", "gaps", "named"), WRONG)
def test_wrong_words_are_named_and_nothing_is_kept(
    world: World, text: str, gaps: list[Placeholder], named: str
) -> None:
    with pytest.raises(BadField) as wrong:
        world.draft(text, placeholders=gaps)
    assert wrong.value.field == named
    assert not Greeting.objects.filter(name="Draft").exists()


def test_a_gap_that_is_not_described_holds_short_text(world: World) -> None:
    draft = world.draft("Your code is {code}.")
    stored = waiting(draft).revision.placeholders
    assert stored == [{"name": "code", "type": "text", "max_length": 60}]


def refused_by_the_database(**fields: Any) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        Review.objects.create(**fields)


def test_the_database_refuses_an_approval_of_own_words(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        world.order_news.reviews.update(
            decision=Review.APPROVED, decided_by=world.user("bob"), decided_at=NOW
        )


def test_the_database_refuses_two_open_reviews(world: World) -> None:
    asked = waiting(world.order_news)
    refused_by_the_database(
        tenant=world.acme, greeting=asked.greeting, revision=asked.revision, asked_at=NOW
    )


def test_the_database_refuses_two_approvals_of_the_same_words(world: World) -> None:
    approved = queries.approval_of(world.appointment.live_revision)
    assert approved
    refused_by_the_database(
        tenant=world.acme,
        greeting=approved.greeting,
        revision=approved.revision,
        asked_at=NOW,
        decision=Review.APPROVED,
        decided_at=NOW,
    )


@pytest.mark.parametrize(("decision", "at"), [(Review.APPROVED, None), (Review.OPEN, NOW)])
def test_the_database_wants_a_time_for_a_decision(world: World, decision: str, at: object) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        world.order_news.reviews.update(decision=decision, decided_at=at)


def test_the_world_waits_for_one_decision(world: World) -> None:
    assert waiting(world.order_news).revision.text == WAITING
