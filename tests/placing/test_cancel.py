"""A waiting call can be taken back, by those who may; a call on its way cannot."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.lib.errors import NotPermitted
from calls.placing.actions import CannotCancel, cancel_call
from calls.records import states
from calls.records.models import Call
from tests.dispatch.steps import claim, fresh, lost, placed
from tests.tenants.units import give, limit_to
from tests.world import NOW, World

LATER = NOW + timedelta(seconds=5)


def test_a_waiting_call_is_canceled(world: World) -> None:
    call = cancel_call(call=world.place().call, actor=world.bob, now=LATER)
    assert (call.state, call.status, call.outcome) == ("canceled", "canceled", "canceled")
    assert (call.reason, call.reason_text) == ("canceled", "Canceled by Bob.")
    assert fresh(call).ended_at == LATER


def test_it_is_on_record_who_did_it(world: World) -> None:
    call = cancel_call(call=world.place().call, actor=world.bob, now=LATER)
    event = call.events.get(what="canceled")
    assert (event.source, event.data["by"]) == ("member", "Bob")
    assert AuditEntry.objects.get(verb="call.canceled").target_id == call.public_id


def test_a_scheduled_call_is_canceled_any_time_before(world: World) -> None:
    call = world.place(scheduled_at=NOW + timedelta(days=1)).call
    cancel_call(call=call, actor=world.bob, now=NOW + timedelta(hours=23))
    assert claim(call, NOW + timedelta(days=1)) is None


@pytest.mark.parametrize("state", sorted(set(states.STATES) - set(states.WAITING)))
def test_no_other_call_is(world: World, state: str) -> None:
    call = world.place().call
    Call.objects.filter(pk=call.pk).update(state=state, lease_until=LATER)
    with pytest.raises(CannotCancel):
        cancel_call(call=call, actor=world.bob, now=LATER)
    assert fresh(call).state == state


def test_a_claimed_call_is_on_its_way_whatever_the_screen_still_shows(world: World) -> None:
    stale = world.place().call
    claim(stale)
    with pytest.raises(CannotCancel):
        cancel_call(call=stale, actor=world.bob, now=LATER)


def test_a_call_of_unknown_fate_cannot_be_called_back(world: World) -> None:
    for call in (lost(world, to="+15555557001"), placed(world, to="+15555557002")):
        with pytest.raises(CannotCancel):
            cancel_call(call=call, actor=world.bob, now=LATER)


def test_canceling_twice_is_said(world: World) -> None:
    call = world.place().call
    cancel_call(call=call, actor=world.bob, now=LATER)
    with pytest.raises(CannotCancel):
        cancel_call(call=call, actor=world.bob, now=LATER)
    assert call.events.filter(what="canceled").count() == 1


# who asked, who cancels, whether they may
WHO = [
    ("bob", "bob", True),
    ("alice", "bob", False),  # support cancels its own calls only
    ("program", "bob", False),
    ("bob", "alice", True),
    ("bob", "ada", True),
    ("bob", "program", True),
    ("bob", "aurel", False),
    ("aurel", "aurel", False),
    ("bob", "charlie", False),  # an owner, but of Globex
]


@pytest.mark.parametrize(("asked", "cancels", "allowed"), WHO)
def test_who_may_cancel(world: World, asked: str, cancels: str, allowed: bool) -> None:
    requester = world.bob if asked == "aurel" else getattr(world, asked)
    call = world.place(actor=requester).call
    if allowed:
        assert cancel_call(call=call, actor=getattr(world, cancels), now=LATER).state == "canceled"
    else:
        with pytest.raises(NotPermitted):
            cancel_call(call=call, actor=getattr(world, cancels), now=LATER)
        assert fresh(call).state == "queued"


def test_a_call_of_another_unit_is_not_theirs_to_cancel(world: World) -> None:
    call = world.place(actor=world.alice).call
    give(world, "south", call)
    limit_to(world, "north", "alice")
    with pytest.raises(NotPermitted):
        cancel_call(call=call, actor=world.alice, now=LATER)
    limit_to(world, "south", "alice")
    assert cancel_call(call=call, actor=world.alice, now=LATER).state == "canceled"
