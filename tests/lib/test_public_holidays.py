"""Which days are public holidays, and that no two threads see a calendar half filled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pytest

from calls.lib import public_holidays
from calls.lib.public_holidays import ClosedDays, holidays_of, is_known

# place, day, and whether it is a public holiday there
DAYS = [
    ("US", "2026-11-26", True),
    ("US", "2026-07-03", True),  # observed: the Fourth is a Saturday
    ("US", "2026-04-27", False),
    ("US-AL", "2026-04-27", True),
    ("US-AL", "2026-11-26", True),
    ("US-LA", "2026-02-17", True),
    ("AU", "2027-01-26", True),
    ("CA", "2026-07-01", True),
    ("GB", "2026-12-25", True),
    ("GB", "2026-11-26", False),
    ("DE", "2026-10-03", True),
    ("US-ZZ", "2026-11-26", True),  # an unknown part keeps its country's days
    ("XX", "2026-12-25", False),
    ("XX-YY", "2026-12-25", False),
]


@pytest.mark.parametrize(("place", "day", "expected"), DAYS)
def test_a_public_holiday_is_a_closed_day(place: str, day: str, expected: bool) -> None:
    assert (date.fromisoformat(day) in ClosedDays((place,))) is expected


def test_the_holidays_of_all_places_count() -> None:
    both = ClosedDays(("US", "DE"))
    assert date(2026, 11, 26) in both
    assert both.name(date(2026, 10, 3))
    assert both.name(date(2026, 11, 26)) == "Thanksgiving Day"
    assert both.name(date(2026, 11, 25)) == ""


def test_only_days_are_in_it() -> None:
    assert "2026-11-26" not in ClosedDays(("US",))


@pytest.mark.parametrize(
    ("place", "known"),
    [("US", True), ("US-AL", True), ("US-ZZ", False), ("XX", False), ("", False)],
)
def test_which_places_are_known(place: str, known: bool) -> None:
    assert is_known(place) is known


def test_a_calendar_holds_the_days_of_its_year_alone() -> None:
    assert {day.year for day in holidays_of("US", 2027)} == {2027}


def test_a_calendar_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        holidays_of("US", 2026)[date(2026, 1, 2)] = "x"  # type: ignore[index]


def test_threads_that_ask_at_once_all_see_the_holiday() -> None:
    day, closed = date(2029, 11, 22), ClosedDays(("US",))
    public_holidays.holidays_of.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: day in closed, range(200)))
