"""Caller IDs in the admin: where each may call is chosen there, by the verb; the rest is shown."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.placing.actions import CallRefused
from calls.routes.models import PhoneRoute
from calls.tenants import actions as tenants
from tests.console.administrators import (
    admin_of_acme,
    admin_of_globex,
    list_url,
    platform,
    url,
)
from tests.console.signed_in import sign_in, words
from tests.world import CALLER_ID, NOW, SEED, World

ONLY = {"is_narrowed": "on"}


def groups(world: World) -> Any:
    """Where the route may call, as it is kept."""
    world.route.refresh_from_db()
    return world.route.country_groups


def told() -> list[dict[str, Any]]:
    """What became of it each time."""
    entries = AuditEntry.objects.filter(verb="route.narrowed").order_by("id")
    return [entry.after for entry in entries]


def test_an_admin_narrows_a_caller_id(world: World) -> None:
    admin_of_acme(world).post(url(world.route), ONLY | {"country_groups": "gb, de"})
    assert groups(world) == ["DE", "GB"]
    entry = AuditEntry.objects.get(verb="route.narrowed")
    assert (entry.actor_name, entry.after) == ("Ada", {"country_groups": ["DE", "GB"]})


def test_calls_to_other_countries_are_refused_then(world: World) -> None:
    platform().post(url(world.route), ONLY | {"country_groups": "GB"})
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "country_blocked"


def test_no_country_at_all_is_not_every_country(world: World) -> None:
    client = platform()
    client.post(url(world.route), ONLY | {"country_groups": ""})
    assert groups(world) == []
    form = client.get(url(world.route)).context["adminform"].form
    assert (form["is_narrowed"].value(), form["country_groups"].value()) == (True, "")


def test_without_the_tick_it_calls_wherever_the_tenant_may(world: World) -> None:
    client = platform()
    client.post(url(world.route), ONLY | {"country_groups": "GB"})
    client.post(url(world.route), {"country_groups": ""})
    assert groups(world) is None
    assert told() == [{"country_groups": ["GB"]}, {"country_groups": None}]


def test_the_form_shows_what_is_kept(world: World) -> None:
    client = platform()
    client.post(url(world.route), ONLY | {"country_groups": "us ca"})
    assert 'value="CA, US"' in words(client.get(url(world.route)).content)


def test_saving_without_a_change_writes_nothing(world: World) -> None:
    client = platform()
    client.post(url(world.route), {"country_groups": ""})
    client.post(url(world.route), ONLY | {"country_groups": "US"})
    client.post(url(world.route), ONLY | {"country_groups": "us"})
    assert told() == [{"country_groups": ["US"]}]


WRONG = [
    (ONLY | {"country_groups": "US, Narnia"}, "Not a region: NARNIA."),
    ({"country_groups": "US"}, "or leave this empty"),
]


@pytest.mark.parametrize(("typed", "sentence"), WRONG)
def test_errors_stand_at_their_field_and_nothing_changes(
    world: World, typed: dict[str, str], sentence: str
) -> None:
    answer = platform().post(url(world.route), typed)
    assert sentence in answer.context["adminform"].form.errors["country_groups"][0]
    assert typed["country_groups"] in words(answer.content)
    assert groups(world) is None


def test_nothing_else_is_changed_here(world: World) -> None:
    platform().post(url(world.route), {"number": "+15550001111", "label": "X", "enabled": ""})
    world.route.refresh_from_db()
    assert (world.route.number, world.route.enabled) == (CALLER_ID, True)


def test_none_is_added_or_deleted(world: World) -> None:
    client = platform()
    assert client.get(f"{list_url(PhoneRoute)}add/").status_code == 403
    assert client.post(url(world.route, "delete")).status_code == 403


def test_another_tenants_admin_does_not_find_it(world: World) -> None:
    answer = admin_of_globex(world).post(url(world.route), ONLY | {"country_groups": ""})
    assert (answer["Location"], groups(world)) == ("/admin/", None)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel"])
def test_other_roles_do_not_get_in(world: World, who: str) -> None:
    sign_in(world, who).post(url(world.route), ONLY | {"country_groups": ""}, follow=True)
    assert groups(world) is None


def test_who_acts_for_another_unit_is_told_so_on_the_form(world: World) -> None:
    by: dict[str, Any] = {"actor": SEED, "now": NOW}
    west = tenants.add_org(tenant=world.acme, key="west", name="West", **by)
    east = tenants.add_org(tenant=world.acme, key="east", name="East", **by)
    PhoneRoute.objects.update(org=west)
    world.members["ada"].orgs.add(east)
    answer = admin_of_acme(world).post(url(world.route), ONLY | {"country_groups": ""})
    assert "business unit that you do not act for" in words(answer.content)
    assert groups(world) is None
