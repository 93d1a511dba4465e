"""An admin of some business units gives people and programs no more than these; stopping a key is safe."""

from typing import Any

import pytest

from calls.lib.errors import NotPermitted
from calls.tenants import actions
from calls.tenants.models import ApiKey, Member
from tests.tenants.units import limit_to, unit
from tests.world import NOW, World

BEYOND = "no more than these"


@pytest.fixture
def north(world: World) -> World:
    """Ada administers the north only."""
    limit_to(world, "north", "ada")
    return world


def by_ada(world: World) -> dict[str, Any]:
    return {"tenant": world.acme, "actor": world.ada, "now": NOW}


def invite(world: World, *keys: str) -> Member:
    orgs = [unit(world, key) for key in keys]
    return actions.invite_member(
        email="x@y.example", name="X", role="admin", orgs=orgs, **by_ada(world)
    )


@pytest.mark.parametrize("keys", [(), ("south",), ("north", "south")])
def test_nobody_is_let_in_for_more(north: World, keys: tuple[str, ...]) -> None:
    with pytest.raises(NotPermitted, match=BEYOND):
        invite(north, *keys)
    assert not Member.objects.filter(user__email="x@y.example").exists()


@pytest.mark.parametrize("keys", [(), ("south",), ("north", "south")])
def test_no_key_opens_more(north: World, keys: tuple[str, ...]) -> None:
    with pytest.raises(NotPermitted, match=BEYOND):
        actions.issue_runtime_key(name="X", org_keys=keys, **by_ada(north))
    assert ApiKey.objects.count() == 1


def test_for_the_own_unit_both_are_done(north: World) -> None:
    assert [org.key for org in invite(north, "north").orgs.all()] == ["north"]
    row, _ = actions.issue_runtime_key(name="X", org_keys=["north"], **by_ada(north))
    assert row.org_keys == ["north"]


@pytest.mark.parametrize("limited", ["", "south"])
def test_who_acts_for_more_is_not_theirs_to_change(north: World, limited: str) -> None:
    bob = north.members["bob"]
    if limited:
        limit_to(north, limited, "bob")
    with pytest.raises(NotPermitted, match=BEYOND):
        actions.change_role(member=bob, role="owner", actor=north.ada, now=NOW)
    with pytest.raises(NotPermitted, match=BEYOND):
        actions.end_membership(member=bob, actor=north.ada, now=NOW)
    bob.refresh_from_db()
    assert (bob.role, bob.ended_at) == ("support", None)


def test_who_acts_for_the_same_is(north: World) -> None:
    limit_to(north, "north", "bob")
    bob = north.members["bob"]
    assert actions.change_role(member=bob, role="owner", actor=north.ada, now=NOW).role == "owner"
    assert actions.end_membership(member=bob, actor=north.ada, now=NOW).ended_at


def test_who_acts_for_all_gives_what_they_like(world: World) -> None:
    assert not invite(world).orgs.exists()
    row, _ = actions.issue_runtime_key(name="X", **by_ada(world))
    assert row.org_keys == []


def test_a_key_is_revoked_by_any_admin(north: World) -> None:
    """Stopping is safe, and a leak waits for nobody."""
    assert actions.revoke_key(key=north.runtime_key, actor=north.ada, now=NOW).revoked_at
