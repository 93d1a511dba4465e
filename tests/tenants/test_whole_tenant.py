"""What holds for every business unit is changed by nobody who acts for some of them."""

from typing import Any

import pytest

from calls.lib.errors import NotPermitted
from calls.tenants import actions, scope
from tests.tenants.units import limit_to
from tests.world import NOW, SEED, World

WIDER = "more than your business units"
CHANGES: list[dict[str, Any]] = [
    {"country_groups": ["US", "GB"]},
    {"unknown_outcome": "redial"},
    {"unapproved_greeting": "hold"},
    {"outside_hours": "defer"},
    {"allow_toll_free": True},
    {"time_zone": "UTC"},
    {"spoken_name": "Acme Parcels"},
]


@pytest.fixture
def north(world: World) -> World:
    """Ada administers the north only."""
    limit_to(world, "north", "ada")
    return world


@pytest.mark.parametrize("changes", CHANGES, ids=lambda changes: next(iter(changes)))
def test_settings_stay_as_they_are(north: World, changes: dict[str, Any]) -> None:
    (name,) = changes
    before = getattr(north.acme, name)
    with pytest.raises(NotPermitted, match=WIDER):
        actions.change_tenant(tenant=north.acme, actor=north.ada, now=NOW, **changes)
    north.acme.refresh_from_db()
    assert getattr(north.acme, name) == before != changes[name]


def test_own_hours_stay_as_they_are(north: World) -> None:
    week = {"mon": ["10:00", "18:00"]}
    kept: dict[str, Any] = {"tenant": north.acme, "now": NOW}
    actions.set_calling_hours(hours=week, actor=SEED, **kept)
    with pytest.raises(NotPermitted, match=WIDER):
        actions.set_calling_hours(hours={}, actor=north.ada, **kept)
    north.acme.refresh_from_db()
    assert north.acme.calling_hours == week


def test_no_business_unit_is_added(north: World) -> None:
    with pytest.raises(NotPermitted, match=WIDER):
        actions.add_org(tenant=north.acme, key="west", name="West", actor=north.ada, now=NOW)
    assert [org.key for org in scope.units_of(north.acme, orgs=None)] == ["north"]


def test_who_acts_for_all_changes_both(world: World) -> None:
    kept: dict[str, Any] = {"tenant": world.acme, "actor": world.ada, "now": NOW}
    assert actions.change_tenant(allow_toll_free=True, **kept).allow_toll_free
    assert actions.set_calling_hours(hours={"mon": ["10:00", "18:00"]}, **kept).calling_hours


def test_the_house_itself_acts_for_all(north: World) -> None:
    assert [scope.acts_for_all(who) for who in (SEED, north.alice, north.ada)] == [
        True,
        True,
        False,
    ]
