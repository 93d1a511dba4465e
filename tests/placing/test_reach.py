"""What a do-not-call prefix would hit: the tenant's waiting calls, and whom it called lately."""

from datetime import timedelta

import pytest

from calls.placing.reach import Reach, reach_of
from tests.database.rows import change
from tests.world import CALLEE, NOW, World

DAY = timedelta(days=1)
OTHER = "+15555557890"


def reach(world: World, beginning: str = "+1555") -> Reach:
    return reach_of(world.acme, beginning, now=NOW)


def test_waiting_calls_are_counted_by_their_beginning(world: World) -> None:
    for number in (CALLEE, OTHER):
        world.place(to=number)
    found = [reach(world, beginning).waiting for beginning in ("+1", "+15555555", OTHER, "+44")]
    assert found == [2, 1, 1, 0]


def test_calls_that_are_over_wait_no_more(world: World) -> None:
    change(world.place(to=CALLEE).call, state="completed")
    assert reach(world).waiting == 0


def test_a_number_called_twice_counts_once(world: World) -> None:
    for hour, number in enumerate((CALLEE, CALLEE, OTHER)):
        call = world.place(to=number, now=NOW + timedelta(hours=hour)).call
        change(call, state="completed", dialled_at=NOW - DAY)
    assert reach(world) == Reach(waiting=0, called=2)


@pytest.mark.parametrize(("days", "called"), [(0, 1), (29, 1), (30, 0), (31, 0)])
def test_only_the_last_thirty_days_count(world: World, days: int, called: int) -> None:
    change(world.place(to=CALLEE).call, state="completed", dialled_at=NOW - days * DAY)
    assert reach(world).called == called


def test_what_was_never_dialled_was_not_called(world: World) -> None:
    change(world.place(to=CALLEE).call, state="expired")
    assert reach(world) == Reach(waiting=0, called=0)


def test_another_tenants_calls_are_its_own(world: World) -> None:
    world.place(to=CALLEE)
    assert reach_of(world.globex, "+1", now=NOW) == Reach(waiting=0, called=0)
