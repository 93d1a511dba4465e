"""Counts per hour or day: folded or not, limited or not, they are what the list would count."""

from collections import Counter
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.placing.actions import CallRefused
from calls.records.queries import CallFilter, calls_of
from calls.rollups.actions import fold_waiting
from calls.rollups.queries import Slot, slot_counts
from calls.tenants import actions as tenants
from tests.world import NOW, SEED, World

UTC_ZONE, KOLKATA = ZoneInfo("UTC"), ZoneInfo("Asia/Kolkata")
START = datetime(2026, 11, 3, 0, tzinfo=UTC)
EDGES = [START, START + timedelta(hours=15, minutes=30), START + timedelta(days=1)]
WHOLE = [START, START + timedelta(hours=15), START + timedelta(days=1)]


def place(world: World, minute: int, **fields: object) -> None:
    """A fictional callee of its own each time, asked for at 15:`minute` UTC."""
    to = f"+1555555{6000 + minute}"
    world.place(to=to, now=NOW + timedelta(minutes=minute), **fields)


def listed(world: World, since: datetime, until: datetime) -> Slot:
    rows = calls_of(world.acme, CallFilter(since=since, until=until))
    return Counter(rows.order_by().values_list("outcome", "reason"))


def test_each_slot_is_its_list(world: World) -> None:
    for minute in (1, 29, 31):
        place(world, minute)
    slots = slot_counts(world.acme, edges=WHOLE, zone=UTC_ZONE)
    assert slots == [listed(world, *WHOLE[:2]), listed(world, *WHOLE[1:])]
    assert slots[1] == {("waiting", ""): 3}


@pytest.mark.parametrize("folded", [True, False])
def test_folding_changes_no_count(world: World, folded: bool) -> None:
    place(world, 1)
    with pytest.raises(CallRefused):
        world.place(greeting="Words nobody approved.")
    if folded:
        fold_waiting(now=NOW)
    slots = slot_counts(world.acme, edges=WHOLE, zone=UTC_ZONE)
    assert slots[1] == {("waiting", ""): 1, ("refused", "greeting_not_approved"): 1}


def test_half_folded_counts_are_exact_too(world: World) -> None:
    place(world, 1)
    fold_waiting(now=NOW)
    place(world, 2)
    assert slot_counts(world.acme, edges=WHOLE, zone=UTC_ZONE)[1] == {("waiting", ""): 2}


def test_folded_and_unfolded_are_read_in_one_statement(world: World) -> None:
    place(world, 1)
    with CaptureQueriesContext(connection) as asked:
        slot_counts(world.acme, edges=WHOLE, zone=UTC_ZONE)
    assert len(asked) == 1


def test_an_edge_within_an_hour_of_utc_is_exact(world: World) -> None:
    for minute in (1, 29, 31):
        place(world, minute)
    slots = slot_counts(world.acme, edges=EDGES, zone=KOLKATA)
    assert slots == [listed(world, *EDGES[:2]), listed(world, *EDGES[1:])]
    assert [sum(slot.values()) for slot in slots] == [2, 1]


def test_calls_outside_the_edges_do_not_count(world: World) -> None:
    place(world, 1)
    later = [edge + timedelta(days=1) for edge in WHOLE]
    assert slot_counts(world.acme, edges=later, zone=UTC_ZONE) == [{}, {}]


def test_another_tenants_calls_do_not_count(world: World) -> None:
    place(world, 1)
    assert slot_counts(world.globex, edges=WHOLE, zone=UTC_ZONE) == [{}, {}]


def test_a_reader_of_some_business_units_counts_only_theirs(world: World) -> None:
    for key in ("north", "south"):
        tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key=key, name=key.title())
    place(world, 1, org_id="north")
    place(world, 2, org_id="south")
    place(world, 3)
    slots = slot_counts(world.acme, edges=WHOLE, zone=UTC_ZONE, orgs=frozenset({"north"}))
    assert slots[1] == {("waiting", ""): 2}
