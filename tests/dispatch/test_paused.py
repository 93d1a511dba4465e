"""The kill switch at every step before dialling: paused calls stay in the queue, in their order."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.dispatch import actions as dispatch
from calls.dispatch import queries, turns
from calls.dispatch.models import Attempt
from calls.limits import actions as limits
from calls.limits.models import Pause
from calls.records.models import Call
from tests.dispatch.steps import claim, fresh, story
from tests.world import NOW, SEED, World

MINUTE = timedelta(minutes=1)
SCOPES = ["platform", "tenant", "route", "agent"]


def pause(world: World, scope: str, **fields: Any) -> Pause:
    """The switch of this scope goes on."""
    given: dict[str, Any] = {"tenant": None if scope == "platform" else world.acme}
    given |= {scope: getattr(world, scope)} if scope in ("route", "agent") else {}
    return limits.pause(reason="Stop", actor=SEED, now=NOW, **given | fields)


def due(world: World, now: datetime = NOW) -> list[Call]:
    """The call whose turn it is, if there is one."""
    found = turns.next_call(world.account, now=now)
    return [Call.objects.get(pk=found)] if found else []


@pytest.mark.parametrize("scope", SCOPES)
def test_a_paused_call_is_neither_due_nor_to_be_had(world: World, scope: str) -> None:
    call = world.place().call
    assert due(world) == [call]
    pause(world, scope)
    assert due(world) == []
    assert queries.accounts_with_due_calls(NOW) == []
    assert claim(call) is None
    assert (fresh(call).state, story(call)) == ("queued", ["accepted"])


@pytest.mark.parametrize("scope", SCOPES)
def test_a_call_claimed_before_goes_back_into_the_queue(world: World, scope: str) -> None:
    call = world.place().call
    claimed = claim(call)
    assert claimed
    pause(world, scope)
    assert dispatch.intend(claimed=claimed, now=NOW + MINUTE) is None
    call = fresh(call)
    assert (call.state, call.due_at, call.reason_text) == ("queued", NOW, "Paused: Stop")
    assert not Attempt.objects.exists()


@pytest.mark.parametrize("scope", SCOPES)
def test_after_lifting_calls_go_out_in_order(world: World, scope: str) -> None:
    first = world.place(now=NOW).call
    world.place(to="+15555557001", now=NOW + MINUTE / 2)
    claimed = claim(first)
    found = pause(world, scope)
    assert claimed and dispatch.intend(claimed=claimed, now=NOW + MINUTE) is None
    limits.lift_pause(pause=found, actor=SEED, now=NOW + 2 * MINUTE)
    assert due(world, NOW + 2 * MINUTE) == [first]
    assert claim(first, NOW + 2 * MINUTE)


@pytest.mark.parametrize("scope", SCOPES)
def test_behind_a_pause_calls_still_expire(world: World, scope: str) -> None:
    call = world.place().call
    pause(world, scope)
    later = NOW + timedelta(hours=24)
    assert queries.expired_calls(later, limit=9) == [call.pk]
    assert claim(call, later) is None
    assert fresh(call).state == "expired"


@pytest.mark.parametrize("scope", SCOPES)
def test_a_pause_that_ran_out_holds_nothing(world: World, scope: str) -> None:
    call = world.place().call
    pause(world, scope, until=NOW + MINUTE)
    assert due(world, NOW + timedelta(seconds=59)) == []
    assert due(world, NOW + MINUTE) == [call]
    assert claim(call, NOW + MINUTE)


def test_a_paused_queue_is_no_sign_of_trouble(world: World) -> None:
    world.place()
    assert queries.oldest_due(NOW + MINUTE) == NOW
    pause(world, "tenant")
    assert queries.oldest_due(NOW + MINUTE) is None


def test_other_tenants_go_on(world: World) -> None:
    call = world.place().call
    limits.pause(tenant=world.globex, reason="Stop", actor=SEED, now=NOW)
    assert due(world) == [call]
    assert claim(call)


def test_why_a_call_waits(world: World) -> None:
    call = fresh(world.place().call)
    assert queries.pause_of(call, now=NOW) == ""
    pause(world, "route")
    assert queries.pause_of(call, now=NOW) == "Paused: Stop"
