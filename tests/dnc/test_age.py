"""How old a copy of a registry may be, to the second."""

from datetime import UTC, date, datetime, timedelta

import pytest

from calls.dnc import age
from tests.world import NOW

DAY, SECOND = timedelta(days=1), timedelta(seconds=1)


@pytest.mark.parametrize(
    ("old", "days", "standing"),
    [
        (timedelta(0), 31, age.FRESH),
        (25 * DAY - SECOND, 31, age.FRESH),
        (25 * DAY, 31, age.AGEING),
        (31 * DAY, 31, age.AGEING),
        (31 * DAY + SECOND, 31, age.STALE),
        (8 * DAY, 10, age.FRESH),
        (9 * DAY, 10, age.AGEING),
        (11 * DAY, 10, age.STALE),
    ],
)
def test_a_copy_is(old: timedelta, days: int, standing: str) -> None:
    assert age.standing(NOW - old, days, NOW) == standing
    assert age.is_fresh(NOW - old, days, NOW) is (standing != age.STALE)


def test_what_was_never_fetched_is_stale() -> None:
    assert age.standing(None, 31, NOW) == age.STALE
    assert not age.is_fresh(None, 31, NOW)


@pytest.mark.parametrize(("old", "left"), [(0, 31), (30, 1), (31, 0), (40, 0)])
def test_the_days_that_are_left(old: int, left: int) -> None:
    assert age.days_left(NOW - old * DAY, 31, NOW) == left
    assert age.days_left(None, 31, NOW) == 0


@pytest.mark.parametrize(
    ("day", "zone", "born"),
    [
        (date(2026, 11, 3), "UTC", datetime(2026, 11, 3, tzinfo=UTC)),
        (date(2026, 11, 3), "America/New_York", datetime(2026, 11, 3, 5, tzinfo=UTC)),
        (date(2026, 9, 6), "America/Santiago", datetime(2026, 9, 6, 4, tzinfo=UTC)),  # no midnight
    ],
)
def test_a_copy_ages_from_the_beginning_of_its_day(day: date, zone: str, born: datetime) -> None:
    assert age.born(day, zone) == born
