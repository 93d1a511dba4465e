"""The schedule of tries, its jitter, and when an endpoint is left alone (R3.8)."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.hooks import health
from calls.hooks.health import (
    SCHEDULE,
    has_failed_for_too_long,
    is_taken,
    most_at_once,
    most_of_tenant,
    next_try,
)
from tests.world import NOW

HOURS = {4: 2, 5: 5, 6: 10, 7: 14, 8: 20, 9: 24}


def gap(tried: int, *, random: float = 0.5, retry_after: float | None = None) -> timedelta:
    """How long after this many tries the next one comes."""
    at = next_try(tried=tried, now=NOW, random=random, retry_after=retry_after)
    assert at is not None
    return at - NOW


def test_the_schedule_is_the_published_one() -> None:
    seconds = [round(wait.total_seconds()) for wait in SCHEDULE]
    assert seconds[:4] == [0, 5, 300, 1800]
    assert seconds[4:] == [hours * 3600 for hours in HOURS.values()]
    assert sum(SCHEDULE, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)


@pytest.mark.parametrize("tried", range(1, 10))
def test_the_middle_of_the_jitter_is_the_schedule(tried: int) -> None:
    assert gap(tried) == SCHEDULE[tried]


@given(tried=st.integers(1, 9), random=st.floats(0, 1, exclude_max=True))
def test_jitter_is_a_fifth_either_way(tried: int, random: float) -> None:
    wait = gap(tried, random=random)
    assert SCHEDULE[tried] * 0.8 <= wait <= SCHEDULE[tried] * 1.2


def test_after_ten_tries_there_is_none() -> None:
    assert next_try(tried=10, now=NOW, random=0.5) is None
    assert next_try(tried=10, now=NOW, random=0.5, retry_after=60) is None


@pytest.mark.parametrize(
    ("asked", "seconds"), [(60.0, 60), (1.0, 5), (-9.0, 5), (1e9, 24 * 3600), (None, 5)]
)
def test_who_asks_for_time_gets_it_within_a_day(asked: float | None, seconds: int) -> None:
    assert gap(1, retry_after=asked) == timedelta(seconds=seconds)


@pytest.mark.parametrize("status", [200, 202, 204, 299])
def test_2xx_takes_it(status: int) -> None:
    assert is_taken(status)


@pytest.mark.parametrize("status", [None, 199, 301, 302, 400, 404, 410, 429, 500])
def test_nothing_else_does(status: int | None) -> None:
    assert not is_taken(status)


@pytest.mark.parametrize(
    ("ago", "over"), [(timedelta(days=5), True), (timedelta(days=5, seconds=-1), False)]
)
def test_five_days_are_enough(ago: timedelta, over: bool) -> None:
    assert has_failed_for_too_long(failing_since=NOW - ago, now=NOW) is over


def test_one_that_does_not_fail_never_did_for_too_long() -> None:
    assert not has_failed_for_too_long(failing_since=None, now=NOW)


@pytest.mark.parametrize(("hands", "most"), [(10, 1), (19, 1), (40, 4), (400, 40), (1, 1)])
def test_one_endpoint_holds_a_tenth(hands: int, most: int) -> None:
    assert most_at_once(hands) == most
    assert most_at_once(hands, failing=True) == 1


def test_the_file_says_where_it_comes_from() -> None:
    assert "R3.8" in str(health.__doc__)


@pytest.mark.parametrize(("hands", "most"), [(1, 1), (10, 2), (40, 10), (400, 100)])
def test_a_tenant_holds_at_most_a_quarter_of_the_hands(hands: int, most: int) -> None:
    assert most_of_tenant(hands) == most
