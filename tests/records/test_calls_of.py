"""Lists of calls: the tenant's own, newest first, by whatever is asked."""

from datetime import timedelta
from typing import Any

import pytest

from calls.placing.actions import CallRefused, cancel_call
from calls.records.models import Call
from calls.records.queries import CallFilter, calls_of
from calls.tenants import actions as tenants
from tests.dispatch.steps import lost, placed, report, tell
from tests.world import NOW, SEED, World

HOUR = timedelta(hours=1)


@pytest.fixture
def names(world: World) -> dict[str, Call]:
    """Six calls, by what became of them."""
    calls = {
        "waiting": world.place(to="+15555557001", reference="order-1").call,
        "scheduled": world.place(to="+15555557002", scheduled_at=NOW + HOUR, door="form").call,
        "canceled": world.place(to="+15555557003").call,
        "lost": lost(world, to="+15555557004"),
        "reached": placed(world, to="+15555557005", remote="SM5"),
    }
    cancel_call(call=calls["canceled"], actor=world.bob, now=NOW)
    told = report("completed", carrier_call_id="SM5", disposition="answered")
    tell(calls["reached"], told)
    with pytest.raises(CallRefused) as refused:
        world.place(to="+15555557006", greeting="Nobody approved this.", now=NOW + 2 * HOUR)
    return calls | {"refused": refused.value.call}


def found(world: World, names: dict[str, Call], **wanted: Any) -> set[str]:
    pks = {call.pk for call in calls_of(world.acme, CallFilter(**wanted))}
    return {name for name, call in names.items() if call.pk in pks}


ALL = {"waiting", "scheduled", "canceled", "lost", "reached", "refused"}

# what is asked for, and which calls that is
WANTED: list[tuple[dict[str, Any], set[str]]] = [
    ({}, ALL),
    ({"state": "queued"}, {"waiting", "scheduled"}),
    ({"state": "unknown"}, {"lost"}),
    ({"outcome": "waiting"}, {"waiting", "scheduled"}),
    ({"outcome": "reached"}, {"reached"}),
    ({"outcome": "placed"}, {"reached"}),
    ({"outcome": "refused"}, {"refused"}),
    ({"status": "queued"}, {"waiting", "scheduled"}),
    ({"status": "initiated"}, {"lost"}),
    ({"status": "failed"}, {"refused"}),
    ({"status": "canceled"}, {"canceled"}),
    ({"status": "nonsense"}, set()),
    ({"reason": "greeting_not_approved"}, {"refused"}),
    ({"route": "+15555551234"}, ALL),
    ({"route": "+15555550000"}, set()),
    ({"agent_key": "support_primary"}, ALL),
    ({"agent_key": "sales"}, set()),
    ({"org": "north"}, set()),
    ({"door": "form"}, {"scheduled"}),
    ({"reference": "order-1"}, {"waiting"}),
    ({"number": "+15555557004"}, {"lost"}),
    ({"number": "7004"}, {"lost"}),
    ({"number": "(555) 555-7004"}, {"lost"}),
    ({"number": "1555555"}, ALL),
    ({"number": "no digits"}, set()),
    ({"call_sid": "CA" + "0" * 32}, set()),
    ({"call_sid": "nonsense"}, set()),
    ({"since": NOW + HOUR}, {"refused"}),
    ({"until": NOW + HOUR}, ALL - {"refused"}),
    ({"since": NOW, "until": NOW}, set()),
    ({"state": "queued", "door": "form"}, {"scheduled"}),
    ({"state": "queued", "outcome": "reached"}, set()),
]


@pytest.mark.parametrize(("wanted", "expected"), WANTED)
def test_a_filter(
    world: World, names: dict[str, Call], wanted: dict[str, Any], expected: set[str]
) -> None:
    assert found(world, names, **wanted) == expected
    assert CallFilter(**wanted).is_empty is (wanted == {})


def test_by_its_own_id(world: World, names: dict[str, Call]) -> None:
    assert found(world, names, call_sid=names["lost"].sid) == {"lost"}


def test_newest_first(world: World, names: dict[str, Call]) -> None:
    listed = [call.pk for call in calls_of(world.acme)]
    assert listed == sorted(listed, reverse=True)
    assert len(listed) == 6


def test_another_tenants_calls_are_not_there(world: World, names: dict[str, Call]) -> None:
    assert list(calls_of(world.globex)) == []
    foreign = CallFilter(call_sid=names["lost"].sid)
    assert list(calls_of(world.globex, foreign)) == []


def test_by_business_unit(world: World) -> None:
    tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    call = world.place(org_id="north").call
    world.place(to="+15555557001")
    assert list(calls_of(world.acme, CallFilter(org="north"))) == [call]


def test_a_list_takes_one_query_however_long(
    world: World, names: dict[str, Call], django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(1):
        for call in calls_of(world.acme):
            assert call.route.number
            assert call.agent.name
            assert call.agent_version is None or call.agent_version.number
