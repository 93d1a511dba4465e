"""Caller IDs in the admin: switched off and on by the verb, after a page that says what becomes of calls."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.placing.actions import CallRefused
from calls.policy.remedies import remedy_for
from calls.routes import actions as routes
from calls.routes.models import PhoneRoute
from calls.tenants import actions as tenants
from tests.console.administrators import (
    act,
    admin_of_acme,
    admin_of_globex,
    list_url,
    platform,
    url,
)
from tests.console.signed_in import sign_in, words
from tests.world import NOW, SEED, World


@pytest.fixture
def off(world: World) -> World:
    """Acme's caller ID, switched off."""
    routes.switch_route(route=world.route, enabled=False, actor=SEED, now=NOW)
    return world


def is_on(world: World) -> bool:
    world.route.refresh_from_db()
    return world.route.enabled


def test_its_admin_switches_it_off_and_calls_are_refused(world: World) -> None:
    act(admin_of_acme(world), world.route, "switch_off")
    assert not is_on(world)
    entry = AuditEntry.objects.latest("id")
    assert (entry.verb, entry.actor_name) == ("route.disabled", "Ada")
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "route_unavailable"


def test_on_again_as_the_refusal_advises_calls_go_out(off: World) -> None:
    assert remedy_for("route_unavailable").startswith("An admin switches the route on")
    act(admin_of_acme(off), off.route, "switch_on")
    assert is_on(off)
    assert AuditEntry.objects.latest("id").verb == "route.enabled"
    assert off.place().call.state == "queued"


@pytest.mark.parametrize("name", ["switch_on", "switch_off"])
def test_it_asks_first(world: World, name: str) -> None:
    posted = {"action": name, "_selected_action": str(world.route.pk)}
    html = words(admin_of_acme(world).post(list_url(PhoneRoute), posted).content)
    said = "pause the caller ID" if name == "switch_off" else "each through every gate"
    assert said in html
    assert is_on(world)


def test_its_page_offers_the_one_that_makes_sense(world: World) -> None:
    client = admin_of_acme(world)
    html = words(client.get(url(world.route)).content)
    assert "Switch off…" in html and "Switch on…" not in html
    act(client, world.route, "switch_off")
    html = words(client.get(url(world.route)).content)
    assert "Switch on…" in html and "Switch off…" not in html


def test_whoever_runs_the_installation_does_it_too(off: World) -> None:
    act(platform(), off.route, "switch_on")
    assert is_on(off)


def test_another_tenants_admin_does_not_reach_it(off: World) -> None:
    act(admin_of_globex(off), off.route, "switch_on")
    assert not is_on(off)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel"])
def test_other_roles_do_not_get_in(off: World, who: str) -> None:
    act(sign_in(off, who), off.route, "switch_on")
    assert not is_on(off)


def test_who_acts_for_another_unit_is_told_so(off: World) -> None:
    by: dict[str, Any] = {"tenant": off.acme, "actor": SEED, "now": NOW}
    PhoneRoute.objects.update(org=tenants.add_org(key="west", name="West", **by))
    off.members["ada"].orgs.add(tenants.add_org(key="east", name="East", **by))
    html = words(act(admin_of_acme(off), off.route, "switch_on").content)
    assert "business unit that you do not act for" in html
    assert not is_on(off)
