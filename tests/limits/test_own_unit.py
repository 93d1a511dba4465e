"""Limits and pauses of business units: what may be stopped, and who lets it go again."""

from typing import Any

import pytest

from calls.lib.errors import NotPermitted
from calls.limits import actions as limits
from calls.limits.models import Limit, Pause
from calls.limits.queries import limits_in_force, pauses_of
from tests.tenants.units import give, limit_to
from tests.world import NOW, World

WIDER = "more than your business units"


def set_limit(world: World, by: str = "ada", **fields: Any) -> Limit:
    given: dict[str, Any] = {"scope": "tenant", "most": 10, "min_gap_seconds": 5}
    return limits.set_limit(tenant=world.acme, actor=getattr(world, by), now=NOW, **given | fields)


def pause(world: World, by: str = "ada", **fields: Any) -> Pause:
    return limits.pause(
        tenant=world.acme, reason="Stop", actor=getattr(world, by), now=NOW, **fields
    )


def lift(world: World, found: Pause, by: str = "ada") -> Pause:
    return limits.lift_pause(pause=found, actor=getattr(world, by), now=NOW)


@pytest.fixture
def north(world: World) -> World:
    """Ada and Bob act for the north; the route is of the south, the agent of nobody."""
    give(world, "south", world.route)
    limit_to(world, "north", "ada", "bob")
    return world


def test_everybody_stops_the_whole_tenant_and_few_let_it_go(north: World) -> None:
    found = pause(north, "bob")
    for who in ("ada", "bob"):
        with pytest.raises(NotPermitted, match=WIDER):
            lift(north, found, who)
    assert pauses_of(north.acme, now=NOW) == [found]
    lift(north, found, "alice")
    assert pauses_of(north.acme, now=NOW) == []


def test_a_route_of_another_unit_is_not_theirs_to_stop_or_let_go(north: World) -> None:
    with pytest.raises(NotPermitted, match=WIDER):
        pause(north, route=north.route)
    found = pause(north, "alice", route=north.route)
    with pytest.raises(NotPermitted, match=WIDER):
        lift(north, found)
    assert pauses_of(north.acme, now=NOW) == [found]


@pytest.mark.parametrize("owner", ["north", None])
def test_a_route_of_ones_own_or_of_no_unit_is(north: World, owner: str | None) -> None:
    if owner:
        give(north, owner, north.route)
        assert lift(north, pause(north, route=north.route)).ended_at
    assert lift(north, pause(north, agent=north.agent)).ended_at


def test_a_limit_on_a_route_of_another_unit_is_not_theirs(north: World) -> None:
    named: dict[str, Any] = {"scope": "route", "subject": north.route.public_id}
    with pytest.raises(NotPermitted, match=WIDER):
        set_limit(north, **named)
    limit_to(north, "south", "ada")
    limit = set_limit(north, **named)
    assert set_limit(north, most=99, **named).most == 99
    limit_to(north, "north", "ada")
    with pytest.raises(NotPermitted, match=WIDER):
        limits.end_limit(limit=limit, actor=north.ada, now=NOW)


@pytest.mark.parametrize(
    "looser", [{"most": 11}, {"min_gap_seconds": 4}, {"most": 1, "min_gap_seconds": 0}]
)
def test_a_limit_on_the_whole_tenant_is_not_theirs_to_loosen(
    north: World, looser: dict[str, int]
) -> None:
    limit = set_limit(north)
    with pytest.raises(NotPermitted, match=WIDER):
        set_limit(north, **looser)
    with pytest.raises(NotPermitted, match=WIDER):
        limits.end_limit(limit=limit, actor=north.ada, now=NOW)
    assert limits_in_force(north.acme) == [limit]


@pytest.mark.parametrize("tighter", [{"most": 9}, {"min_gap_seconds": 6}, {}])
def test_they_may_tighten_it(north: World, tighter: dict[str, int]) -> None:
    set_limit(north)
    limit = set_limit(north, **tighter)
    assert limits_in_force(north.acme) == [limit]


def test_who_acts_for_all_units_does_both(world: World) -> None:
    give(world, "south", world.route)
    limit = set_limit(world, scope="route", subject=world.route.public_id)
    raised = set_limit(world, scope="route", subject=limit.subject, most=50)
    assert limits.end_limit(limit=raised, actor=world.ada, now=NOW).ended_at
    assert lift(world, pause(world)).ended_at
