"""Who asked for a call that was accepted hears by mail when it is refused after all, in one mail for many."""

import re
from collections.abc import Callable
from datetime import datetime, timedelta

import pytest
from django.core import mail

from calls import tasks
from calls.dnc import actions as dnc
from calls.greetings import actions as greetings
from calls.greetings.models import Review
from calls.placing import actions as placing
from calls.records import notify
from calls.records.models import Call
from calls.tenants import actions as tenants
from calls.tenants.models import Member
from tests.console.signed_in import at
from tests.database.rows import again, change
from tests.dispatch.steps import intend
from tests.mailing import Switch, mail_server
from tests.placing.held import held
from tests.world import CALLEE, NOW, SEED, World

MINUTE = timedelta(minutes=1)
REFUSED_AT, DUE = NOW + MINUTE, NOW + 2 * MINUTE
TOMORROW = NOW + timedelta(days=1)


def scheduled(world: World, who: str = "bob") -> Call:
    return world.place(actor=getattr(world, who), scheduled_at=TOMORROW, allow_duplicate=True).call


def forbid(world: World, reason: str = "Asked us by phone") -> None:
    """The callee is listed, and whatever waits for them is stopped."""
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason=reason, source="t", actor=SEED, now=REFUSED_AT
    )
    placing.stop_forbidden(since=NOW, now=REFUSED_AT)


def refused(world: World, n: int = 1, who: str = "bob", at: datetime = REFUSED_AT) -> None:
    """Calls of somebody that were stopped."""
    for _ in range(n):
        change(scheduled(world, who), state="refused", reason_text="No.", tell_at=at + MINUTE)


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def body() -> str:
    (message,) = mail.outbox
    return str(message.body)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def test_a_scheduled_call_that_is_stopped(world: World) -> None:
    call = scheduled(world)
    forbid(world)
    notify.tell_refused(now=DUE)
    assert (to(), mail.outbox[0].subject) == (
        ["bob@acme.example"],
        "A call you asked for is refused",
    )
    assert "Hello Bob, a call you asked for at Acme was accepted and is refused now." in body()
    assert call.sid in body() and f"/t/acme/calls/{call.sid}" in body()
    assert "Due: Wed 4 Nov 2026, 10:00 (America/New_York)" in body()
    assert "do-not-call list since 2026-11-03: Asked us by phone." in body()


def test_a_call_that_is_refused_as_it_is_dialled(world: World) -> None:
    call = world.place().call
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="x", source="t", actor=SEED, now=REFUSED_AT
    )
    assert intend(call, REFUSED_AT) is None
    notify.tell_refused(now=DUE)
    assert to() == ["bob@acme.example"] and call.sid in body()


def test_a_held_call_whose_words_are_rejected(world: World) -> None:
    call = held(world)
    greetings.decide_review(
        asked=world.order_news.reviews.get(),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=Review.REJECTED,
        comment="Rather call +1 212 736 5000.",
    )
    placing.settle_held(now=REFUSED_AT, most=9)
    notify.tell_refused(now=DUE)
    assert call.sid in body()
    assert "Why: Its words were rejected (Alice: Rather call (number).)." in body()


def test_a_round_of_the_clock_tells_it(world: World) -> None:
    refused(world)
    Review.objects.update(tell_at=None)
    with at(DUE):
        tasks.tell_waiting()
    assert to() == ["bob@acme.example"]


def test_what_was_refused_when_it_was_asked_for_is_known_already(world: World) -> None:
    dnc.add_number(tenant=world.acme, number=CALLEE, reason="x", source="t", actor=SEED, now=NOW)
    with pytest.raises(placing.CallRefused):
        world.place()
    assert Call.objects.get().tell_at is None


def test_calls_of_programs_send_no_mail(world: World) -> None:
    scheduled(world, "program")
    forbid(world)
    assert (Call.objects.get().state, Call.objects.get().tell_at) == ("refused", None)
    notify.tell_refused(now=DUE)
    assert to() == []


def test_what_is_still_to_come_within_the_minute_is_waited_for(world: World) -> None:
    scheduled(world)
    forbid(world)
    notify.tell_refused(now=REFUSED_AT + timedelta(seconds=59))
    assert to() == []


def test_many_calls_are_one_mail_that_lists_twenty(world: World) -> None:
    refused(world, 23)
    notify.tell_refused(now=DUE)
    assert mail.outbox[0].subject == "23 calls you asked for are refused"
    assert len(re.findall(r"^CA[0-9a-f]{32}$", body(), re.MULTILINE)) == 20
    assert "And 3 more." in body() and "/t/acme/calls\n" in body()


def test_the_calls_due_first_are_listed(world: World) -> None:
    refused(world, 21)
    last = Call.objects.latest("id")
    change(last, due_at=NOW)
    notify.tell_refused(now=DUE)
    assert re.findall(r"^CA[0-9a-f]{32}$", body(), re.MULTILINE)[0] == last.sid


def test_each_hears_of_their_own(world: World) -> None:
    refused(world, who="bob")
    refused(world, who="alice")
    notify.tell_refused(now=DUE)
    assert sorted(to()) == ["alice@acme.example", "bob@acme.example"]
    assert {m.subject for m in mail.outbox} == {"A call you asked for is refused"}


def test_no_second_mail_within_five_minutes_and_none_is_forgotten(world: World) -> None:
    refused(world)
    notify.tell_refused(now=DUE)
    refused(world, 2, at=DUE)
    for minutes in range(1, 5):
        notify.tell_refused(now=DUE + minutes * MINUTE)
    assert len(mail.outbox) == 1
    notify.tell_refused(now=DUE + 5 * MINUTE)
    assert [m.subject[:7] for m in mail.outbox] == ["A call ", "2 calls"]


def test_who_works_for_two_tenants_gets_one_mail_in_five_minutes(world: World) -> None:
    refused(world, 2)
    there = again(world.members["bob"], tenant=world.globex)
    other = Call.objects.latest("id")
    change(other, tenant=world.globex, requester_id=there.public_id)
    notify.tell_refused(now=DUE)
    assert len(to()) == 1
    notify.tell_refused(now=DUE + 5 * MINUTE)
    assert sorted(word for m in mail.outbox for word in ("Acme", "Globex") if word in m.body) == [
        "Acme",
        "Globex",
    ]


def test_what_was_told_is_told_once(world: World) -> None:
    refused(world)
    for minutes in (0, 6, 12):
        notify.tell_refused(now=DUE + minutes * MINUTE)
    assert len(mail.outbox) == 1


def leave(world: World, member: Member) -> None:
    tenants.end_membership(member=member, actor=SEED, now=NOW)


def be_locked_out(world: World, member: Member) -> None:
    change(member.user, is_active=False)


def serve_another_unit(world: World, member: Member) -> None:
    north, south = (
        tenants.add_org(tenant=world.acme, key=key, name=key, actor=SEED, now=NOW)
        for key in ("north", "south")
    )
    member.orgs.add(north)
    Call.objects.update(org=south)


@pytest.mark.parametrize("change_of", [leave, be_locked_out, serve_another_unit])
def test_who_may_not_see_it_any_more_hears_nothing(
    world: World, change_of: Callable[[World, Member], None]
) -> None:
    refused(world)
    change_of(world, world.members["bob"])
    notify.tell_refused(now=DUE)
    assert (to(), Call.objects.get().tell_at) == ([], None)


def test_a_server_that_is_down_is_asked_again_by_the_next_round(
    world: World, server: Switch
) -> None:
    refused(world)
    server.down()
    notify.tell_refused(now=DUE)
    server.up()
    notify.tell_refused(now=DUE + MINUTE)
    notify.tell_refused(now=DUE + 7 * MINUTE)
    assert to() == ["bob@acme.example"]


def test_a_round_asks_a_dead_server_once(world: World, server: Switch) -> None:
    for who in ("bob", "alice", "olga"):
        refused(world, who=who)
    server.down()
    notify.tell_refused(now=DUE)
    assert server.asked == 1


def test_one_address_that_fails_keeps_the_others_waiting_one_round_at_most(
    world: World, server: Switch
) -> None:
    refused(world, who="bob", at=NOW)
    refused(world, who="alice")
    server.refuses["bob@acme.example"] = TimeoutError()
    notify.tell_refused(now=DUE)
    notify.tell_refused(now=DUE)
    assert to() == ["alice@acme.example"]


def test_whoever_died_while_writing_is_followed_by_another(world: World) -> None:
    refused(world)
    tenants.take_mail(user=world.user("bob"), now=DUE)  # and was never seen again
    notify.tell_refused(now=DUE + MINUTE)
    assert to() == []
    notify.tell_refused(now=DUE + 5 * MINUTE)
    assert to() == ["bob@acme.example"]


@pytest.mark.parametrize("typed", ["+12127365000", "212 736-5000", "(0)30 / 123 456 78"])
def test_no_mail_holds_a_number_that_somebody_typed(world: World, typed: str) -> None:
    scheduled(world)
    forbid(world, f"Owner of {typed} complained")
    notify.tell_refused(now=DUE)
    assert "(number) complained" in body()
    assert CALLEE not in body() and typed not in body()


def test_a_dead_mail_server_refuses_calls_all_the_same(world: World, server: Switch) -> None:
    server.down()
    call = scheduled(world)
    forbid(world)
    call.refresh_from_db()
    assert (call.state, server.asked) == ("refused", 0)
