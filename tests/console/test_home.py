"""Where a person lands: their first tenant, or a page that says what to do."""

from django.test import Client

from calls.tenants import actions as tenants
from tests.console.signed_in import sign_in, words
from tests.world import NOW, PASSWORD, SEED, World


def newcomer(world: World, **fields: bool) -> Client:
    tenants.create_user(
        actor=SEED, now=NOW, email="new@x.example", name="New", password=PASSWORD, **fields
    )
    client = Client()
    assert client.login(username="new@x.example", password=PASSWORD)
    return client


def test_a_member_lands_on_the_overview(world: World) -> None:
    assert sign_in(world).get("/")["Location"] == "/t/acme/"


def test_a_member_of_two_lands_on_the_first_by_name(world: World) -> None:
    tenants.add_member(
        tenant=world.globex, user=world.user("bob"), role="support", actor=SEED, now=NOW
    )
    assert sign_in(world).get("/")["Location"] == "/t/acme/"


def test_somebody_without_a_tenant_is_told_what_to_do(world: World) -> None:
    html = words(newcomer(world).get("/").content)
    assert "You belong to no tenant yet" in html
    assert "new@x.example" in html
    assert "/admin/" not in html


def test_whoever_runs_the_installation_is_shown_the_administration(world: World) -> None:
    html = words(newcomer(world, is_staff=True, is_superuser=True).get("/").content)
    assert 'href="/admin/"' in html


def test_a_membership_that_ended_opens_nothing(world: World) -> None:
    client = sign_in(world)
    tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
    assert "You belong to no tenant yet" in words(client.get("/").content)


def test_strangers_are_asked_to_sign_in(world: World) -> None:
    assert Client().get("/")["Location"] == "/accounts/login/?next=/"
