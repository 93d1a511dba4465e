"""A caller ID may call fewer countries than its tenant: who says so, what is kept of it, what it stops."""

from collections.abc import Iterable
from dataclasses import replace

import pytest

from calls.dispatch import actions as dispatch
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.placing.actions import CallRefused
from calls.routes import actions
from calls.routes.models import PhoneRoute
from calls.tenants import actions as tenants
from tests.audit.entries import entry, told
from tests.world import NOW, SEED, World


def narrow(world: World, groups: Iterable[str] | None, by: str = "ada") -> PhoneRoute:
    return actions.narrow_route(
        route=world.route, country_groups=groups, actor=getattr(world, by), now=NOW
    )


def kept(world: World) -> list[str] | None:
    world.route.refresh_from_db()
    groups: list[str] | None = world.route.country_groups
    return groups


def test_it_is_kept_and_on_record(world: World) -> None:
    narrow(world, ["gb", "DE", "GB"])
    assert kept(world) == ["DE", "GB"]
    before, after = {"country_groups": None}, {"country_groups": ["DE", "GB"]}
    assert told(world.route, "route.narrowed") == ("Ada", before, after)


@pytest.mark.parametrize("groups", [["GB"], []])
def test_a_call_to_another_country_is_refused(world: World, groups: list[str]) -> None:
    narrow(world, groups)
    with pytest.raises(CallRefused) as refused:
        world.place()
    assert refused.value.code == "country_blocked"
    assert "from this caller ID" in refused.value.sentence


@pytest.mark.parametrize("groups", [["US"], ["US", "GB"], None])
def test_a_call_to_a_country_of_both_is_placed(world: World, groups: list[str] | None) -> None:
    narrow(world, ["GB"])
    narrow(world, groups)
    assert world.place().call.state == "queued"


def test_it_never_widens_what_the_tenant_may_call(world: World) -> None:
    narrow(world, ["GB"])
    with pytest.raises(CallRefused) as refused:
        world.place(to="+442079460123")
    assert refused.value.code == "country_blocked"


def test_a_queued_call_is_refused_when_its_turn_comes(world: World) -> None:
    call = world.place().call
    claim = dispatch.claim(call_id=call.pk, now=NOW)
    narrow(world, [])
    assert claim and dispatch.intend(claimed=claim, now=NOW) is None
    call.refresh_from_db()
    assert (call.state, call.reason) == ("refused", "country_blocked")


def test_other_caller_ids_call_on(world: World) -> None:
    other = "+15555550002"
    act = {"tenant": world.acme, "actor": SEED, "now": NOW}
    actions.add_route(**act, number=other, account=world.account, default_agent=world.agent)
    narrow(world, [])
    assert world.place(caller_id=other).call.state == "queued"


@pytest.mark.parametrize("strange", ["Narnia", "+1", "EU", ""])
def test_what_is_no_region_is_named_and_nothing_changes(world: World, strange: str) -> None:
    with pytest.raises(BadField, match="Not a region") as refused:
        narrow(world, ["US", strange])
    assert (refused.value.field, kept(world)) == ("country_groups", None)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "program"])
def test_it_takes_the_right_to_set_things_up(world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        narrow(world, [], by=who)
    assert kept(world) is None


def test_another_tenants_caller_id_is_not_there(world: World) -> None:
    with pytest.raises(NotFound):
        narrow(world, [], by="charlie")
    assert kept(world) is None


def test_nor_is_that_of_a_unit_one_does_not_act_for(world: World) -> None:
    west = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="west", name="West")
    world.route.org = west
    east = replace(world.ada, orgs=frozenset({"east"}))
    with pytest.raises(NotPermitted):
        actions.narrow_route(route=world.route, country_groups=[], actor=east, now=NOW)


def test_the_house_itself_may(world: World) -> None:
    actions.narrow_route(route=world.route, country_groups=[], actor=SEED, now=NOW)
    assert entry(world.route, "route.narrowed").actor_name == "seed"
