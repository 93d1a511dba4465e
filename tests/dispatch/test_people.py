"""A person decides about a call nobody could see: it was placed, or it never was."""

from datetime import timedelta
from decimal import Decimal
from typing import Any

import pytest

from calls.audit.actor import Actor
from calls.audit.models import AuditEntry
from calls.dispatch import actions as dispatch
from calls.dispatch import queries
from calls.dispatch.actions.people import IdTaken, NothingToDecide
from calls.lib.errors import BadField, NotPermitted
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from tests.dispatch.steps import REMOTE, asking, claim, fresh, lost, placed, report, story, tell
from tests.world import NOW, World

LATER = NOW + timedelta(minutes=30)
KNOWN = "The carrier's support looked it up."


def waiting(world: World, **fields: Any) -> Call:
    """A call whose log stayed silent until a person was asked."""
    call = lost(world, **fields)
    dispatch.check_again(call_id=call.pk, absent=True, now=NOW + timedelta(seconds=21))
    assert fresh(call).state == "needs_human"
    return call


def say_placed(call: Call, actor: Actor, **fields: Any) -> Call:
    given = {"how_known": KNOWN, "ended_as": "completed"} | fields
    return fresh(dispatch.decide_placed(call=call, actor=actor, now=LATER, **given))


def say_not_placed(call: Call, actor: Actor, **fields: Any) -> Call:
    given = {"how_known": KNOWN, "again": True} | fields
    return fresh(dispatch.decide_not_placed(call=call, actor=actor, now=LATER, **given))


@pytest.mark.parametrize("ended_as", ["completed", "no_answer", "busy", "failed"])
def test_it_was_placed_and_ended(world: World, ended_as: str) -> None:
    call = say_placed(waiting(world), world.alice, ended_as=ended_as)
    assert (call.state, call.next_check_at, call.dialled_at) == (ended_as, None, NOW)
    attempt = call.attempts.get()
    assert (attempt.outcome, attempt.evidence) == ("accepted", "E5")


def test_with_the_carriers_id_the_log_is_asked_for_the_rest(world: World) -> None:
    call = say_placed(waiting(world), world.alice, carrier_call_id=REMOTE)
    assert (call.state, call.carrier_call_id, call.next_check_at) == ("completed", REMOTE, LATER)
    assert tell(call, report("completed", duration_seconds=42), source="call_log")
    dispatch.check_again(call_id=call.pk, absent=False, now=LATER)
    assert (fresh(call).duration_seconds, fresh(call).next_check_at) == (42, None)


def test_an_id_that_was_mistyped_holds_no_line(world: World) -> None:
    call = say_placed(waiting(world), world.alice, carrier_call_id="TYPO_1")
    assert (call.is_over, queries.lines_in_use(world.account)) == (True, 0)


def test_a_completed_call_costs_its_first_minute_until_its_length_is_known(world: World) -> None:
    CarrierAccount.objects.update(price_per_minute="0.05")
    call = say_placed(waiting(world), world.alice, carrier_call_id=REMOTE)
    assert call.cost == Decimal("0.05")
    tell(call, report("completed", duration_seconds=61), source="call_log")
    assert fresh(call).cost == Decimal("0.10")


def test_a_call_whose_end_never_came_is_for_people_after_two_days(world: World) -> None:
    call = placed(world)
    with pytest.raises(NothingToDecide):
        say_placed(call, world.alice)
    late = NOW + timedelta(days=2, seconds=1)
    given = {"call": call, "actor": world.alice, "now": late, "how_known": KNOWN}
    with pytest.raises(NothingToDecide):
        dispatch.decide_not_placed(**given, again=True)
    dispatch.decide_placed(**given, ended_as="no_answer")
    assert (fresh(call).state, fresh(call).carrier_call_id) == ("no_answer", REMOTE)


def test_an_id_of_another_call_is_not_taken(world: World) -> None:
    placed(world, remote=REMOTE, to="+15555550199")
    call = waiting(world)
    with pytest.raises(IdTaken):
        say_placed(call, world.alice, carrier_call_id=REMOTE)
    assert fresh(call).state == "needs_human"


@pytest.mark.parametrize("remote", ["nonsense id", "x", "é" * 9])
def test_what_is_no_carriers_id_is_not_kept(world: World, remote: str) -> None:
    with pytest.raises(BadField) as refused:
        say_placed(waiting(world), world.alice, carrier_call_id=remote)
    assert refused.value.field == "carrier_call_id"


def test_what_the_carrier_answered_stays_beside_the_decision(world: World) -> None:
    call = say_not_placed(waiting(world), world.alice)
    attempt = call.attempts.get()
    assert (attempt.outcome, attempt.http_status, attempt.evidence) == ("absent", 500, "E7")


def test_placed_without_an_ending_says_too_little(world: World) -> None:
    with pytest.raises(BadField) as refused:
        say_placed(waiting(world), world.alice, ended_as="")
    assert refused.value.field == "ended_as"


def test_it_was_never_placed_and_is_dialled_again(world: World) -> None:
    call = say_not_placed(waiting(world), world.alice)
    assert (call.state, call.due_at, call.outcome) == ("queued", LATER, "waiting")
    assert call.attempts.get().outcome == "absent"
    assert asking(call, LATER).number == 2


def test_it_was_never_placed_and_stays_so(world: World) -> None:
    call = say_not_placed(waiting(world), world.alice, again=False)
    assert (call.state, call.reason) == ("canceled", "not_placed")
    assert call.reason_text == "Alice found out that it was never placed."
    assert claim(call, LATER) is None


def test_too_late_to_dial_again(world: World) -> None:
    call = waiting(world, expires_at=NOW + timedelta(minutes=20))
    with pytest.raises(BadField) as refused:
        say_not_placed(call, world.alice)
    assert refused.value.field == "again"
    assert say_not_placed(call, world.alice, again=False).state == "canceled"


def test_both_leave_who_how_and_when(world: World) -> None:
    first, second = waiting(world), waiting(world, to="+15555550199")
    say_placed(first, world.alice)
    say_not_placed(second, world.ada, again=False)
    notes = AuditEntry.objects.filter(verb__startswith="call.decided").order_by("id")
    assert [(n.verb, n.actor_name, n.after["how_known"]) for n in notes] == [
        ("call.decided_placed", "Alice", KNOWN),
        ("call.decided_not_placed", "Ada", KNOWN),
    ]
    assert story(first)[-1] == "decided_placed"


@pytest.mark.parametrize("how_known", ["", "  ", "ok"])
def test_how_it_is_known_must_be_said(world: World, how_known: str) -> None:
    with pytest.raises(BadField) as refused:
        say_not_placed(waiting(world), world.alice, how_known=how_known)
    assert refused.value.field == "how_known"


def test_support_decides_about_its_own(world: World) -> None:
    assert say_not_placed(waiting(world), world.bob).state == "queued"
    theirs = waiting(world, actor=world.alice, to="+15555550199")
    with pytest.raises(NotPermitted):
        say_not_placed(theirs, world.bob)


@pytest.mark.parametrize("name", ["aurel", "charlie", "program"])
def test_others_do_not(world: World, name: str) -> None:
    call = waiting(world)
    with pytest.raises(NotPermitted):
        say_placed(call, getattr(world, name))
    assert fresh(call).state == "needs_human"


def test_what_the_log_settled_meanwhile_is_not_decided(world: World) -> None:
    call = waiting(world)
    tell(call, report("completed"), source="call_log")
    with pytest.raises(NothingToDecide):
        say_not_placed(call, world.alice)
    assert fresh(call).state == "completed"


def test_while_the_log_is_still_asked_nobody_decides(world: World) -> None:
    with pytest.raises(NothingToDecide):
        say_not_placed(lost(world), world.alice)
