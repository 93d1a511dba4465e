"""Who acts for one business unit forbids numbers to all of the tenant, and allows none again."""

from typing import Any

import pytest

from calls.dnc import actions, queries
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.lib.errors import NotPermitted
from tests.dnc.registries import ANN, acmes, bring, listed, start
from tests.tenants.units import limit_to
from tests.world import NEW_YORKER, NOW, World

WIDER = "more than your business units"


@pytest.fixture
def north(world: World) -> World:
    """Alice owns and Ada administers the north only."""
    limit_to(world, "north", "alice", "ada")
    return world


def forbid(world: World, by: str) -> DncEntry:
    given: dict[str, Any] = {"tenant": world.acme, "number": NEW_YORKER, "now": NOW}
    return actions.add_number(reason="Asked", source="test", actor=getattr(world, by), **given)


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_they_add_a_number_and_do_not_lift_it(north: World, who: str) -> None:
    entry = forbid(north, who)
    with pytest.raises(NotPermitted, match=WIDER):
        actions.lift_number(entry=entry, actor=getattr(north, who), now=NOW)
    entry.refresh_from_db()
    assert entry.lifted_at is None
    assert actions.lift_number(entry=entry, actor=north.olga, now=NOW).lifted_by == "Olga"


@pytest.mark.parametrize("shrinks", [True, False])
def test_no_file_of_theirs_is_read(north: World, shrinks: bool) -> None:
    source = acmes(north)
    bring(source, ANN)
    with pytest.raises(NotPermitted, match=WIDER):
        start(source, NEW_YORKER, actor=north.ada, accepts_shrink=shrinks)
    assert (DncImport.objects.count(), listed(source)) == (1, {ANN})


def test_nor_do_they_end_the_reading_of_one(north: World) -> None:
    found = start(acmes(north), ANN)
    with pytest.raises(NotPermitted, match=WIDER):
        actions.finish_import(found=found, actor=north.ada, now=NOW)
    with pytest.raises(NotPermitted, match=WIDER):
        actions.fail_import(found=found, problem="x", actor=north.ada, now=NOW)


def test_nor_name_a_registry(north: World) -> None:
    with pytest.raises(NotPermitted, match=WIDER):
        actions.add_source(tenant=north.acme, name="x", title="X", actor=north.ada, now=NOW)
    assert not DncSource.objects.exists()


def test_who_may_lift_is_told_to_the_pages(north: World) -> None:
    found = [queries.may_lift(who) for who in (north.olga, north.alice, north.ada, north.bob)]
    assert found == [True, False, False, False]
