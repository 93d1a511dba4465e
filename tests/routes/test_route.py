"""Adding a route and switching it."""

from typing import Any

import pytest

from calls.agents import actions as agents
from calls.lib.errors import NotFound
from calls.placing.actions import CallRefused
from calls.routes import actions
from calls.routes.models import PhoneRoute
from calls.tenants import actions as tenants
from tests.audit.entries import entry, told
from tests.world import NOW, SEED, World, account_of

NUMBER = "+15555550002"


def add(world: World, **fields: Any) -> PhoneRoute:
    given: dict[str, Any] = {"tenant": world.acme, "account": world.account, "number": NUMBER}
    return actions.add_route(actor=world.ada, now=NOW, **given | fields)


def test_a_new_route_is_on_record(world: World) -> None:
    route = add(world, label="Second line")
    assert (route.enabled, route.is_default, str(route)) == (True, False, "Second line")
    after = {"number": NUMBER, "account": "Sandbox of Acme"}
    assert told(route, "route.added") == ("Ada", {}, after)


def test_another_tenants_account_is_refused(world: World) -> None:
    with pytest.raises(NotFound):
        add(world, account=account_of(world.globex))
    assert not PhoneRoute.objects.filter(number=NUMBER).exists()


def test_a_shared_account_is_everybodys(world: World) -> None:
    shared = account_of(world.acme, hook_token="shared")
    shared.tenant = None
    shared.save()
    assert add(world, account=shared).account == shared


def test_another_tenants_agent_or_org_is_refused(world: World) -> None:
    own: dict[str, Any] = {"tenant": world.globex, "actor": SEED, "now": NOW}
    agent = agents.create_agent(agent_key="sales", name="Sales", **own)
    org = tenants.add_org(key="west", name="West", **own)
    for foreign in ({"default_agent": agent}, {"org": org}):
        with pytest.raises(NotFound):
            add(world, **foreign)


def test_a_disabled_route_carries_no_call(world: World) -> None:
    actions.switch_route(route=world.route, enabled=False, actor=world.ada, now=NOW)
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "route_unavailable"
    assert entry(world.route, "route.disabled").actor_name == "Ada"


def test_enabled_again_it_does(world: World) -> None:
    for enabled in (False, True):
        actions.switch_route(route=world.route, enabled=enabled, actor=world.ada, now=NOW)
    assert world.place().call.route == world.route
    assert entry(world.route, "route.enabled").actor_name == "Ada"
