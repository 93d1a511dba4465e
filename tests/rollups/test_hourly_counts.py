"""Reading the counts: whole hours from `since` to before `until`, of one tenant."""

from datetime import datetime, timedelta

import pytest

from calls.placing.actions import CallRefused
from calls.records import actions as records
from calls.records import states
from calls.rollups.actions import fold_waiting
from calls.rollups.models import HourlyStat
from calls.rollups.queries import hourly_counts
from calls.tenants import actions as tenants
from tests.world import NOW, SEED, World

HOUR = timedelta(hours=1)


def counts(world: World, since: datetime = NOW, until: datetime = NOW + HOUR) -> dict[str, int]:
    found = hourly_counts(world.acme, since=since, until=until)
    return {f"{outcome} {reason}".strip(): n for (_, outcome, reason), n in found.items()}


@pytest.fixture(params=["folded", "not folded yet"])
def a_call(world: World, request: pytest.FixtureRequest) -> None:
    """Accepted in the hour of NOW."""
    world.place()
    if request.param == "folded":
        fold_waiting(now=NOW)


@pytest.mark.parametrize(
    ("since", "until", "seen"),
    [
        (NOW, NOW + HOUR, True),
        (NOW - HOUR, NOW, False),
        (NOW + HOUR, NOW + 2 * HOUR, False),
        (NOW - HOUR, NOW + 2 * HOUR, True),
        (NOW, NOW, False),
    ],
)
def test_the_span_holds_its_beginning_and_not_its_end(
    world: World, a_call: None, since: datetime, until: datetime, seen: bool
) -> None:
    assert counts(world, since, until) == ({"waiting": 1} if seen else {})


def test_another_tenants_calls_are_not_counted(world: World, a_call: None) -> None:
    assert hourly_counts(world.globex, since=NOW, until=NOW + HOUR) == {}


def test_refusals_are_split_by_their_gate(world: World) -> None:
    tenants.suspend_tenant(tenant=world.acme, actor=SEED, now=NOW, reason="unpaid")
    with pytest.raises(CallRefused):
        world.place()
    assert counts(world) == {"refused tenant_suspended": 1}


def test_a_call_counts_once_while_it_is_half_folded(world: World) -> None:
    call = world.place().call
    fold_waiting(now=NOW)
    records.move(call=call, to=states.CANCELED, what="canceled", source="test", now=NOW)
    assert counts(world) == {"canceled": 1}
    fold_waiting(now=NOW)
    assert counts(world) == {"canceled": 1}


def test_cells_that_emptied_are_kept_and_not_shown(world: World) -> None:
    call = world.place().call
    fold_waiting(now=NOW)
    records.move(call=call, to=states.CANCELED, what="canceled", source="test", now=NOW)
    fold_waiting(now=NOW)
    assert dict(HourlyStat.objects.values_list("outcome", "count")) == {"waiting": 0, "canceled": 1}


def test_a_late_correction_moves_the_call_in_its_old_hour(world: World) -> None:
    call = world.place().call
    states_on_the_way = (states.DISPATCHING, states.PLACED, states.COMPLETED)
    for state in states_on_the_way:
        lease = NOW if state == states.DISPATCHING else None
        records.move(call=call, to=state, what=state, source="t", now=NOW, lease_until=lease)
    fold_waiting(now=NOW)
    assert counts(world) == {"reached": 1}
    late = NOW + 30 * HOUR
    records.enrich(call=call, source="call_log", now=late, disposition="voicemail")
    fold_waiting(now=late)
    assert counts(world) == {"voicemail": 1}


def test_an_idle_house_takes_no_lock(world: World, django_assert_num_queries: object) -> None:
    fold_waiting(now=NOW)
    with django_assert_num_queries(1):  # type: ignore[operator]
        assert fold_waiting(now=NOW) == 0
