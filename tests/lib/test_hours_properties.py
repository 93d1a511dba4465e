"""Calling hours held against a naive reading, minute by minute, in many zones and over many years."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

from hypothesis import assume, example, given, settings
from hypothesis import strategies as st

from calls.lib.hours import Week, first_instant, is_open, next_opening

# Where clocks change by an hour, by half an hour, at midnight, twice a year, or not at all.
ZONES = [
    "America/New_York",
    "America/St_Johns",
    "America/Santiago",
    "America/Havana",
    "Europe/London",
    "Africa/Casablanca",
    "Asia/Beirut",
    "Asia/Kathmandu",
    "Asia/Tokyo",
    "Australia/Lord_Howe",
    "Pacific/Chatham",
    "Pacific/Apia",
]
BEGIN = datetime(2024, 1, 1, tzinfo=UTC)
MINUTE = timedelta(minutes=1)

zones = st.sampled_from(ZONES).map(ZoneInfo)
minutes = st.integers(0, 10 * 365 * 24 * 60).map(lambda n: BEGIN + n * MINUTE)
quarters = st.integers(0, 95).map(lambda n: time(n // 4, n % 4 * 15))
windows = st.tuples(quarters, quarters).filter(lambda w: w[0] < w[1])
weeks = st.dictionaries(st.integers(0, 6), windows, max_size=7).map(Week)


def shows_an_open_minute(week: Week, zone: ZoneInfo, instant: datetime) -> bool:
    """The naive reading: the clock on the wall at this instant is inside the day's window."""
    local = instant.astimezone(zone)
    window = week.days.get(local.weekday())
    return window is not None and window[0] <= local.time() <= window[1]


@given(weeks, zones, minutes, st.integers(1, 90))
def test_open_means_that_the_wall_clock_is_inside_all_the_time(
    week: Week, zone: ZoneInfo, start: datetime, length: int
) -> None:
    if is_open(week, zone, start, start + length * MINUTE):
        assert all(shows_an_open_minute(week, zone, start + n * MINUTE) for n in range(length + 1))


@given(weeks, st.lists(zones, min_size=1, max_size=3), minutes)
def test_the_next_opening_is_open_and_not_before_it_was_asked(
    week: Week, places: list[ZoneInfo], after: datetime
) -> None:
    ring = timedelta(seconds=30)
    opening = next_opening(week, places, after, ring)
    if opening is not None:
        assert opening >= after
        assert all(is_open(week, zone, opening, opening + ring) for zone in places)


@settings(max_examples=40)
@given(weeks, st.lists(zones, min_size=1, max_size=2), minutes)
def test_no_earlier_minute_is_open(week: Week, places: list[ZoneInfo], after: datetime) -> None:
    """By brute force: every minute of two weeks before the answer is closed in one of the zones."""
    ring = timedelta(seconds=30)
    opening = next_opening(week, places, after, ring) or after + timedelta(days=14)
    assume(opening - after <= timedelta(days=14))
    moment = after
    while moment < opening:
        assert not all(is_open(week, zone, moment, moment + ring) for zone in places)
        moment += 5 * MINUTE


@given(zones, st.integers(0, 10 * 365 * 24 * 60))
@example(ZoneInfo("America/New_York"), 73 * 24 * 60 + 150)
def test_a_scheduled_time_is_never_read_as_an_earlier_one(zone: ZoneInfo, n: int) -> None:
    """The clock shows the time that was asked for, or a gap swallowed it and the clock is past it."""
    local = datetime(2024, 1, 1) + n * MINUTE
    instant = first_instant(local, zone)
    shown = instant.astimezone(zone).replace(tzinfo=None)
    assert shown >= local
    assert shown == local or (instant - MINUTE).astimezone(zone).replace(tzinfo=None) < local


@given(zones, st.integers(0, 10 * 365 * 24 * 60))
def test_of_two_readings_the_first_is_meant(zone: ZoneInfo, n: int) -> None:
    local = datetime(2024, 1, 1) + n * MINUTE
    instant = first_instant(local, zone)
    for earlier in (30, 60):
        before = (instant - earlier * MINUTE).astimezone(zone).replace(tzinfo=None)
        assert before != local
