"""Keys in the admin: shown once and kept nowhere, revoked alone or many at a time, never across tenants."""

import re
from datetime import UTC, datetime
from typing import Any
from unittest.mock import Mock

import pytest
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.http import HttpResponse
from django.test import Client

from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from calls.tenants import scope
from calls.tenants.models import ApiKey
from tests.console.administrators import (
    act,
    admin_of_acme,
    globex_key,
    list_url,
    new_key,
    platform,
    url,
)
from tests.console.signed_in import words
from tests.world import NOW, SEED, World

ADD = "/admin/calls/apikey/add/"
SPELLED = re.compile(r"gl_(?:test|live|admin)_\w{58}")


def shown(answer: HttpResponse) -> str:
    """The key on a page."""
    found = SPELLED.search(words(answer.content))
    assert found
    return found[0]


def issue(client: Client, world: World, **fields: Any) -> Any:
    return client.post(ADD, new_key(world.acme, **fields))


def test_the_key_on_the_answer_opens_the_tenant(world: World) -> None:
    key = shown(issue(admin_of_acme(world), world))
    row = scope.get_key(presented=key, now=NOW)
    assert row is not None
    assert (row.tenant, row.name, row.scopes) == (world.acme, "Shop program", ["calls:write"])


def test_it_is_issued_under_the_admins_name(world: World) -> None:
    issue(admin_of_acme(world), world)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_name, entry.tenant_id) == ("key.issued", "Ada", world.acme.pk)
    assert ApiKey.objects.latest("id").created_by == "Ada"


def test_the_answer_is_stored_by_nobody(world: World) -> None:
    answer = issue(admin_of_acme(world), world)
    assert "no-store" in answer["Cache-Control"]
    assert "Location" not in answer


def test_the_key_is_in_no_page_row_session_or_cookie_afterwards(world: World) -> None:
    client = admin_of_acme(world)
    key = shown(issue(client, world))
    row = ApiKey.objects.latest("id")
    pages = [client.get(page).content.decode() for page in ("/admin/", list_url(ApiKey), url(row))]
    sessions = [str(session.get_decoded()) for session in Session.objects.all()]
    cookies = [cookie.value for cookie in client.cookies.values()]
    rows = [str(vars(row)), *(str(vars(entry)) for entry in AuditEntry.objects.all())]
    assert not [text for text in (*pages, *sessions, *cookies, *rows) if key in text]


def test_sent_twice_issues_one(world: World) -> None:
    client, before = admin_of_acme(world), ApiKey.objects.count()
    issue(client, world)
    again = issue(client, world)
    assert "This form was sent already" in words(again.content)
    assert ApiKey.objects.count() == before + 1


def test_a_key_can_end_by_itself(world: World) -> None:
    issue(admin_of_acme(world), world, expires_at_0="2030-01-01", expires_at_1="00:00:00")
    assert ApiKey.objects.latest("id").expires_at == datetime(2030, 1, 1, tzinfo=UTC)


def test_a_key_can_be_for_some_business_units(world: World) -> None:
    for key in ("north", "south"):
        tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key=key, name=key)
    issue(admin_of_acme(world), world, org_keys="south, north")
    assert ApiKey.objects.latest("id").org_keys == ["north", "south"]


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("name", ""),
        ("tenant", ""),
        ("scopes", []),
        ("scopes", ["keys:write"]),
        ("org_keys", "nowhere"),
        ("expires_at_0", "soon"),
    ],
)
def test_errors_stand_at_their_field_and_nothing_is_issued(
    world: World, field: str, value: Any
) -> None:
    before = ApiKey.objects.count()
    answer = issue(admin_of_acme(world), world, **{field: value})
    assert field.removesuffix("_0") in answer.context["adminform"].form.errors
    assert ApiKey.objects.count() == before


def test_after_an_error_the_same_form_can_be_sent(world: World) -> None:
    client = admin_of_acme(world)
    issue(client, world, name="")
    assert shown(issue(client, world))


def test_after_a_refusal_the_same_form_can_be_sent(world: World) -> None:
    client = admin_of_acme(world)
    past = issue(client, world, expires_at_0="2020-01-01", expires_at_1="00:00:00")
    assert past.context["adminform"].form.errors["expires_at"] == [
        "This time is past. Give one that is to come, or none."
    ]
    assert "was shown once" not in words(past.content)
    assert shown(issue(client, world))


def test_without_the_cache_no_key_is_issued_and_it_is_said(world: World, monkeypatch: Any) -> None:
    client, before = admin_of_acme(world), ApiKey.objects.count()
    monkeypatch.setattr(cache, "add", Mock(side_effect=ConnectionError))
    assert "Nothing was done" in words(issue(client, world).content)
    assert ApiKey.objects.count() == before


def test_no_key_is_issued_for_a_foreign_tenant(world: World) -> None:
    before = ApiKey.objects.count()
    answer = admin_of_acme(world).post(ADD, new_key(world.globex))
    assert "tenant" in answer.context["adminform"].form.errors
    assert ApiKey.objects.count() == before


def test_admins_of_tenants_issue_no_admin_keys(world: World) -> None:
    issue(admin_of_acme(world), world, kind="admin")
    assert ApiKey.objects.latest("id").kind == ApiKey.RUNTIME


def test_whoever_runs_the_installation_issues_admin_keys(world: World) -> None:
    answer = platform().post(ADD, new_key(world.acme, kind="admin", tenant="", scopes=[]))
    assert shown(answer).startswith("gl_admin_")
    assert ApiKey.objects.latest("id").tenant is None


def test_an_admin_key_belongs_to_no_tenant(world: World) -> None:
    answer = platform().post(ADD, new_key(world.acme, kind="admin"))
    assert "tenant" in answer.context["adminform"].form.errors


def test_a_key_is_revoked_after_its_effect_was_said(world: World) -> None:
    client, row = admin_of_acme(world), world.runtime_key
    asked = {"action": "revoke", "_selected_action": str(row.pk)}
    html = words(client.post(list_url(ApiKey), asked).content)
    assert "The next request with one of these keys is refused." in html
    act(client, row, "revoke")
    row.refresh_from_db()
    assert (row.revoked_by, scope.get_key(presented=world.key, now=NOW)) == ("Ada", None)


def test_many_are_revoked_at_once(world: World) -> None:
    client = admin_of_acme(world)
    issue(client, world)
    keys = [str(pk) for pk in ApiKey.objects.values_list("pk", flat=True)]
    posted = {"action": "revoke", "_selected_action": keys, "confirmed": "1"}
    client.post(list_url(ApiKey), posted)
    assert not ApiKey.objects.filter(revoked_at=None).exists()


def test_revoking_twice_says_so(world: World) -> None:
    client = admin_of_acme(world)
    act(client, world.runtime_key, "revoke")
    assert "already revoked" in words(act(client, world.runtime_key, "revoke").content)


def test_a_foreign_key_is_neither_seen_nor_revoked(world: World) -> None:
    row, client = globex_key(world), admin_of_acme(world)
    assert client.get(url(row))["Location"] == "/admin/"
    assert row.key_id not in words(client.get(list_url(ApiKey)).content)
    act(client, row, "revoke")
    row.refresh_from_db()
    assert row.revoked_at is None


def test_admin_keys_are_not_the_tenants_to_see(world: World) -> None:
    row, _ = tenants.issue_admin_key(actor=SEED, now=NOW, name="Platform robot")
    html = words(admin_of_acme(world).get(list_url(ApiKey)).content)
    assert row.key_id not in html


@pytest.mark.parametrize(("state", "listed"), [("usable", True), ("revoked", False)])
def test_keys_are_filtered_by_state(world: World, state: str, listed: bool) -> None:
    html = words(admin_of_acme(world).get(list_url(ApiKey), {"state": state}).content)
    assert (world.runtime_key.key_id in html) is listed


def test_the_hash_is_shown_to_nobody(world: World) -> None:
    html = words(platform().get(url(world.runtime_key)).content)
    assert world.runtime_key.sha256 not in html


def test_of_a_key_only_the_scopes_change(world: World) -> None:
    client = platform()
    posted = {"name": "Other", "kind": "admin", "scopes": ["calls:read"]}
    assert client.post(url(world.runtime_key), posted).status_code == 302
    row = ApiKey.objects.get()
    assert (row.name, row.kind, row.scopes) == ("Shop", ApiKey.RUNTIME, ["calls:read"])
    assert client.post(url(world.runtime_key, "delete")).status_code == 403
