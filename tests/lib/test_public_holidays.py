"""Which days are public holidays, and that no two threads see a calendar half filled."""

from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from itertools import pairwise

import holidays
import pytest

from calls.lib import public_holidays
from calls.lib.public_holidays import ClosedDays, closed_days, holidays_of, is_known

# places, day, and whether it is a public holiday in any of them
DAYS = [
    ("US", "2026-11-26", True),
    ("US", "2026-07-03", True),  # observed: the Fourth is a Saturday
    (
        "US",
        "2026-04-27",
        True,
    ),  # Confederate Memorial Day of four states, and nobody knows the state
    ("US US-NY", "2026-04-27", False),
    ("US US-NY", "2026-11-26", True),
    ("US US-NY US-AL", "2026-04-27", True),
    ("US US-CA", "2026-10-12", True),  # Columbus Day is the nation's, though California works
    ("US-AL", "2026-04-27", True),
    ("US-AL", "2026-11-26", True),
    ("US-LA", "2026-02-17", True),
    ("US-TX", "2026-02-17", False),
    ("US US-ZZ", "2026-04-27", True),  # an unknown part is no known one
    ("US-ZZ", "2026-11-26", True),
    ("GB", "2026-04-06", True),  # Easter Monday, but not in Scotland
    ("GB GB-ENG", "2026-04-06", True),
    ("GB GB-SCT", "2026-04-06", False),
    ("GB GB-SCT GB-WLS", "2026-04-06", True),
    ("GB", "2026-01-02", True),  # Scotland's second of January
    ("GB GB-SCT", "2026-01-02", True),
    ("GB GB-ENG", "2026-01-02", False),
    ("GB GB-ENG", "2026-12-26", True),
    ("GB GB-ENG", "2026-12-28", True),  # for Boxing Day, a Saturday
    ("GB", "2026-05-09", True),  # Jersey's and Guernsey's Liberation Day: they dial like GB
    ("GB GB-ENG", "2026-05-09", False),
    ("GB", "2026-11-26", False),
    ("DE", "2026-10-03", True),
    ("DE", "2026-01-06", True),  # Epiphany, in three of sixteen
    ("EU DE DE-BY", "2026-01-06", True),
    ("EU DE DE-HH", "2026-01-06", False),
    ("EU DE DE-BY", "2026-11-18", False),  # Saxony's
    ("EU DE DE-SN", "2026-11-18", True),
    ("EU", "2026-12-25", False),  # no country
    ("EU ES", "2026-09-11", True),  # Catalonia's day
    ("EU ES ES-CT", "2026-09-11", True),
    ("EU ES ES-MD", "2026-09-11", False),
    ("CA", "2026-07-01", True),
    ("CA", "2026-02-16", True),  # Family Day
    ("CA CA-ON", "2026-02-16", True),
    ("CA CA-QC", "2026-02-16", False),
    ("CA CA-QC", "2026-06-24", True),
    ("AU", "2027-01-26", True),
    ("AU", "2026-11-03", True),  # the Melbourne Cup
    ("AU AU-VIC", "2026-11-03", True),
    ("AU AU-NSW", "2026-11-03", False),
    (
        "US",
        "2026-11-04",
        False,
    ),  # the Northern Mariana Islands' alone, whose numbers begin with +1 670
    ("US US-MP", "2026-11-04", True),
    ("XX", "2026-12-25", False),
    ("XX XX-YY", "2026-12-25", False),
    ("", "2026-12-25", False),
]


@pytest.mark.parametrize(("places", "day", "expected"), DAYS)
def test_a_public_holiday_is_a_closed_day(places: str, day: str, expected: bool) -> None:
    assert (date.fromisoformat(day) in ClosedDays(tuple(places.split()))) is expected


# places, day, and how a person reads which holiday it is, and where
NAMES = [
    ("GB", "2026-12-25", "Christmas Day (GB)"),
    ("GB GB-SCT", "2026-12-25", "Christmas Day (GB)"),
    ("GB GB-ENG", "2026-04-06", "Easter Monday (GB-ENG)"),
    ("GB GB-ENG GB-WLS", "2026-04-06", "Easter Monday (GB-ENG, GB-WLS)"),
    ("GB", "2026-04-06", "Easter Monday (GB-ENG, GB-NIR, GB-WLS and 3 more)"),
    ("GB", "2026-05-09", "Liberation Day (GG, JE)"),
    ("GB", "2026-01-02", "New Year Holiday (GB-SCT)"),
    ("US DE", "2026-12-25", "Christmas Day (US, DE)"),
    ("US DE", "2026-11-26", "Thanksgiving Day (US)"),
    ("US DE US-NY", "2026-10-03", "German Unity Day (DE)"),
    ("CA CA-QC CA-ON CA-BC", "2026-05-18", "Victoria Day (CA-ON, CA-BC)"),  # of most places
    ("GB", "2026-11-26", ""),
]


@pytest.mark.parametrize(("places", "day", "name"), NAMES)
def test_a_holiday_is_named_with_its_places(places: str, day: str, name: str) -> None:
    assert ClosedDays(tuple(places.split())).name(date.fromisoformat(day)) == name


# Half a day, a bank's day, and a day some may take
@pytest.mark.parametrize(
    ("place", "day", "kind"),
    [
        ("AU-SA", "2026-12-24", holidays.HALF_DAY),
        ("DE", "2026-12-24", holidays.BANK),
        ("US-CA", "2026-02-12", holidays.OPTIONAL),
    ],
)
def test_only_public_holidays_count(place: str, day: str, kind: str) -> None:
    assert date.fromisoformat(day) not in ClosedDays((place,))


COUNTRIES = [code for code in holidays.list_supported_countries() if len(code) == 2]


@pytest.mark.parametrize("country", COUNTRIES)
def test_no_country_is_closed_for_longer_than_an_opening_is_looked_for(country: str) -> None:
    """28 days are searched; the union of all parts of a country, Sundays too, never closes half of them."""
    days = [date(2026, 1, 1) + timedelta(days=n) for n in range(2 * 365)]
    closed = ClosedDays((country,))
    open_days = [day for day in days if day.weekday() < 6 and day not in closed]
    gaps = [later - day for day, later in pairwise(open_days)]
    assert max(gaps) < timedelta(days=14)


def test_all_parts_of_all_countries_are_looked_up_at_once() -> None:
    for country in COUNTRIES:
        assert set(holidays_of(country, 2026)) <= set(closed_days((country,), 2026))


def test_a_year_is_put_together_once() -> None:
    assert closed_days(("GB", "GB-SCT"), 2026) is closed_days(("GB", "GB-SCT"), 2026)


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
    public_holidays.closed_days.cache_clear()
    with ThreadPoolExecutor(16) as pool:
        assert all(pool.map(lambda _: day in closed, range(200)))
