"""Opening a carrier account in the admin and changing its limits: the credential goes in and never comes out."""

from typing import Any

import pytest
from django.test import Client

from calls.audit.models import AuditEntry
from calls.routes.models import CarrierAccount
from calls.routes.queries import access_to, account_at
from tests.callbacks import ACCOUNT_SID, TOKEN
from tests.console.administrators import admin_of_acme, admin_of_globex, list_url, platform, url
from tests.console.signed_in import words
from tests.tenants.units import limit_to
from tests.world import NOW, World

ADD = "/admin/calls/carrieraccount/add/"
KEY = "sk-live-very-secret"


def form(world: World, **fields: Any) -> dict[str, Any]:
    given = {
        "carrier": "stateset",
        "tenant": str(world.acme.pk),
        "name": "Live line",
        "base_url": "https://voice.example",
        "api_key": KEY,
        "cps": "2.5",
        "concurrency": "10",
        "price_per_minute": "0.0085",
    }
    return given | fields


def opened(name: str = "Live line") -> CarrierAccount:
    return CarrierAccount.objects.get(name=name)


def typed(html: str, label: str) -> str:
    """What stands in the field of that label, on the page that shows it once."""
    after = html.partition(f"{label}</label>")[2]
    return after.partition('value="')[2].partition('"')[0]


def test_its_admin_opens_one_and_sees_the_hook_once(world: World) -> None:
    answer = admin_of_acme(world).post(ADD, form(world))
    html = answer.content.decode()
    row = opened()
    assert (row.tenant, row.cps, row.concurrency) == (world.acme, 2.5, 10)
    address, secret = typed(html, "Address for its events"), typed(html, "signs them")
    assert account_at(address.rpartition("/")[2], now=NOW) == row
    assert access_to(row).signing_secrets == (secret,)
    assert "no-store" in answer["Cache-Control"]


def test_neither_is_shown_again_and_the_credential_never(world: World) -> None:
    client = admin_of_acme(world)
    once = client.post(ADD, form(world)).content.decode()
    address, secret = typed(once, "Address for its events"), typed(once, "signs them")
    html = client.get(url(opened())).content.decode()
    for hidden in (KEY, secret, address.rpartition("/")[2]):
        assert hidden not in html
    assert KEY not in once
    assert "set, sealed with key" in html and opened().sealed_api_key[:8] in html
    assert KEY not in repr(list(AuditEntry.objects.values()))


def test_the_trail_names_who_opened_it(world: World) -> None:
    client = admin_of_acme(world)
    client.post(ADD, form(world))
    html = words(client.get(url(opened())).content)
    assert "<b>account.opened</b> by Ada" in html


def test_at_twilio_there_is_nothing_to_enter(world: World) -> None:
    twilio = {"carrier": "twilio", "api_key": f"{ACCOUNT_SID}:{TOKEN}"}
    html = words(admin_of_acme(world).post(ADD, form(world, **twilio)).content)
    assert "there is nothing to enter there" in html
    assert access_to(opened()).signing_secrets == ()


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("base_url", "http://voice.example", "over https only"),
        ("base_url", "https://169.254.169.254/", "public name"),
        ("carrier", "twilio", "AC…:token"),
        ("cps", "0", "Calls per second"),
        ("concurrency", "0", "pause the account"),
        ("api_key", "", "required"),
        ("price_per_minute", "-1", "price per minute"),
        ("tenant", "", "required"),
    ],
)
def test_what_does_not_fit_is_said_and_the_credential_not_repeated(
    world: World, field: str, value: str, said: str
) -> None:
    html = words(admin_of_acme(world).post(ADD, form(world, **{field: value})).content)
    assert said in html
    assert KEY not in html
    assert CarrierAccount.objects.count() == 1


def test_in_production_the_sandbox_is_not_offered(world: World, settings: Any) -> None:
    client = admin_of_acme(world)
    assert 'value="sandbox"' in client.get(ADD).content.decode()
    settings.PRODUCTION = True
    assert 'value="sandbox"' not in client.get(ADD).content.decode()
    client.post(ADD, form(world, carrier="sandbox", base_url="http://127.0.0.1:9"))
    assert CarrierAccount.objects.count() == 1


def test_only_whoever_runs_the_installation_opens_one_for_everybody(world: World) -> None:
    admin_of_acme(world).post(ADD, form(world, tenant=""))
    assert CarrierAccount.objects.count() == 1
    platform().post(ADD, form(world, tenant=""))
    assert opened().tenant is None


def test_nobody_opens_one_for_another_tenant(world: World) -> None:
    admin_of_globex(world).post(ADD, form(world))
    assert CarrierAccount.objects.count() == 1


def test_who_acts_for_one_unit_opens_and_changes_none(world: World) -> None:
    limit_to(world, "north", "ada")
    client = admin_of_acme(world)
    assert client.get(ADD).status_code == 403
    assert client.post(ADD, form(world)).status_code == 403
    html = client.get(url(world.account)).content.decode()
    assert 'name="cps"' not in html and "Change the credential" not in html
    assert "Pause…" in html


def change(client: Client, world: World, **fields: Any) -> str:
    given = {"name": "Main", "cps": "2", "concurrency": "3", "price_per_minute": "0.01"}
    return words(client.post(url(world.account), given | fields, follow=True).content)


def test_its_limits_are_changed_and_on_record(world: World) -> None:
    client = admin_of_acme(world)
    change(client, world)
    world.account.refresh_from_db()
    assert (world.account.name, world.account.cps, world.account.concurrency) == ("Main", 2.0, 3)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_name, entry.after["cps"]) == ("account.changed", "Ada", "2.0")


def test_nothing_changed_is_nothing_done(world: World) -> None:
    client = admin_of_acme(world)
    change(client, world)
    before = AuditEntry.objects.count()
    change(client, world)
    assert AuditEntry.objects.count() == before


def test_a_limit_that_is_none_is_refused_with_what_was_typed(world: World) -> None:
    html = change(admin_of_acme(world), world, concurrency="0")
    assert "pause the account" in html and 'value="Main"' in html
    world.account.refresh_from_db()
    assert world.account.name == "Sandbox of Acme"


@pytest.mark.parametrize("field", ["base_url", "carrier", "tenant", "paused_reason"])
def test_what_is_fixed_stays_whatever_is_posted(world: World, field: str) -> None:
    before = getattr(world.account, field)
    change(admin_of_acme(world), world, **{field: "https://evil.example"})
    world.account.refresh_from_db()
    assert getattr(world.account, field) == before


def test_another_tenants_is_not_found(world: World) -> None:
    client = admin_of_globex(world)
    change(client, world)
    world.account.refresh_from_db()
    assert world.account.name == "Sandbox of Acme"
    assert "Sandbox of Acme" not in client.get(list_url(CarrierAccount)).content.decode()
