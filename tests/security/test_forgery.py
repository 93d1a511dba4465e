"""Requests another site makes a browser send: no console POST works without the page's token."""

import json

import pytest
from django.conf import settings
from django.test import Client

from calls.audit.models import AuditEntry
from calls.records.models import Call
from tests.api.program import EXAMPLE
from tests.events.deliveries import envelope
from tests.security.addresses import families, ids_of
from tests.world import HOOK_TOKEN, World

FOR_PROGRAMS = ("api", "hooks")
CONSOLE = {name: found for name, found in families().items() if name not in FOR_PROGRAMS}
UNSAFE = ("POST", "PUT", "PATCH", "DELETE")


def lured(world: World, name: str = "alice") -> Client:
    """A signed-in browser on its way from another site."""
    client = Client(enforce_csrf_checks=True, raise_request_exception=False)
    client.force_login(world.user(name))
    return client


@pytest.mark.parametrize("family", CONSOLE)
def test_without_the_token_nothing_is_done(world: World, family: str) -> None:
    ids, browser = ids_of(world, world.place().call), lured(world)
    before = AuditEntry.objects.count(), list(Call.objects.values("pk", "state"))
    for address in CONSOLE[family]:
        found = {browser.generic(method, address.path(**ids)).status_code for method in UNSAFE}
        assert found == {403}, address
    assert (AuditEntry.objects.count(), list(Call.objects.values("pk", "state"))) == before


def test_with_another_sites_token_neither(world: World) -> None:
    browser = lured(world)
    browser.get("/t/acme/calls/new")
    for token in ("", "x" * 64, browser.cookies[settings.CSRF_COOKIE_NAME].value[::-1]):
        headers = {"x-csrftoken": token}
        assert browser.post("/t/acme/calls/new", {}, headers=headers).status_code == 403


def test_the_pages_own_token_opens_the_form(world: World) -> None:
    browser = lured(world)
    page = browser.get("/t/acme/calls/new")
    headers = {"x-csrftoken": str(page.context["csrf_token"])}
    assert browser.post("/t/acme/calls/new", {}, headers=headers).status_code == 422


def test_a_key_needs_no_token_and_a_session_is_no_key(world: World) -> None:
    browser, body = lured(world, "ada"), json.dumps(EXAMPLE)
    for key, status in (({"authorization": f"Bearer {world.key}"}, 200), ({}, 401)):
        answer = browser.generic("POST", "/api/v1/make-call", body, "application/json", headers=key)
        assert answer.status_code == status


def test_a_carrier_needs_no_token(world: World) -> None:
    browser = Client(enforce_csrf_checks=True)
    answer = browser.generic("POST", f"/hooks/stateset/{HOOK_TOKEN}", envelope())
    assert answer.json()["error"] == "signature_invalid"
