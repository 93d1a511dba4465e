"""The hourly counts agree with the calls themselves, whatever happened and however it was folded."""

from datetime import datetime, timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.records.models import Call
from calls.rollups.actions import fold_waiting, rebuild
from calls.rollups.models import HourlyStat
from calls.rollups.queries import hourly_counts
from calls.routes.models import PhoneRoute
from calls.tenants.models import Tenant
from tests.rollups import histories
from tests.undone import undone
from tests.world import NOW, World

Life = tuple[int, datetime, list[int]]
# The world stands still; each example is undone.
thorough = settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def routes(world: World) -> list[PhoneRoute]:
    return histories.routes_of(world)


def live(world: World, routes: list[PhoneRoute], lives: list[Life], most: int) -> None:
    """Leads these lives abreast, folding in between whenever a step's choice says so."""
    calls: list[Call] = []
    for where, asked, choices in lives:
        calls.append(histories.begin(world, routes[where], asked, sum(choices)))
    for at in range(8):
        for call, (_, _, choices) in zip(calls, lives, strict=True):
            if at < len(choices):
                histories.step(call, choices[at])
                if choices[at] % 7 == 0:
                    fold_waiting(now=NOW, most=most)


@thorough
@given(st.lists(histories.LIVES, max_size=12), st.integers(1, 9))
def test_folded_in_any_batches_they_agree(
    world: World, routes: list[PhoneRoute], lives: list[Life], most: int
) -> None:
    with undone():
        live(world, routes, lives, most)
        fold_waiting(now=NOW, most=most)
        assert histories.counted_by_folding() == histories.counted_by_hand()
        assert fold_waiting(now=NOW, most=most) == 0  # twice changes nothing
        assert histories.counted_by_folding() == histories.counted_by_hand()


@thorough
@given(st.lists(histories.LIVES, max_size=8), st.integers(1, 9))
def test_counted_again_from_nothing_they_are_the_same(
    world: World, routes: list[PhoneRoute], lives: list[Life], most: int
) -> None:
    with undone():
        live(world, routes, lives, most)
        HourlyStat.objects.update(count=77)
        rebuild(now=NOW)
        assert histories.counted_by_folding() == histories.counted_by_hand()


def by_hand(tenant: Tenant) -> dict[tuple[datetime, str, str], int]:
    found: dict[tuple[datetime, str, str], int] = {}
    for bucket, count in histories.counted_by_hand().items():
        if bucket.tenant_id == tenant.pk:
            cell = (bucket.hour, bucket.outcome, bucket.reason)
            found[cell] = found.get(cell, 0) + count
    return found


@thorough
@given(st.lists(histories.LIVES, max_size=12), st.integers(1, 9))
def test_what_is_not_folded_yet_is_counted_all_the_same(
    world: World, routes: list[PhoneRoute], lives: list[Life], most: int
) -> None:
    with undone():
        live(world, routes, lives, most)  # ends with events of the last steps unfolded
        span = {"since": NOW, "until": NOW + timedelta(hours=4)}
        for tenant in (world.acme, world.globex):
            assert hourly_counts(tenant, **span) == by_hand(tenant)
