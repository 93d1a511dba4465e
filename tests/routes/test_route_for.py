"""Which route does a request mean?"""

from typing import Any

import pytest

from calls.routes import actions
from calls.routes.models import PhoneRoute
from calls.routes.queries import Meant, route_again, route_for
from calls.tenants import actions as tenants
from calls.tenants.models import Org, Tenant
from tests.world import CALLEE, CALLER_ID, NOW, SEED, World, account_of


@pytest.fixture
def west(world: World) -> Org:
    return tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="west", name="West")


def add(world: World, number: str, **fields: Any) -> PhoneRoute:
    return actions.add_route(
        tenant=world.acme, actor=SEED, now=NOW, number=number, account=world.account, **fields
    )


def meant(tenant: Tenant, number: str = "", org_key: str = "", callee: str = CALLEE) -> Meant:
    return route_for(tenant=tenant, number=number, org_key=org_key, callee=callee)


def number_for(world: World, number: str = "", org_key: str = "") -> str | None:
    found = meant(world.acme, number, org_key).route
    return found.number if found else None


def test_the_named_one(world: World) -> None:
    add(world, "+15555550002")
    assert number_for(world, "+15555550002") == "+15555550002"


def test_a_named_one_that_is_none_is_not_replaced_by_the_default(world: World) -> None:
    assert number_for(world, "+15555550009") is None


def test_the_tenants_default_where_none_is_named(world: World) -> None:
    add(world, "+15555550002")
    assert number_for(world) == CALLER_ID


def test_the_orgs_default_before_the_tenants(world: World, west: Org) -> None:
    add(world, "+15555550003", org=west, is_default=True)
    assert number_for(world, org_key="west") == "+15555550003"
    assert number_for(world) == CALLER_ID


def test_the_tenants_default_for_an_org_without_one(world: World, west: Org) -> None:
    add(world, "+15555550003", org=west)
    assert number_for(world, org_key="west") == CALLER_ID


def test_an_orgs_default_is_nobody_elses(world: World, west: Org) -> None:
    tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="east", name="East")
    PhoneRoute.objects.filter(pk=world.route.pk).update(is_default=False)
    add(world, "+15555550003", org=west, is_default=True)
    assert number_for(world, org_key="east") is None
    assert number_for(world) is None


def test_a_disabled_one_is_found_so_that_the_gate_can_say_why(world: World) -> None:
    actions.switch_route(route=world.route, enabled=False, actor=world.ada, now=NOW)
    assert number_for(world) == CALLER_ID


def test_another_tenants_is_not_there(world: World) -> None:
    assert meant(world.globex, CALLER_ID).route is None
    assert meant(world.globex).route is None


def test_two_tenants_may_show_the_same_number(world: World) -> None:
    theirs = actions.add_route(
        tenant=world.globex,
        actor=SEED,
        now=NOW,
        number=CALLER_ID,
        account=account_of(world.globex),
    )
    assert meant(world.globex, CALLER_ID).route == theirs
    assert meant(world.acme, CALLER_ID).route == world.route


def test_all_it_takes_is_one_question(world: World, django_assert_num_queries: Any) -> None:
    with django_assert_num_queries(1):
        found = meant(world.acme).route
        assert found is not None
        assert found.default_agent and found.default_agent.default_greeting
        assert found.account.cps == 5.0


@pytest.mark.parametrize("named", ["", CALLER_ID])
def test_a_callee_that_is_another_route_is_our_own_and_never_the_caller_id(
    world: World, named: str
) -> None:
    theirs = add(world, "+15555550002", is_default=False)
    actions.switch_route(route=theirs, enabled=False, actor=world.ada, now=NOW)
    assert meant(world.acme, named, callee=theirs.number) == Meant(world.route, rings_own=True)
    assert meant(world.acme, named) == Meant(world.route, rings_own=False)


def test_the_caller_id_itself_is_our_own_too(world: World) -> None:
    assert meant(world.acme, CALLER_ID, callee=CALLER_ID).rings_own
    assert not meant(world.globex, "", callee=CALLER_ID).rings_own


def test_a_route_chosen_before_is_read_as_it_is_now(
    world: World, django_assert_num_queries: Any
) -> None:
    known = {"tenant_id": world.acme.pk, "route_id": world.route.pk}
    assert not route_again(**known, callee="+15555550002").rings_own
    add(world, "+15555550002")
    with django_assert_num_queries(1):
        again = route_again(**known, callee="+15555550002")
        assert again == Meant(world.route, rings_own=True)
        assert again.route and again.route.account == world.account
