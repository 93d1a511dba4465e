"""Asking anew for words whose approval ended: a fresh revision, the same words, four eyes again."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction

from calls.audit.models import AuditEntry
from calls.greetings import actions as greetings
from calls.greetings import queries
from calls.greetings.actions import CannotAskAgain, CannotDecide
from calls.greetings.models import Greeting, GreetingRevision, Review
from calls.lib.errors import NotPermitted
from calls.records.models import Call
from tests.world import APPOINTMENT, GAPS, NOW, REMINDER, World

LATER = NOW + timedelta(days=2)


def ask(world: World, revision: GreetingRevision, by: str = "ada") -> GreetingRevision:
    return greetings.ask_again(
        revision=revision, actor=getattr(world, by), asker=world.user(by), now=LATER
    )


def decide(world: World, greeting: Greeting, by: str) -> Review:
    return greetings.decide_review(
        asked=greeting.reviews.get(decision=Review.OPEN),
        actor=getattr(world, by),
        decider=world.user(by),
        now=LATER,
        decision=Review.APPROVED,
    )


def withdrawn(world: World) -> GreetingRevision:
    """The default words, withdrawn by Olga."""
    asked = world.appointment.reviews.get()
    greetings.withdraw_approval(asked=asked, actor=world.olga, now=NOW, reason="Wrong hours")
    return asked.revision


def ending(world: World, by: str = "bob") -> GreetingRevision:
    """Words approved for one day."""
    draft = world.draft("Acme here.", by=by)
    approver = "olga" if by == "alice" else "alice"
    world.approve(draft, by=approver, valid_until=NOW + timedelta(days=1))
    return draft.revisions.get()


def test_withdrawn_words_are_asked_for_as_they_were(world: World) -> None:
    anew = ask(world, withdrawn(world))
    asked = world.appointment.reviews.get(decision=Review.OPEN)
    assert (anew.number, anew.text, asked.revision) == (2, APPOINTMENT, anew)
    assert anew.sha256 == world.appointment.revisions.get(number=1).sha256
    assert (anew.author, anew.author_name) == (world.user("bob"), "Bob")
    assert asked.author == world.user("ada")


def test_placeholders_come_along(world: World) -> None:
    greetings.withdraw_approval(asked=world.reminder.reviews.get(), actor=world.olga, now=NOW)
    anew = ask(world, world.reminder.revisions.get())
    assert anew.text == REMINDER
    assert [gap["name"] for gap in anew.placeholders] == [gap.name for gap in GAPS]


@pytest.mark.parametrize("days", [0, 3], ids=["ends soon", "has ended"])
def test_words_with_an_end_are_asked_for_before_and_after_it(world: World, days: int) -> None:
    revision = ending(world)
    anew = greetings.ask_again(
        revision=revision, actor=world.bob, asker=world.user("bob"), now=NOW + timedelta(days=days)
    )
    assert anew.text == revision.text


def test_approved_anew_they_are_live(world: World) -> None:
    anew = ask(world, withdrawn(world))
    decide(world, world.appointment, "alice")
    world.appointment.refresh_from_db()
    assert world.appointment.live_revision == anew
    assert world.place(now=LATER).call.state == "queued"


def test_a_call_accepted_with_the_withdrawn_words_stays_forbidden(world: World) -> None:
    due = NOW + timedelta(days=3)
    call = world.place(scheduled_at=due).call
    ask(world, withdrawn(world))
    decide(world, world.appointment, "alice")
    approval = queries.approval_of(Call.objects.get(pk=call.pk).greeting_revision)
    assert approval
    assert not approval.is_in_force(due)


def test_neither_the_author_nor_the_asker_decides(world: World) -> None:
    ask(world, ending(world, by="alice"), by="olga")
    for name in ("alice", "olga"):
        with pytest.raises(CannotDecide, match="someone else has to decide"):
            decide(world, Greeting.objects.get(name="Draft"), name)


def test_the_owner_who_took_them_back_may_approve_them_again(world: World) -> None:
    ask(world, withdrawn(world))
    assert decide(world, world.appointment, "olga").decision == Review.APPROVED


def test_words_approved_without_end_need_no_asking(world: World) -> None:
    with pytest.raises(CannotAskAgain, match="without an end"):
        ask(world, world.appointment.revisions.get())


def test_words_never_approved_are_revised_instead(world: World) -> None:
    greetings.decide_review(
        asked=world.order_news.reviews.get(),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=Review.REJECTED,
        comment="No",
    )
    with pytest.raises(CannotAskAgain, match="never approved"):
        ask(world, world.order_news.revisions.get())


def test_one_question_at_a_time(world: World) -> None:
    revision = withdrawn(world)
    ask(world, revision)
    with pytest.raises(CannotAskAgain, match="waits for an owner already"):
        ask(world, revision, by="bob")


@pytest.mark.parametrize("name", ["aurel"])
def test_who_may_not_write_may_not_ask(world: World, name: str) -> None:
    with pytest.raises(NotPermitted):
        ask(world, withdrawn(world), by=name)


def test_it_is_on_record_whose_words_were_asked_for(world: World) -> None:
    ask(world, withdrawn(world))
    entry = AuditEntry.objects.get(verb="greeting.asked_again")
    assert (entry.actor_name, entry.after["again"], entry.after["revision"]) == ("Ada", 1, 2)


def test_without_the_entry_nothing_is_asked(world: World) -> None:
    revision = withdrawn(world)
    nobody = replace(world.ada, request_id=None)  # type: ignore[arg-type]
    with pytest.raises(IntegrityError), transaction.atomic():
        greetings.ask_again(revision=revision, actor=nobody, asker=world.user("ada"), now=LATER)
    assert world.appointment.revisions.count() == 1


def test_what_ends_soon_is_found_in_time(world: World) -> None:
    ending(world)
    asked = queries.ending_approvals(world.acme, now=NOW, within=timedelta(days=14))
    assert [review.greeting.name for review in asked] == ["Draft"]
    assert not queries.ending_approvals(world.acme, now=NOW, within=timedelta(hours=1))
    assert not queries.ending_approvals(world.acme, now=LATER, within=timedelta(days=14))
    assert not queries.ending_approvals(world.globex, now=NOW, within=timedelta(days=14))


def test_withdrawn_and_replaced_words_do_not_end_soon(world: World) -> None:
    revision = ending(world)
    greetings.withdraw_approval(asked=revision.reviews.get(), actor=world.olga, now=NOW)
    assert not queries.ending_approvals(world.acme, now=NOW, within=timedelta(days=14))
