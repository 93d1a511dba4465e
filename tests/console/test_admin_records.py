"""What the admin shows of the audit log, carrier accounts and routes: within reach and without secrets."""

import pytest

from calls.audit.models import AuditEntry
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import actions as tenants
from tests.console.administrators import admin_of_acme, admin_of_globex, list_url, platform, url
from tests.console.signed_in import words
from tests.world import CALLER_ID, NOW, SEED, World

SHOWN = (AuditEntry, CarrierAccount, PhoneRoute)


def test_nothing_is_added_or_changed(world: World) -> None:
    client, row = platform(), AuditEntry.objects.order_by("id")[0]
    assert client.get(f"{list_url(AuditEntry)}add/").status_code == 403
    assert client.post(url(row), {"name": "X"}).status_code == 403


@pytest.mark.parametrize("model", SHOWN)
def test_nothing_is_deleted(world: World, model: type[AuditEntry]) -> None:
    row = model.objects.order_by("id")[0]
    assert platform().post(url(row, "delete")).status_code == 403


@pytest.mark.parametrize("model", SHOWN)
def test_every_row_can_be_looked_at(world: World, model: type[AuditEntry]) -> None:
    assert platform().get(url(model.objects.order_by("id")[0])).status_code == 200


@pytest.mark.parametrize("model", SHOWN)
def test_foreign_rows_are_not_there(world: World, model: type[AuditEntry]) -> None:
    client = admin_of_globex(world)
    foreign = model.objects.filter(tenant_id=world.acme.pk).order_by("id")[0]
    assert client.get(url(foreign))["Location"] == "/admin/"
    assert "Acme main line" not in words(client.get(list_url(model)).content)


def test_the_log_says_before_and_after(world: World) -> None:
    tenants.change_role(member=world.members["bob"], role="owner", actor=SEED, now=NOW)
    entry = AuditEntry.objects.get(verb="member.role_changed")
    html = words(platform().get(url(entry)).content)
    assert "&quot;role&quot;: &quot;support&quot;" in html
    assert "&quot;role&quot;: &quot;owner&quot;" in html


def test_acts_of_the_installation_are_not_the_tenants_to_read(world: World) -> None:
    tenants.issue_admin_key(actor=SEED, now=NOW, name="Platform robot")
    assert "Platform robot" in words(platform().get(list_url(AuditEntry)).content)
    assert "Platform robot" not in words(admin_of_acme(world).get(list_url(AuditEntry)).content)


def test_the_log_can_be_narrowed_to_a_tenant_within_reach(world: World) -> None:
    client = admin_of_acme(world)
    html = words(client.get(list_url(AuditEntry), {"of": "globex"}).content)
    assert "0 audit entries" in html


def test_credentials_are_never_shown(world: World) -> None:
    html = words(platform().get(url(world.account)).content)
    assert world.account.sealed_api_key not in html
    assert world.account.hook_token_sha256 not in html
    assert "Sandbox of Acme" in html


def test_routes_show_their_number(world: World) -> None:
    html = words(admin_of_acme(world).get(list_url(PhoneRoute)).content)
    assert CALLER_ID in html


def test_the_log_of_a_row_stands_on_its_page(world: World) -> None:
    html = words(admin_of_acme(world).get(url(world.route)).content)
    assert "route.added" in html or "by seed" in html


def test_history_pages_lead_back_to_the_row(world: World) -> None:
    answer = platform().get(url(world.route, "history"))
    assert answer["Location"] == url(world.route)
