"""The kill switch: who holds it, what it stops, and how it is let go."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.audit.actor import Actor, system
from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.limits import actions as limits
from calls.limits.actions import PauseLifted
from calls.limits.models import Pause
from calls.limits.queries import pauses_in_force, pauses_of
from tests.world import NOW, SEED, World

LATER = NOW + timedelta(hours=1)
HOUSE = Actor(kind="user", id="us_1", name="Root", may=frozenset({"platform:write"}))


def pause(world: World, **fields: Any) -> Pause:
    """Bob stops Acme's calls, with other fields where given."""
    given = {"tenant": world.acme, "reason": "Wrong list", "actor": world.bob, "now": NOW}
    return limits.pause(**given | fields)


def stopping(world: World, **fields: Any) -> list[str]:
    """Why a call over Acme's route by its agent does not go."""
    ids: dict[str, Any] = {"route_id": world.route.pk, "agent_id": world.agent.pk}
    found = pauses_in_force(**{"tenant_id": world.acme.pk, "now": NOW} | ids | fields)
    return [pause.reason for pause in found]


def test_nothing_is_paused_at_first(world: World) -> None:
    assert stopping(world) == []


def test_a_tenant_is_paused_with_a_reason(world: World) -> None:
    found = pause(world)
    assert (found.scope, found.started_by, found.until) == ("tenant", "Bob", None)
    assert stopping(world) == ["Wrong list"]


def test_a_route_and_an_agent_are_paused_alone(world: World) -> None:
    pause(world, route=world.route, reason="Number blocked")
    pause(world, agent=world.agent, reason="Says nonsense")
    assert stopping(world) == ["Number blocked", "Says nonsense"]
    assert stopping(world, route_id=None) == ["Says nonsense"]
    assert stopping(world, route_id=None, agent_id=None) == []


def test_everybody_is_paused_by_who_runs_the_house(world: World) -> None:
    pause(world, tenant=None, actor=HOUSE, reason="Carrier down")
    assert stopping(world) == stopping(world, tenant_id=world.globex.pk) == ["Carrier down"]


def test_the_widest_pause_comes_first(world: World) -> None:
    pause(world, agent=world.agent, reason="agent")
    pause(world, route=world.route, reason="route")
    pause(world, reason="tenant")
    pause(world, tenant=None, actor=system("seed"), reason="platform")
    assert stopping(world) == ["platform", "tenant", "route", "agent"]
    assert [found.reason for found in pauses_of(world.acme, now=NOW)] == stopping(world)
    assert [found.reason for found in pauses_of(world.globex, now=NOW)] == ["platform"]


def test_another_tenant_goes_on(world: World) -> None:
    pause(world)
    assert stopping(world, tenant_id=world.globex.pk, route_id=None, agent_id=None) == []


def test_the_first_reason_is_kept(world: World) -> None:
    first, second = pause(world), pause(world, reason="Something else", actor=world.alice)
    assert (first, stopping(world)) == (second, ["Wrong list"])
    assert AuditEntry.objects.filter(verb="pause.started").count() == 1


@pytest.mark.parametrize("until", [None, LATER + timedelta(hours=1)])
def test_whoever_stops_for_longer_means_it(world: World, until: datetime | None) -> None:
    first, second = pause(world, until=LATER), pause(world, until=until, actor=world.alice)
    assert (first, second.until, stopping(world, now=LATER)) == (second, until, ["Wrong list"])
    entry = AuditEntry.objects.get(verb="pause.extended")
    assert (entry.actor_name, entry.before) == ("Alice", {"until": LATER.isoformat()})


@pytest.mark.parametrize("first", [None, LATER])
def test_whoever_stops_for_less_shortens_nothing(world: World, first: datetime | None) -> None:
    pause(world, until=first)
    assert pause(world, until=NOW + timedelta(minutes=5)).until == first
    assert not AuditEntry.objects.filter(verb="pause.extended").exists()


@pytest.mark.parametrize("name", ["alice", "bob", "ada"])
def test_who_works_here_holds_the_switch(world: World, name: str) -> None:
    found = pause(world, actor=getattr(world, name))
    limits.lift_pause(pause=found, actor=getattr(world, name), now=LATER)
    assert stopping(world, now=LATER) == []


def test_an_auditor_does_not(world: World) -> None:
    with pytest.raises(NotPermitted):
        pause(world, actor=world.aurel)
    found = pause(world)
    with pytest.raises(NotPermitted):
        limits.lift_pause(pause=found, actor=world.aurel, now=LATER)
    assert stopping(world) == ["Wrong list"]


def test_a_tenant_neither_stops_nor_starts_everybody(world: World) -> None:
    with pytest.raises(NotPermitted, match="all tenants"):
        pause(world, tenant=None)
    found = pause(world, tenant=None, actor=HOUSE)
    with pytest.raises(NotPermitted, match="all tenants"):
        limits.lift_pause(pause=found, actor=world.ada, now=LATER)


def test_nobody_pauses_or_lifts_for_another_tenant(world: World) -> None:
    found = pause(world)
    with pytest.raises(NotFound):
        pause(world, actor=world.charlie)
    with pytest.raises(NotFound):
        limits.lift_pause(pause=found, actor=world.charlie, now=LATER)


def test_only_own_routes_and_agents_are_paused(world: World) -> None:
    theirs = agents.create_agent(
        tenant=world.globex, actor=SEED, now=NOW, agent_key="x", name="Theirs"
    )
    with pytest.raises(NotFound):
        pause(world, agent=theirs)
    with pytest.raises(NotFound):
        pause(world, tenant=world.globex, route=world.route, actor=world.charlie)
    assert Pause.objects.count() == 0


def test_a_route_belongs_to_some_tenant(world: World) -> None:
    with pytest.raises(NotFound):
        pause(world, tenant=None, route=world.route, actor=HOUSE)


BAD = [
    ("reason", {"reason": "   "}),
    ("until", {"until": NOW}),
    ("until", {"until": NOW - timedelta(days=1)}),
]


@pytest.mark.parametrize(("field", "fields"), BAD)
def test_what_makes_no_pause(world: World, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(BadField) as refused:
        pause(world, **fields)
    assert (refused.value.field, stopping(world)) == (field, [])


def test_route_or_agent_not_both(world: World) -> None:
    with pytest.raises(BadField, match="one at a time"):
        pause(world, route=world.route, agent=world.agent)


def test_a_pause_runs_out_by_itself(world: World) -> None:
    pause(world, until=LATER)
    assert stopping(world, now=LATER - timedelta(seconds=1)) == ["Wrong list"]
    assert stopping(world, now=LATER) == []
    assert pauses_of(world.acme, now=LATER) == []


def test_after_it_ran_out_a_new_one_has_its_own_reason(world: World) -> None:
    first = pause(world, until=LATER)
    second = pause(world, reason="Again", now=LATER)
    first.refresh_from_db()
    assert (first.ended_at, first.ended_by) == (LATER, "its own end")
    assert stopping(world, now=LATER) == [second.reason]


def test_lifting_is_on_record(world: World) -> None:
    found = pause(world)
    limits.lift_pause(pause=found, actor=world.alice, now=LATER)
    assert (found.ended_at, found.ended_by) == (LATER, "Alice")
    entry = AuditEntry.objects.get(verb="pause.lifted")
    assert entry.before == {"scope": "tenant", "reason": "Wrong list"}


def test_what_is_lifted_is_not_lifted_again(world: World) -> None:
    found = pause(world)
    limits.lift_pause(pause=found, actor=world.bob, now=LATER)
    with pytest.raises(PauseLifted):
        limits.lift_pause(pause=found, actor=world.bob, now=LATER)


def test_pausing_is_on_record(world: World) -> None:
    found = pause(world, route=world.route, until=LATER)
    entry = AuditEntry.objects.get(verb="pause.started")
    assert (entry.target_id, entry.actor_name) == (found.public_id, "Bob")
    after = {"scope": "route", "reason": "Wrong list", "until": LATER.isoformat()}
    assert entry.after == after


def test_one_query_finds_them_all(world: World, django_assert_num_queries: Any) -> None:
    pause(world, agent=world.agent)
    with django_assert_num_queries(1):
        stopping(world)
