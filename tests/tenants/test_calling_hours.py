"""A tenant's own hours: who sets them, and what is no hour."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.tenants.actions import change_tenant, create_tenant, set_calling_hours
from tests.world import NOW, SEED, World

MONDAY = {"mon": ("10:00", "18:00")}


def keep(world: World, hours: Any, **fields: Any) -> Any:
    given = {"tenant": world.acme, "actor": world.ada, "now": NOW}
    return set_calling_hours(hours=hours, **given | fields).calling_hours


def test_hours_are_kept_by_weekday(world: World) -> None:
    found = keep(world, {"sat": ["09:00", "12:30"], "mon": ["10:00", "18:00"]})
    assert found == {"mon": ["10:00", "18:00"], "sat": ["09:00", "12:30"]}


def test_nothing_means_no_hours_of_ones_own(world: World) -> None:
    keep(world, MONDAY)
    assert keep(world, {}) == {}


def test_it_is_on_record(world: World) -> None:
    keep(world, MONDAY)
    entry = AuditEntry.objects.filter(verb="tenant.changed").latest("id")
    assert (entry.actor_name, "10:00" in entry.after["calling_hours"]) == ("Ada", True)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel"])
def test_only_admins_set_them(world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        keep(world, MONDAY, actor=getattr(world, who))


def test_not_another_tenants(world: World) -> None:
    with pytest.raises(NotFound):
        keep(world, MONDAY, tenant=world.globex)


def test_the_house_may(world: World) -> None:
    assert keep(world, MONDAY, actor=SEED) == {"mon": ["10:00", "18:00"]}


@pytest.mark.parametrize(
    ("field", "hours"),
    [
        ("holiday", {"holiday": ("10:00", "18:00")}),
        ("mon", {"mon": ("10:00",)}),
        ("mon", {"mon": ("18:00", "10:00")}),
        ("mon", {"mon": ("10:00", "10:00")}),
        ("tue", {"tue": ("9:00", "10:00")}),
        ("tue", {"tue": ("09:00", "24:00")}),
        ("tue", {"tue": ("", "10:00")}),
    ],
)
def test_what_is_no_window(world: World, field: str, hours: Any) -> None:
    with pytest.raises(BadField) as refused:
        keep(world, hours)
    assert refused.value.field == field


def test_the_first_live_day_is_remembered(world: World) -> None:
    assert world.acme.live_since is None
    change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode="live")
    assert world.acme.live_since == NOW
    change_tenant(tenant=world.acme, actor=SEED, now=NOW.replace(year=2027), mode="live")
    assert world.acme.live_since == NOW


@pytest.mark.parametrize(("mode", "since"), [("live", NOW), ("sandbox", None)])
def test_a_tenant_opened_live_is_new_from_that_day(db: None, mode: str, since: Any) -> None:
    made = create_tenant(actor=SEED, now=NOW, slug="x", name="X", mode=mode)
    assert made.live_since == since
