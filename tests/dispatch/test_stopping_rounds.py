"""One worker at a time stops what was forbidden; a dead one is replaced, and its work is not lost."""

from collections.abc import Callable
from datetime import datetime, timedelta

import pytest

from calls.dispatch import actions, sweep
from calls.dispatch.sweep import ROUND, STOPPING
from calls.placing import actions as placing
from calls.records.models import Call
from tests.dispatch.steps import fresh
from tests.faults.flips import callee_asks_not_to_be_called
from tests.world import NOW, World

SECOND = timedelta(seconds=1)
SOON = NOW + 2 * SECOND


@pytest.fixture
def forbidden(world: World) -> Call:
    """A call for tomorrow to somebody who asked not to be called since."""
    call = world.place(scheduled_at=NOW + timedelta(days=1)).call
    callee_asks_not_to_be_called(world)
    return call


def ticking(signs: list[datetime]) -> Callable[[], datetime]:
    """A clock that is a second on whenever it is looked at, and keeps what it told."""

    def clock() -> datetime:
        signs.append(SOON + len(signs) * SECOND)
        return signs[-1]

    return clock


def begun() -> bool:
    """Another worker has begun a round, a second ago."""
    return actions.take_round(loop=STOPPING, now=NOW + SECOND, lease=ROUND)


def test_a_round_under_way_is_left_to_whoever_began_it(forbidden: Call) -> None:
    assert begun()
    assert sweep.stop_forbidden(now=SOON) == 0
    assert fresh(forbidden).state == "queued"


def test_the_round_of_a_dead_worker_is_taken_over_with_all_it_had_to_do(forbidden: Call) -> None:
    assert begun()
    assert sweep.stop_forbidden(now=SOON + ROUND) == 1
    assert fresh(forbidden).reason == "dnc_listed"


def test_rounds_follow_each_other_at_once(forbidden: Call) -> None:
    assert sweep.stop_forbidden(now=SOON) == 1
    assert actions.take_round(loop=STOPPING, now=SOON + SECOND, lease=ROUND)


def test_a_round_that_breaks_makes_room_for_the_next(
    forbidden: Call, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr(placing, "stop_forbidden", lambda **_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            sweep.stop_forbidden(now=NOW)
    assert sweep.stop_forbidden(now=SOON) == 1


def test_whoever_goes_through_many_calls_stays_alive(world: World, forbidden: Call) -> None:
    signs: list[datetime] = []
    placing.stop_forbidden(since=NOW, now=SOON, clock=ticking(signs))
    assert (signs, fresh(forbidden).ended_at) == ([SOON], SOON)


def test_a_sign_of_life_is_given_for_every_few_calls(world: World) -> None:
    for minute in range(11):
        world.place(scheduled_at=NOW + timedelta(days=1, minutes=minute))
    callee_asks_not_to_be_called(world)
    signs: list[datetime] = []
    assert placing.stop_forbidden(since=NOW, now=SOON, clock=ticking(signs)) == 11
    assert signs == [SOON, SOON + SECOND]
