"""Calling hours on local clocks, also on the days when clocks change."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.lib.hours import (
    ALL_DAY,
    Clock,
    Hours,
    Week,
    first_instant,
    is_open,
    next_opening,
    read_week,
)

NEW_YORK, LONDON = ZoneInfo("America/New_York"), ZoneInfo("Europe/London")
LOS_ANGELES, TOKYO = ZoneInfo("America/Los_Angeles"), ZoneInfo("Asia/Tokyo")
LORD_HOWE, APIA = ZoneInfo("Australia/Lord_Howe"), ZoneInfo("Pacific/Apia")
RING = timedelta(seconds=30)
WEEK = Week({day: (time(9), time(20)) for day in range(6)})


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def opens(start: time, end: time) -> Week:
    """The same hours on all seven days."""
    return Week(dict.fromkeys(range(7), (start, end)))


def on(zone: ZoneInfo, *weeks: Week) -> Clock:
    """A clock on which all these weeks apply."""
    return Clock(zone, tuple(Hours(week) for week in weeks))


# zone, wall clock, its first instant
CLOCKS = [
    (NEW_YORK, "2026-11-03T09:00", "2026-11-03T14:00"),
    (NEW_YORK, "2026-07-03T09:00", "2026-07-03T13:00"),
    (NEW_YORK, "2027-03-14T01:59", "2027-03-14T06:59"),
    (NEW_YORK, "2027-03-14T02:00", "2027-03-14T07:00"),  # the gap begins
    (NEW_YORK, "2027-03-14T02:10", "2027-03-14T07:00"),
    (NEW_YORK, "2027-03-14T02:30", "2027-03-14T07:00"),
    (NEW_YORK, "2027-03-14T02:59", "2027-03-14T07:00"),
    (NEW_YORK, "2027-03-14T03:00", "2027-03-14T07:00"),
    (NEW_YORK, "2026-11-01T01:30", "2026-11-01T05:30"),  # twice: the first
    (NEW_YORK, "2026-11-01T02:00", "2026-11-01T07:00"),
    (LONDON, "2027-03-28T01:30", "2027-03-28T01:00"),
    (LONDON, "2026-10-25T01:30", "2026-10-25T00:30"),
    (LORD_HOWE, "2026-10-04T02:10", "2026-10-03T15:30"),  # a gap of half an hour
    (LORD_HOWE, "2026-10-04T02:30", "2026-10-03T15:30"),
    (LORD_HOWE, "2027-04-04T01:45", "2027-04-03T14:45"),  # a fold of half an hour
    (APIA, "2011-12-30T09:00", "2011-12-30T10:00"),  # a day that never was
]


@pytest.mark.parametrize(("zone", "local", "instant"), CLOCKS)
def test_when_a_clock_first_shows_a_time(zone: ZoneInfo, local: str, instant: str) -> None:
    assert first_instant(datetime.fromisoformat(local), zone) == utc(instant)


@pytest.mark.parametrize("minute", range(60))
def test_every_minute_of_a_gap_means_its_end(minute: int) -> None:
    assert first_instant(datetime(2027, 3, 14, 2, minute), NEW_YORK) == utc("2027-03-14T07:00")


# start of the ring in UTC, open in New York from 09:00 to 20:00 on weekdays and Saturdays
MOMENTS = [
    ("2026-11-03T13:59:59", False),
    ("2026-11-03T14:00:00", True),
    ("2026-11-03T15:00:00", True),
    ("2026-11-04T00:59:30", True),  # rings until 20:00:00
    ("2026-11-04T00:59:31", False),
    ("2026-11-04T00:59:45", False),
    ("2026-11-04T01:00:00", False),
    ("2026-11-07T15:00:00", True),  # Saturday
    ("2026-11-08T15:00:00", False),  # Sunday
    ("2026-11-09T00:30:00", False),  # Sunday evening in New York, Monday in UTC
    ("2026-11-08T00:30:00", True),  # Saturday evening in New York, Sunday in UTC
]


@pytest.mark.parametrize(("start", "expected"), MOMENTS)
def test_the_whole_ring_fits_or_it_is_closed(start: str, expected: bool) -> None:
    assert is_open(on(NEW_YORK, WEEK), utc(start), utc(start) + RING) is expected


def test_a_window_edge_in_a_fold_opens_at_the_later_reading() -> None:
    week = opens(time(1, 30), time(12))
    assert not is_open(on(NEW_YORK, week), utc("2026-11-01T05:30"), utc("2026-11-01T05:31"))
    assert is_open(on(NEW_YORK, week), utc("2026-11-01T06:30"), utc("2026-11-01T06:31"))


def test_a_window_edge_in_a_fold_closes_at_the_earlier_reading() -> None:
    week = opens(time(0), time(1, 30))
    assert is_open(on(NEW_YORK, week), utc("2026-11-01T05:29"), utc("2026-11-01T05:30"))
    assert not is_open(on(NEW_YORK, week), utc("2026-11-01T06:00"), utc("2026-11-01T06:10"))


def test_a_window_edge_in_a_gap_opens_when_the_gap_ends() -> None:
    week = opens(time(2, 30), time(12))
    assert not is_open(on(NEW_YORK, week), utc("2027-03-14T06:59:59"), utc("2027-03-14T07:00"))
    assert is_open(on(NEW_YORK, week), utc("2027-03-14T07:00"), utc("2027-03-14T07:01"))


def test_a_window_edge_in_a_gap_closes_when_the_gap_begins() -> None:
    week = opens(time(0), time(2, 30))
    assert is_open(on(NEW_YORK, week), utc("2027-03-14T06:59:30"), utc("2027-03-14T07:00"))
    assert not is_open(on(NEW_YORK, week), utc("2027-03-14T06:59:31"), utc("2027-03-14T07:00:01"))


def test_a_window_that_lies_in_a_gap_is_closed_that_day() -> None:
    week = opens(time(2, 10), time(2, 50))
    assert next_opening([on(NEW_YORK, week)], utc("2027-03-14T06:00"), RING) == utc(
        "2027-03-15T06:10"
    )


# zones, from when, the next opening
OPENINGS = [
    ([NEW_YORK], "2026-11-03T15:00", "2026-11-03T15:00"),  # at once
    ([NEW_YORK], "2026-11-03T02:00", "2026-11-03T14:00"),
    ([NEW_YORK], "2026-11-04T00:59:31", "2026-11-04T14:00"),  # too late for a whole ring
    ([NEW_YORK], "2026-11-08T01:00", "2026-11-09T14:00"),  # over Sunday
    ([NEW_YORK, LOS_ANGELES], "2026-11-03T14:00", "2026-11-03T17:00"),
    ([LOS_ANGELES, NEW_YORK], "2026-11-04T01:30", "2026-11-04T17:00"),
    ([NEW_YORK], "2027-03-13T23:00", "2027-03-13T23:00"),
    ([NEW_YORK], "2027-03-14T02:00", "2027-03-15T13:00"),  # an hour earlier from now on
]


@pytest.mark.parametrize(("zones", "after", "expected"), OPENINGS)
def test_the_next_opening(zones: list[ZoneInfo], after: str, expected: str) -> None:
    assert next_opening([on(zone, WEEK) for zone in zones], utc(after), RING) == utc(expected)


def test_zones_without_a_common_hour_never_open() -> None:
    mornings = opens(time(9), time(12))
    assert (
        next_opening([on(NEW_YORK, mornings), on(TOKYO, mornings)], utc("2026-11-03T15:00"), RING)
        is None
    )


def test_a_week_of_closed_days_never_opens() -> None:
    assert next_opening([on(NEW_YORK, Week({}))], utc("2026-11-03T15:00"), RING) is None


def test_a_ring_longer_than_the_window_never_fits() -> None:
    week = opens(time(9), time(9, 1))
    assert next_opening([on(NEW_YORK, week)], utc("2026-11-03T15:00"), timedelta(minutes=2)) is None


# hours per weekday, in words
WORDS = [
    (WEEK, "Mon–Sat 09:00–20:00"),
    (Week({}), ""),
    (Week({6: (time(10), time(12, 30))}), "Sun 10:00–12:30"),
    (
        Week({0: (time(9), time(20)), 1: (time(9), time(20)), 3: (time(9), time(17))}),
        "Mon–Tue 09:00–20:00, Thu 09:00–17:00",
    ),
]


@pytest.mark.parametrize(("week", "words"), WORDS)
def test_hours_are_spelt_for_people(week: Week, words: str) -> None:
    assert str(week) == words


def test_the_day_is_the_callees_day() -> None:
    only_tuesday = Week({1: (time(0), time(23, 59))})
    late_on_monday_in_utc = utc("2026-11-02T20:00")
    assert date(2026, 11, 2).weekday() == 0
    assert is_open(on(TOKYO, only_tuesday), late_on_monday_in_utc, late_on_monday_in_utc + RING)


# rules on one clock in Tokyo, and what a day then allows: the latest start, the earliest end
TOGETHER = [
    ([(time(9), time(20)), (time(8), time(21))], (time(9), time(20))),
    ([(time(9), time(18)), (time(10), time(21))], (time(10), time(18))),
    ([(time(9), time(12)), (time(12), time(20))], None),
    ([(time(9), time(11)), (time(12), time(20))], None),
]


@pytest.mark.parametrize(("windows", "common"), TOGETHER)
def test_rules_on_one_clock_allow_what_they_all_allow(
    windows: list[tuple[time, time]], common: tuple[time, time] | None
) -> None:
    clock = on(TOKYO, *(opens(*window) for window in windows))
    day = date(2026, 11, 3)
    expected = common and tuple(datetime.combine(day, t, TOKYO).astimezone(UTC) for t in common)
    assert clock.window(day) == expected


TUESDAY, WEDNESDAY = date(2026, 11, 3), date(2026, 11, 4)
BUSINESS = (time(9), time(20))

# hours, and what they say of Tuesday, 3 November 2026
SAYINGS = [
    (Hours(WEEK), BUSINESS),
    (Hours(WEEK, closed={TUESDAY}), None),
    (Hours(WEEK, closed={WEDNESDAY}), BUSINESS),
    (Hours(None), ALL_DAY),  # a rule about holidays alone
    (Hours(None, closed={TUESDAY}), None),
    (Hours(Week({})), None),
    (Hours(Week({}), since=WEDNESDAY), ALL_DAY),  # not yet
    (Hours(Week({}), since=TUESDAY), None),
    (Hours(Week({}), until=date(2026, 11, 2)), ALL_DAY),  # no longer
    (Hours(Week({}), until=TUESDAY), None),
]


@pytest.mark.parametrize(("hours", "window"), SAYINGS)
def test_what_a_rule_says_of_a_day(hours: Hours, window: tuple[time, time] | None) -> None:
    assert hours.on(TUESDAY) == window


def test_a_closed_day_is_passed_over() -> None:
    thanksgiving = Hours(WEEK, closed={date(2026, 11, 26)})
    asked = utc("2026-11-26T15:00")
    opening = next_opening([Clock(NEW_YORK, (thanksgiving,))], asked, RING)
    assert opening == utc("2026-11-27T14:00")


def test_a_rule_that_begins_tomorrow_closes_tomorrow() -> None:
    clock = Clock(NEW_YORK, (Hours(WEEK), Hours(Week({5: BUSINESS}), since=WEDNESDAY)))
    assert is_open(clock, utc("2026-11-03T15:00"), utc("2026-11-03T15:01"))
    assert next_opening([clock], utc("2026-11-04T02:00"), RING) == utc("2026-11-07T14:00")


# as data, in words
READ = [
    ({"mon": ["09:00", "20:00"]}, "Mon 09:00–20:00"),
    (
        {"mon-fri": ["09:00", "21:30"], "sat-sun": ["10:00", "18:00"]},
        "Mon–Fri 09:00–21:30, Sat–Sun 10:00–18:00",
    ),
    (
        {"sun": ["12:00", "21:00"], "mon-sat": ["09:00", "21:00"]},
        "Mon–Sat 09:00–21:00, Sun 12:00–21:00",
    ),
    ({}, ""),
]


@pytest.mark.parametrize(("table", "words"), READ)
def test_a_week_is_read_from_data(table: object, words: str) -> None:
    assert str(read_week(table)) == words


# as data, and what the refusal names
UNREADABLE = [
    (None, "table"),
    (["mon"], "table"),
    ({"monday": ["09:00", "20:00"]}, "monday"),
    ({"": ["09:00", "20:00"]}, "mon-fri"),
    ({"mon-": ["09:00", "20:00"], "mon": ["09:00", "20:00"]}, "mon is given twice"),
    ({"fri-mon": ["09:00", "20:00"]}, "fri-mon"),
    ({"mon": ["20:00", "09:00"]}, "ends before it starts"),
    ({"mon": ["09:00", "09:00"]}, "ends before it starts"),
    ({"mon": ["09:00"]}, "two times"),
    ({"mon": ["09:00", "12:00", "20:00"]}, "two times"),
    ({"mon": [9, 20]}, "two times"),
    ({"mon": "09:00-20:00"}, "two times"),
    ({"mon": ["09:00", "24:00"]}, "24:00"),
    ({"mon": ["9 o'clock", "20:00"]}, "9 o'clock"),
    ({"mon": ["09:00:30", "20:00"]}, "09:00:30"),
    ({"mon-wed": ["09:00", "20:00"], "tue": ["10:00", "12:00"]}, "tue is given twice"),
]


@pytest.mark.parametrize(("table", "named"), UNREADABLE)
def test_a_week_that_cannot_be_read_is_refused(table: object, named: str) -> None:
    with pytest.raises(ValueError, match=named):
        read_week(table)
