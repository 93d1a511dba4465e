"""Capping calls: who may, in whose place, and what is no limit."""

from datetime import timedelta
from typing import Any

import pytest

from calls.audit.actor import Actor, system
from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.limits import actions as limits
from calls.limits.actions import LimitEnded
from calls.limits.models import Limit
from calls.limits.queries import limits_in_force
from tests.world import CALLEE, NOW, World

LATER = NOW + timedelta(hours=1)
HOUSE = Actor(kind="user", id="us_1", name="Root", may=frozenset({"platform:write"}))


def set_limit(world: World, **fields: Any) -> Limit:
    """Ada caps Acme at ten calls an hour, with other fields where given."""
    given = {"scope": "tenant", "most": 10, "window_seconds": 3600, "tenant": world.acme}
    return limits.set_limit(**given | {"actor": world.ada, "now": NOW} | fields)


def test_an_admin_sets_a_limit(world: World) -> None:
    limit = set_limit(world, scope="country", subject="US", min_gap_seconds=5, reason="Launch")
    assert limits_in_force(world.acme) == [limit]
    assert (limit.created_by, limit.created_at, limit.min_gap_seconds) == ("Ada", NOW, 5)
    assert str(limit) == "10 per 3600 s and country"


def test_it_is_on_record(world: World) -> None:
    limit = set_limit(world)
    entry = AuditEntry.objects.get(verb="limit.set")
    assert (entry.target_id, entry.tenant_id) == (limit.public_id, world.acme.pk)
    assert (entry.before, entry.after["most"]) == ({}, 10)


def test_it_takes_the_place_of_the_same_one(world: World) -> None:
    first, second = set_limit(world), set_limit(world, most=20, now=LATER)
    first.refresh_from_db()
    assert limits_in_force(world.acme) == [second]
    assert (first.ended_at, first.ended_by) == (LATER, "Ada")
    assert AuditEntry.objects.filter(verb="limit.set", before__most=10, after__most=20).exists()


@pytest.mark.parametrize(
    "other", [{"window_seconds": 60}, {"scope": "prefix"}, {"scope": "callee", "subject": CALLEE}]
)
def test_another_one_stands_beside_it(world: World, other: dict[str, Any]) -> None:
    set_limit(world)
    set_limit(world, **other)
    assert len(limits_in_force(world.acme)) == 2


@pytest.mark.parametrize("name", ["alice", "bob", "aurel"])
def test_only_admins_set_and_end_limits(world: World, name: str) -> None:
    limit, actor = set_limit(world), getattr(world, name)
    with pytest.raises(NotPermitted):
        set_limit(world, actor=actor)
    with pytest.raises(NotPermitted):
        limits.end_limit(limit=limit, actor=actor, now=LATER)
    assert limits_in_force(world.acme) == [limit]


def test_nobody_limits_another_tenant(world: World) -> None:
    with pytest.raises(NotFound):
        set_limit(world, tenant=world.globex)


def test_no_tenant_limits_all_tenants(world: World) -> None:
    with pytest.raises(NotPermitted, match="all tenants"):
        set_limit(world, tenant=None)


@pytest.mark.parametrize("actor", [HOUSE, system("seed")], ids=["a superuser", "the system"])
def test_who_runs_the_house_limits_each_tenant(world: World, actor: Actor) -> None:
    limit = set_limit(world, tenant=None, actor=actor)
    assert limits_in_force(world.acme) == limits_in_force(world.globex) == [limit]
    assert limits_in_force(None) == [limit]


def test_other_tenants_do_not_see_it(world: World) -> None:
    set_limit(world)
    assert limits_in_force(world.globex) == limits_in_force(None) == []


def test_ending_is_on_record(world: World) -> None:
    limit = set_limit(world)
    limits.end_limit(limit=limit, actor=world.ada, now=LATER)
    assert (limit.ended_at, limit.ended_by) == (LATER, "Ada")
    assert limits_in_force(world.acme) == []
    assert AuditEntry.objects.get(verb="limit.ended").before["most"] == 10


def test_what_ended_does_not_end_again(world: World) -> None:
    limit = set_limit(world)
    limits.end_limit(limit=limit, actor=world.ada, now=LATER)
    with pytest.raises(LimitEnded):
        limits.end_limit(limit=limit, actor=world.ada, now=LATER)


NONSENSE = [
    ("scope", {"scope": "planet"}),
    ("most", {"most": 0}),
    ("most", {"most": 1_000_001}),
    ("window_seconds", {"window_seconds": 0}),
    ("window_seconds", {"window_seconds": 32 * 86400}),
    ("window_seconds", {"scope": "spend"}),
    ("min_gap_seconds", {"min_gap_seconds": -1}),
    ("min_gap_seconds", {"min_gap_seconds": 3601}),
    ("subject", {"subject": "acme"}),
    ("subject", {"scope": "callee", "subject": "555 5678"}),
    ("subject", {"scope": "country", "subject": "us"}),
    ("subject", {"scope": "prefix", "subject": "+"}),
    ("subject", {"scope": "requester", "subject": "Bob"}),
    ("subject", {"scope": "route", "subject": "main"}),
    ("subject", {"scope": "agent", "subject": f"ag_{7:032x}"}),
]


@pytest.mark.parametrize(
    ("field", "fields"), NONSENSE, ids=[" ".join(map(str, n[1].items())) for n in NONSENSE]
)
def test_nonsense_is_refused_by_its_field(world: World, field: str, fields: dict[str, Any]) -> None:
    with pytest.raises(BadField) as refused:
        set_limit(world, **fields)
    assert (refused.value.field, Limit.objects.count()) == (field, 0)


def test_a_route_or_agent_is_named_by_its_id(world: World) -> None:
    set_limit(world, scope="route", subject=world.route.public_id)
    set_limit(world, scope="agent", subject=world.agent.public_id)
    assert len(limits_in_force(world.acme)) == 2


def test_another_tenants_route_is_as_good_as_none(world: World) -> None:
    subject = world.route.public_id
    with pytest.raises(BadField) as refused:
        set_limit(world, tenant=world.globex, actor=HOUSE, scope="route", subject=subject)
    assert refused.value.field == "subject"


def test_money_is_counted_by_the_day(world: World) -> None:
    limit = set_limit(world, scope="spend", most=50, window_seconds=86400)
    assert limits_in_force(world.acme) == [limit]
