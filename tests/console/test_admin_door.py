"""Who gets into the Django admin, how they sign in, and what it looks like at the door."""

import pytest
from allauth.mfa.models import Authenticator
from django.contrib import admin
from django.test import Client
from django.urls import reverse

from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.console.administrators import admin_of_acme, platform
from tests.console.signed_in import sign_in, words
from tests.world import NOW, PASSWORD, SEED, World


def test_strangers_sign_in_where_everybody_does(world: World) -> None:
    answer = Client().get("/admin/", follow=True)
    assert answer.redirect_chain[-1][0] == "/accounts/login/?next=%2Fadmin%2F"


def test_it_has_no_sign_in_form_of_its_own(world: World) -> None:
    typed = {"username": world.user("ada").email, "password": PASSWORD}
    answer = Client().post("/admin/login/", typed)
    assert answer["Location"].startswith("/accounts/login/")


def test_whoever_runs_the_installation_enters(world: World) -> None:
    html = words(platform().get("/admin/").content)
    assert "Greenlight administration" in html
    assert "Back to the console" in html


def test_the_admin_of_a_tenant_enters(world: World) -> None:
    assert admin_of_acme(world).get("/admin/").status_code == 200


@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "charlie"])
def test_other_roles_do_not(world: World, who: str) -> None:
    client = sign_in(world, who)
    assert client.get("/admin/", follow=True).status_code == 403
    assert client.get("/admin/calls/apikey/add/", follow=True).status_code == 403


def test_staff_who_administer_nothing_do_not(world: World) -> None:
    tenants.change_user(user=world.user("bob"), actor=SEED, now=NOW, is_staff=True)
    assert sign_in(world).get("/admin/", follow=True).status_code == 403


def test_whoever_stops_being_admin_is_out_at_once(world: World) -> None:
    client = admin_of_acme(world)
    tenants.change_role(member=world.members["ada"], role="support", actor=SEED, now=NOW)
    assert client.get("/admin/", follow=True).status_code == 403


def test_whose_membership_ended_is_out_at_once(world: World) -> None:
    client = admin_of_acme(world)
    tenants.end_membership(member=world.members["ada"], actor=SEED, now=NOW)
    assert client.get("/admin/calls/member/", follow=True).status_code == 403


def test_whoever_becomes_admin_gets_in(world: World) -> None:
    client = sign_in(world)
    tenants.change_role(member=world.members["bob"], role="admin", actor=SEED, now=NOW)
    assert client.get("/admin/").status_code == 200


@pytest.mark.parametrize("everything", [True, False])
def test_a_live_tenant_demands_a_second_factor(world: World, everything: bool) -> None:
    client = platform() if everything else admin_of_acme(world)
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode=Tenant.LIVE)
    answer = client.get("/admin/calls/apikey/", follow=True)
    assert answer.redirect_chain[-1][0] == reverse("mfa_index")


def test_with_a_second_factor_they_enter(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode=Tenant.LIVE)
    totp = Authenticator.Type.TOTP
    Authenticator.objects.create(user=world.user("ada"), type=totp, data={"secret": "x"})
    assert admin_of_acme(world).get("/admin/").status_code == 200


def test_only_our_own_tables_are_here() -> None:
    assert {model._meta.app_label for model in admin.site._registry} == {"calls"}


def test_passwords_are_changed_on_the_consoles_form(world: World) -> None:
    answer = admin_of_acme(world).get("/admin/password_change/")
    assert answer["Location"] == reverse("account_change_password")


def test_the_way_out_is_the_consoles(world: World) -> None:
    assert reverse("account_logout") in words(admin_of_acme(world).get("/admin/").content)
    assert admin_of_acme(world).post("/admin/logout/")["Location"] == reverse("account_logout")


@pytest.mark.parametrize("model", sorted(m._meta.model_name or "" for m in admin.site._registry))
def test_every_list_opens_and_nothing_can_be_deleted(world: World, model: str) -> None:
    client = platform()
    answer = client.get(f"/admin/calls/{model}/")
    assert answer.status_code == 200
    assert "delete_selected" not in words(answer.content)


@pytest.mark.parametrize("model", sorted(m._meta.model_name or "" for m in admin.site._registry))
def test_no_page_needs_anything_inline(world: World, model: str) -> None:
    html = words(platform().get(f"/admin/calls/{model}/").content)
    assert " style=" not in html
    assert "<style" not in html
    assert " onclick=" not in html
