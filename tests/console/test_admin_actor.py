"""As whom somebody acts in the admin: with the rights they have there, and no others."""

import pytest
from django.test import RequestFactory

from calls.audit.actor import Actor
from calls.lib.errors import NotFound, NotPermitted
from calls.tenants import actions, roles
from console.admin_reach import actor
from tests.world import NOW, SEED, World


def acting(world: World, name: str) -> Actor:
    """This person on a row of Acme's."""
    request = RequestFactory().get("/")
    request.user = world.user(name)
    return actor(request, world.acme.pk)


def test_whoever_runs_the_installation_acts_as_that_everywhere(world: World) -> None:
    world.user("ada").is_superuser = True
    found = acting(world, "ada")
    assert (found.kind, found.may) == ("user", {roles.PLATFORM})
    assert actions.suspend_tenant(tenant=world.acme, actor=found, now=NOW, reason="x").suspended_at


def test_an_admin_acts_with_the_rights_of_the_tenant(world: World) -> None:
    found = acting(world, "ada")
    assert (found.kind, found.may) == ("member", roles.permissions_of(roles.ADMIN))


@pytest.mark.parametrize("name", ["alice", "charlie"])
def test_who_is_no_admin_there_may_nothing(world: World, name: str) -> None:
    found = acting(world, name)
    assert (found.kind, found.may) == ("user", frozenset())
    with pytest.raises((NotFound, NotPermitted)):
        actions.change_tenant(tenant=world.acme, actor=found, now=NOW, name="Mine")


def test_no_role_and_no_key_runs_the_installation() -> None:
    assert roles.PLATFORM not in roles.RUNTIME_SCOPES
    assert not any(roles.PLATFORM in may for may in roles.PERMISSIONS.values())


@pytest.mark.parametrize("column", ["email", "password", "is_superuser"])
def test_of_a_person_only_some_things_change(world: World, column: str) -> None:
    with pytest.raises(TypeError, match=column):
        actions.change_user(user=world.user("bob"), actor=SEED, now=NOW, **{column: "x"})
