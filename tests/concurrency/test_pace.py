"""Many doors and one pace: however many requests come at once, a cap on velocity holds (R5.11)."""

from datetime import timedelta
from functools import partial
from typing import Any

import pytest

from calls.limits import actions as limits
from calls.limits import counting
from calls.placing.actions import CallRefused, Placement
from calls.records.models import Call, Receipt
from calls.tenants import actions as tenants
from tests.agents.steps import launch
from tests.concurrency.together import failures, together
from tests.world import NOW, SEED, World, agree

pytestmark = pytest.mark.django_db(transaction=True)
DOORS, ROOM = 20, 5


def cap(world: World, scope: str, most: int = ROOM, **fields: Any) -> None:
    """At most so many calls a minute, in this sandbox too."""
    fields = {"window_seconds": 60} | fields
    limits.set_limit(tenant=world.acme, scope=scope, most=most, actor=world.ada, now=NOW, **fields)


def rush(world: World, *numbers: str, **fields: Any) -> list[Any]:
    """A request for each number, all at the same moment."""
    place = partial(world.place, actor=world.program, **fields)
    return together(*[partial(place, to=number) for number in numbers])


def numbers(count: int = DOORS) -> list[str]:
    """Different people of one block who answer no telephone."""
    return [f"+1555555{4000 + n}" for n in range(count)]


def codes(results: list[Any]) -> list[str]:
    """What each request came to, in order of the words."""
    accepted = ["accepted" for one in results if isinstance(one, Placement)]
    return accepted + sorted(one.code for one in results if isinstance(one, CallRefused))


@pytest.mark.parametrize("scope", counting.VELOCITY)
def test_no_more_calls_are_accepted_than_there_is_room_for(world: World, scope: str) -> None:
    cap(world, scope)
    results = rush(world, *numbers())
    assert failures(results, CallRefused) == []
    assert codes(results) == ["accepted"] * ROOM + ["velocity_cap"] * (DOORS - ROOM)
    assert Call.objects.filter(state="queued").count() == ROOM


def test_who_came_too_late_is_on_record_with_what_was_seen(world: World) -> None:
    cap(world, "tenant")
    late = [one for one in rush(world, *numbers()) if isinstance(one, CallRefused)]
    assert {refusal.retry_at for refusal in late} == {NOW + timedelta(minutes=1)}
    receipts = Receipt.objects.filter(allowed=False)
    saw = [v for r in receipts for v in r.verdicts if v["outcome"] != "pass"]
    assert [verdict["code"] for verdict in saw] == ["velocity_cap"] * (DOORS - ROOM)


def test_a_gap_between_two_calls_holds(world: World) -> None:
    cap(world, "tenant", most=DOORS, min_gap_seconds=10)
    assert codes(rush(world, *numbers(8))) == ["accepted"] + ["velocity_cap"] * 7


def test_one_key_many_times_takes_one_place(world: World) -> None:
    cap(world, "tenant", most=1)
    results = rush(world, *["+15555554000"] * 8, idempotency_key="order-1")
    assert failures(results) == []
    assert len({placement.call.pk for placement in results}) == Call.objects.count() == 1


def test_a_key_that_found_it_full_is_told_so_each_time(world: World) -> None:
    cap(world, "tenant", most=1)
    world.place()
    results = rush(world, *["+15555554000"] * 8, idempotency_key="order-1")
    assert codes(results) == ["velocity_cap"] * 8
    assert Call.objects.filter(state="refused").count() == 1


def test_another_tenants_calls_take_no_place(world: World) -> None:
    tenants_of_call = {"tenant": world.globex, "actor": SEED, "now": NOW}
    limits.set_limit(**tenants_of_call, scope="tenant", most=1, window_seconds=60)
    assert codes(rush(world, *numbers(8))) == ["accepted"] * 8


def test_a_new_live_tenant_starts_slowly_however_fast_it_asks(world: World) -> None:
    """20 calls on its first day (R5.11): 18 are placed, so of eight at once two pass."""
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode="live")
    world.account.carrier = "stateset"
    world.account.save()
    launch(world, world.version)
    people = [f"+1212736{5100 + n}" for n in range(26)]
    for number in people:
        agree(world.acme, number)
    for number in people[:18]:
        world.place(to=number, actor=world.program)
    assert codes(rush(world, *people[18:])) == ["accepted"] * 2 + ["velocity_cap"] * 6
