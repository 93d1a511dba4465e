"""The one way into a page: signed in, member of the tenant in the URL, permitted, with a second factor."""

import re

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client
from django.urls import reverse

from calls.tenants import actions as tenants
from calls.tenants.models import Tenant
from tests.console.signed_in import sign_in, words
from tests.world import NOW, SEED, World

PAGES = ("overview", "calls", "scheduled", "new_call", "approvals", "greetings", "new_greeting")


@pytest.fixture
def live(world: World) -> World:
    """Acme with real calls."""
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode=Tenant.LIVE)
    return world


@pytest.mark.parametrize("name", PAGES)
def test_strangers_are_asked_to_sign_in(world: World, name: str) -> None:
    url = reverse(name, args=["acme"])
    assert Client().get(url)["Location"] == f"/accounts/login/?next={url}"


@pytest.mark.parametrize("name", PAGES)
def test_members_enter(world: World, name: str) -> None:
    assert sign_in(world).get(reverse(name, args=["acme"])).status_code == 200


@pytest.mark.parametrize("name", PAGES)
def test_another_tenant_is_as_good_as_none(world: World, name: str) -> None:
    client = sign_in(world, "charlie")
    foreign = client.get(reverse(name, args=["acme"]))
    missing = client.get(reverse(name, args=["nowhere"]))
    assert (foreign.status_code, missing.status_code) == (404, 404)


def not_found(client: Client, slug: str) -> str:
    """The page about an address, without what differs from one request to the next."""
    html = client.get(f"/t/{slug}/", headers={"x-request-id": "0" * 32}).content.decode()
    return re.sub(r'"x-csrftoken": "\w+"', "", html.replace(slug, "-"))


def test_foreign_and_missing_look_the_same(world: World) -> None:
    client = sign_in(world, "charlie")
    assert not_found(client, "acme") == not_found(client, "nobody")


def test_a_membership_that_ended_opens_nothing(world: World) -> None:
    client = sign_in(world)
    tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
    assert client.get("/t/acme/").status_code == 404


def test_somebody_made_inactive_is_out_at_once(world: World) -> None:
    client = sign_in(world)
    tenants.change_user(user=world.user("bob"), actor=SEED, now=NOW, is_active=False)
    assert "/accounts/login/" in client.get("/t/acme/")["Location"]


def test_a_new_role_counts_from_the_next_request(world: World) -> None:
    client = sign_in(world)
    assert client.get("/t/acme/calls/new").status_code == 200
    tenants.change_role(member=world.members["bob"], role="auditor", actor=SEED, now=NOW)
    assert client.get("/t/acme/calls/new").status_code == 403


@pytest.mark.parametrize("name", ["new_call", "new_greeting"])
def test_an_auditor_writes_nothing(world: World, name: str) -> None:
    answer = sign_in(world, "aurel").get(reverse(name, args=["acme"]))
    assert answer.status_code == 403
    assert "admin" in words(answer.content)


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_owners_and_admins_of_live_tenants_need_a_second_factor(live: World, who: str) -> None:
    answer = sign_in(live, who).get("/t/acme/")
    assert answer["Location"] == reverse("mfa_index")


@pytest.mark.parametrize("who", ["bob", "aurel"])
def test_others_do_not(live: World, who: str) -> None:
    assert sign_in(live, who).get("/t/acme/").status_code == 200


def test_with_a_second_factor_they_enter(live: World) -> None:
    Authenticator.objects.create(
        user=live.user("alice"), type=Authenticator.Type.TOTP, data={"secret": "x"}
    )
    assert sign_in(live, "alice").get("/t/acme/").status_code == 200


def test_a_decision_needs_it_too(live: World) -> None:
    review = live.order_news.reviews.get()
    url = f"/t/acme/approvals/{review.public_id}/decision"
    assert (
        sign_in(live, "alice").post(url, {"decision": "approved"})["Location"] == "/accounts/2fa/"
    )
    review.refresh_from_db()
    assert review.decision == ""


def test_sandbox_tenants_do_not_ask_for_it(world: World) -> None:
    assert sign_in(world, "alice").get("/t/acme/").status_code == 200
