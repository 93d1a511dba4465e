"""Calls of a period counted by one thing about them: what counting them one by one would say."""

from collections import Counter
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.placing.actions import CallRefused
from calls.records.models import Call
from calls.rollups.actions import fold_waiting
from calls.rollups.models import HourlyStat
from calls.rollups.totals import totals
from calls.routes.models import PhoneRoute
from tests.rollups import histories
from tests.rollups.test_agreement import Life, live
from tests.undone import undone
from tests.world import NOW, World

GROUPS = ["status", "outcome", "route", "agent", "hour", "day"]
DAY = datetime(NOW.year, NOW.month, NOW.day, tzinfo=UTC)
thorough = settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])


def name_of(call: Call, by: str) -> str:
    hour = call.created_at.replace(minute=0, second=0, microsecond=0)
    return {
        "status": call.status,
        "outcome": call.outcome,
        "route": call.caller_id,
        "agent": call.agent.agent_key,
        "hour": f"{hour:%Y-%m-%dT%H}:00:00Z",
        "day": f"{hour:%Y-%m-%d}",
    }[by]


def by_hand(world: World, by: str, since: datetime, until: datetime) -> Counter[str]:
    rows = Call.objects.filter(tenant=world.acme, created_at__gte=since, created_at__lt=until)
    return Counter(name_of(call, by) for call in rows.select_related("agent"))


@pytest.fixture
def routes(world: World) -> list[PhoneRoute]:
    return histories.routes_of(world)


@thorough
@given(st.lists(histories.LIVES, max_size=10), st.integers(1, 9), st.integers(0, 299))
def test_they_agree_whatever_happened_and_wherever_the_period_ends(
    world: World, routes: list[PhoneRoute], lives: list[Life], most: int, minutes: int
) -> None:
    ends = (NOW + timedelta(minutes=minutes // 3), NOW + timedelta(minutes=minutes))
    with undone():
        live(world, routes, lives, most)
        for since, until in (ends, (DAY, DAY + timedelta(days=1))):
            for by in GROUPS:
                found = totals(world.acme, by=by, since=since, until=until)
                assert found == by_hand(world, by, since, until)


@pytest.mark.parametrize("by", GROUPS)
def test_folding_changes_nothing(world: World, by: str) -> None:
    world.place()
    with pytest.raises(CallRefused):
        world.place(greeting="Words nobody approved.")
    before = totals(world.acme, by=by, since=DAY, until=DAY + timedelta(days=1))
    fold_waiting(now=NOW)
    assert totals(world.acme, by=by, since=DAY, until=DAY + timedelta(days=1)) == before
    assert before.total() == 2


@pytest.mark.parametrize("by", ["outcome", "route", "hour", "day"])
def test_whole_hours_are_read_from_the_hourly_counts(world: World, by: str) -> None:
    world.place()
    fold_waiting(now=NOW)
    HourlyStat.objects.update(count=41)
    assert totals(world.acme, by=by, since=DAY, until=DAY + timedelta(days=1)).total() == 41


def test_the_ends_of_a_period_are_counted_from_the_calls(world: World) -> None:
    world.place(to="+15555556001", now=NOW + timedelta(minutes=10))
    world.place(to="+15555556002", now=NOW + timedelta(minutes=20))
    since, until = NOW + timedelta(minutes=15), NOW + timedelta(hours=2, minutes=30)
    assert totals(world.acme, by="outcome", since=since, until=until) == {"waiting": 1}


def test_a_reader_limited_to_business_units_sees_theirs_and_those_of_none(world: World) -> None:
    world.place()
    limited = totals(
        world.acme, by="outcome", since=DAY, until=DAY + timedelta(days=1), orgs=frozenset({"x"})
    )
    assert limited == {"waiting": 1}


def test_nobody_elses_calls_are_counted(world: World) -> None:
    world.place()
    for by in GROUPS:
        assert totals(world.globex, by=by, since=DAY, until=DAY + timedelta(days=1)) == {}


@pytest.mark.parametrize("by", GROUPS)
def test_it_takes_few_queries(world: World, by: str) -> None:
    world.place()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        totals(world.acme, by=by, since=NOW, until=NOW + timedelta(hours=3, minutes=5))
    assert len(asked) <= 3
