"""Dates that exist, as people say them; and those that do not, which are no dates."""

from calendar import monthrange
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.greetings.dates import MONTHS, WEEKDAYS, is_date
from calls.greetings.wording import Placeholder, recognise

DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2199, 12, 31))

EXIST = [
    "2026-11-24",
    "2028-02-29",
    "24 November",
    "November 24",
    "Nov 24",
    "Nov. 24, 2026",
    "November 24th, 2026",
    "29 February",  # of a leap year
    "29 February 2028",
    "Tuesday 24 November",
    "Tuesday, 24 November 2026",
    "24 de noviembre",
    "24 de noviembre de 2026",
    "martes 24 de noviembre",
    "1er janvier",
    "mardi 24 novembre 2026",
    "24. November 2026",
    "Dienstag, 24. November",
    "3. März",
    "24 de novembro",
    "terça-feira, 24 de novembro de 2026",
]
DO_NOT = [
    "2026-02-31",
    "2026-02-29",
    "2026-13-01",
    "2026-00-10",
    "0000-01-01",
    "30 February",
    "30 February 2026",
    "29 February 2026",
    "31 April",
    "April 31",
    "0 May",
    "32 May",
    "99 December",
    "Monday, 24 November 2026",  # a Tuesday
    "Someday, 24 November 2026",
    "Tuesday-feira, 24 November",
    "24 yachts",
    "24 Brumaire",
    "November",
    "24",
    "24/11/2026",
    "tomorrow",
    "24 November and buy",
    " 24 November",
    "",
]


@pytest.mark.parametrize("text", EXIST)
def test_days_of_the_calendar(text: str) -> None:
    assert is_date(text)
    assert Placeholder("day", "date", 60).problem(text) == ""


@pytest.mark.parametrize("text", DO_NOT)
def test_what_is_no_day(text: str) -> None:
    assert not is_date(text)
    assert "day" in Placeholder("day", "date", 60).problem(text)


@given(DAYS)
def test_every_day_is_one_in_every_order(day: date) -> None:
    assert is_date(day.isoformat())
    assert is_date(f"{day:%A}, {day.day} {day:%B} {day.year}")
    assert is_date(f"{day:%A}, {day:%B} {day.day}, {day.year}")


@given(DAYS, st.integers(1, 6))
def test_a_wrong_weekday_is_no_day(day: date, off: int) -> None:
    other = date.fromordinal(day.toordinal() + off)
    assert not is_date(f"{other:%A}, {day.day} {day:%B} {day.year}")


@given(st.integers(1900, 2199), st.integers(1, 12), st.integers(0, 99))
def test_a_month_has_its_days_and_no_more(year: int, month: int, day: int) -> None:
    exists = 1 <= day <= monthrange(year, month)[1]
    assert is_date(f"{year:04}-{month:02}-{day:02}") is exists
    assert is_date(f"{day} {date(2026, month, 1):%B} {year}") is exists


def test_every_month_and_weekday_has_its_names() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert set(WEEKDAYS.values()) == set(range(7))
    assert min(list(MONTHS.values()).count(number) for number in range(1, 13)) >= 4


def test_a_filled_template_with_no_such_day_is_not_recognised() -> None:
    gap = [Placeholder("day", "date", 30)]
    assert recognise("Acme, on 30 February.", "Acme, on {day}.", gap) is None
    assert recognise("Acme, on 28 February.", "Acme, on {day}.", gap) == {"day": "28 February"}


@pytest.mark.parametrize(
    ("value", "exists"),
    [
        ("0:00", True),
        ("23:59", True),
        ("9", True),
        ("12 p.m.", True),
        ("12:30 AM", True),
        ("24:00", False),
        ("25", False),
        ("9:60", False),
        ("99:99", False),
        ("13 PM", False),
        ("0 AM", False),
    ],
)
def test_times_exist_too(value: str, exists: bool) -> None:
    assert (Placeholder("hour", "time", 10).problem(value) == "") is exists
