"""Who may enter which tenant: only by a membership that has not ended."""

import pytest

from calls.lib.errors import NotFound
from calls.tenants import actions, roles, scope
from tests.world import NOW, World


def test_a_member_enters_their_tenant(world: World) -> None:
    found = scope.get_membership(user=world.user("bob"), slug="acme")
    assert (found, found.role) == (world.members["bob"], roles.SUPPORT)


@pytest.mark.parametrize(
    ("name", "slug"), [("charlie", "acme"), ("bob", "globex"), ("bob", "nowhere"), ("bob", "")]
)
def test_other_tenants_are_not_there(world: World, name: str, slug: str) -> None:
    with pytest.raises(NotFound):
        scope.get_membership(user=world.user(name), slug=slug)


def test_an_ended_membership_opens_nothing(world: World) -> None:
    actions.end_membership(member=world.members["bob"], actor=world.ada, now=NOW)
    with pytest.raises(NotFound):
        scope.get_membership(user=world.user("bob"), slug="acme")
    assert scope.get_memberships(world.user("bob")) == []


def test_the_list_is_by_name_and_of_ones_own(world: World) -> None:
    assert [m.tenant.slug for m in scope.get_memberships(world.user("charlie"))] == ["globex"]
    actions.add_member(
        tenant=world.acme, user=world.user("charlie"), role="auditor", actor=world.ada, now=NOW
    )
    assert [m.tenant.name for m in scope.get_memberships(world.user("charlie"))] == [
        "Acme",
        "Globex",
    ]


def test_a_role_in_one_tenant_is_none_in_another(world: World) -> None:
    actions.add_member(
        tenant=world.acme, user=world.user("charlie"), role="auditor", actor=world.ada, now=NOW
    )
    here = scope.get_membership(user=world.user("charlie"), slug="globex")
    there = scope.get_membership(user=world.user("charlie"), slug="acme")
    assert scope.member_actor(here).can("greetings:approve")
    assert scope.member_actor(there).may == {"calls:read", "setup:read"}
