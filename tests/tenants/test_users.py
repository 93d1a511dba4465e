"""People who sign in."""

import pytest
from django.contrib.auth import authenticate
from django.db import IntegrityError, transaction

from calls.tenants import actions
from calls.tenants.models import User
from tests.audit.entries import entry
from tests.world import NOW, PASSWORD, SEED, World


def test_an_address_is_kept_in_small_letters_and_found_in_any(world: World) -> None:
    user = actions.create_user(actor=SEED, now=NOW, email="Nina@Acme.Example", name="Nina")
    assert user.email == "nina@acme.example"
    assert User.objects.get_by_natural_key("NINA@acme.example") == user


def test_an_address_is_one_persons(world: World) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        actions.create_user(actor=SEED, now=NOW, email="BOB@acme.example", name="Bob 2")


def test_a_password_is_kept_hashed(world: World) -> None:
    assert PASSWORD not in world.user("bob").password
    assert authenticate(username="bob@acme.example", password=PASSWORD) == world.user("bob")


def test_without_a_password_nobody_signs_in(world: World) -> None:
    user = actions.create_user(actor=SEED, now=NOW, email="nina@acme.example", name="Nina")
    assert not user.has_usable_password()
    assert authenticate(username="nina@acme.example", password="") is None


def test_a_person_is_no_staff_unless_told(world: World) -> None:
    user = actions.create_user(actor=SEED, now=NOW, email="nina@acme.example", name="Nina")
    assert (user.is_staff, user.is_superuser, user.is_active) == (False, False, True)


def test_a_new_person_is_on_record_without_their_password(world: World) -> None:
    found = entry(world.user("bob"), "user.created")
    assert (found.actor_name, found.target_label, found.tenant_id) == ("seed", "Bob", None)
    assert (found.before, found.after) == ({}, {})


def test_a_business_unit_is_on_record(world: World) -> None:
    org = actions.add_org(tenant=world.acme, actor=world.ada, now=NOW, key="west", name="West")
    found = entry(org, "org.added")
    assert (found.actor_name, found.target_label) == ("Ada", "West")
    assert found.tenant_id == world.acme.pk
