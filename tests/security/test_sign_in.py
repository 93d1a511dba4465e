"""Signing in: where it leads, what the browser keeps, and when it ends."""

import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from calls.tenants import actions as tenants
from tests.security.addresses import session_of
from tests.world import NOW, PASSWORD, SEED, World

ELSEWHERE = {
    "another site": "https://evil.example/",
    "without a scheme": "//evil.example/",
    "with a backslash": "/\\evil.example/",
    "two backslashes": "\\\\evil.example/",
    "three slashes": "///evil.example/",
    "a tab inside": "/\t/evil.example/",
    "a user part": "http://testserver@evil.example/",
    "a script": "javascript:alert(1)",
    "data": "data:text/html,<script>alert(1)</script>",
    "our name in front": "https://testserver.evil.example/",
    "spaces in front": "  https://evil.example/",
}


def sign_in(world: World, next_: str = "", *, client: Client | None = None) -> str:
    """Where Bob is sent after his password."""
    form = {"login": world.user("bob").email, "password": PASSWORD, "next": next_}
    answer = (client or Client()).post(f"{reverse('account_login')}", form)
    assert answer.status_code == 302
    return str(answer["Location"])


@pytest.mark.parametrize("next_", ELSEWHERE.values(), ids=ELSEWHERE.keys())
def test_next_never_leads_elsewhere(world: World, next_: str) -> None:
    assert sign_in(world, next_) == "/"
    signed_in = session_of(world, "bob").get(reverse("account_login"), {"next": next_})
    assert signed_in["Location"] == "/"
    signed_out = session_of(world, "bob").post(reverse("account_logout"), {"next": next_})
    assert signed_out["Location"] == reverse("account_login")


def test_next_leads_to_the_page_that_was_asked_for(world: World) -> None:
    asked = Client().get("/t/acme/approvals")
    assert asked["Location"] == "/accounts/login/?next=/t/acme/approvals"
    assert sign_in(world, "/t/acme/approvals") == "/t/acme/approvals"


def test_what_the_browser_keeps(world: World) -> None:
    browser = Client()
    browser.get(reverse("account_login"))
    sign_in(world, client=browser)
    kept = {name: browser.cookies[name] for name in browser.cookies}
    assert set(kept) <= {settings.SESSION_COOKIE_NAME, settings.CSRF_COOKIE_NAME, "messages"}
    for cookie in kept.values():
        assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
        assert cookie["domain"] == ""


def test_signing_in_starts_a_new_session(world: World) -> None:
    browser = Client()
    browser.cookies[settings.SESSION_COOKIE_NAME] = "chosen-by-somebody-else"
    sign_in(world, client=browser)
    fresh = browser.cookies[settings.SESSION_COOKIE_NAME].value
    assert fresh != "chosen-by-somebody-else"
    browser.post(reverse("account_logout"))
    thief = Client()
    thief.cookies[settings.SESSION_COOKIE_NAME] = fresh
    assert thief.get("/t/acme/").status_code == 302


def test_rights_end_with_the_next_request(world: World) -> None:
    browser = session_of(world, "bob")
    assert browser.get("/t/acme/").status_code == 200
    tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
    assert browser.get("/t/acme/").status_code == 404


def test_a_person_who_is_switched_off_is_signed_out(world: World) -> None:
    browser, bob = session_of(world, "bob"), world.user("bob")
    type(bob).objects.filter(pk=bob.pk).update(is_active=False)
    assert browser.get("/t/acme/").status_code == 302
