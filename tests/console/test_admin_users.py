"""People in the admin: kept by whoever runs the installation; admins see those of their tenants."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from calls.tenants.models import User
from tests.console.administrators import admin_of_acme, list_url, platform, url
from tests.console.signed_in import words
from tests.world import NOW, SEED, World

ADD = "/admin/calls/user/add/"


def filled(**fields: Any) -> dict[str, Any]:
    return {"email": "Dora@Acme.example", "name": "Dora", "password": ""} | fields


def dora() -> User:
    return User.objects.get(email="dora@acme.example")


def test_somebody_is_created_without_a_password(world: World) -> None:
    platform().post(ADD, filled())
    assert (dora().name, dora().has_usable_password()) == ("Dora", False)
    assert (dora().is_staff, dora().is_superuser) == (False, False)


def test_a_password_given_is_never_shown_again(world: World) -> None:
    client = platform()
    client.post(ADD, filled(password="purple monkey dishwasher"))
    assert dora().check_password("purple monkey dishwasher")
    assert "dishwasher" not in words(client.get(url(dora())).content)
    assert "argon2" not in words(client.get(url(dora())).content)


@pytest.mark.parametrize("password", ["short", "password1234"])
def test_a_weak_password_is_refused(world: World, password: str) -> None:
    answer = platform().post(ADD, filled(password=password))
    assert "password" in answer.context["adminform"].form.errors


@pytest.mark.parametrize("email", ["BOB@acme.example", "not an address", ""])
def test_an_address_taken_or_wrong_is_refused(world: World, email: str) -> None:
    answer = platform().post(ADD, filled(email=email))
    assert "email" in answer.context["adminform"].form.errors


def test_somebody_is_made_inactive_on_record(world: World) -> None:
    bob = world.user("bob")
    platform().post(url(bob), {"name": "Bob"})  # the boxes left empty
    bob.refresh_from_db()
    assert not bob.is_active
    assert AuditEntry.objects.latest("id").after == {"is_active": "False"}


def test_nobody_is_made_to_run_the_installation_later(world: World) -> None:
    bob = world.user("bob")
    platform().post(url(bob), {"name": "Bob", "is_active": "on", "is_superuser": "on"})
    bob.refresh_from_db()
    assert not bob.is_superuser


class TestTheAdminOfATenant:
    """Ada looks, and changes nobody: a person may belong to other tenants too."""

    def test_sees_the_people_of_her_tenant(self, world: World) -> None:
        html = words(admin_of_acme(world).get(list_url(User)).content)
        assert "bob@acme.example" in html
        assert "charlie@globex.example" not in html

    def test_sees_nobody_who_left(self, world: World) -> None:
        tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
        html = words(admin_of_acme(world).get(list_url(User)).content)
        assert "bob@acme.example" not in html

    def test_creates_nobody(self, world: World) -> None:
        answer = admin_of_acme(world).post(ADD, filled(is_superuser="on", is_staff="on"))
        assert answer.status_code == 403
        assert not User.objects.filter(email="dora@acme.example").exists()

    @pytest.mark.parametrize("who", ["bob", "ada"])
    def test_changes_nobody_not_even_herself(self, world: World, who: str) -> None:
        user = world.user(who)
        posted = {"name": "X", "is_active": "on", "is_superuser": "on"}
        assert admin_of_acme(world).post(url(user), posted).status_code == 403
        user.refresh_from_db()
        assert (user.is_superuser, user.name) == (False, who.title())

    def test_a_foreign_person_is_not_there(self, world: World) -> None:
        answer = admin_of_acme(world).get(url(world.user("charlie")))
        assert answer["Location"] == "/admin/"
