"""Calling hours held against a slow clock: every minute read off the wall, in every zone, for ten years.

The slow clock only ever turns instants into local time, which is never ambiguous; what it finds open, and
nothing else, may be open (RELIABILITY R5.5).
"""

from datetime import UTC, date, datetime, time, timedelta
from functools import cache
from zoneinfo import ZoneInfo, available_timezones

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from calls.lib.hours import Clock, Hours, Week, Window, first_instant, is_open, next_opening

ZONES = sorted(available_timezones() - {"localtime", "build/etc/localtime"})
BEGIN, YEARS = datetime(2024, 1, 1, tzinfo=UTC), 10
DAYS = YEARS * 365
MINUTE, DAY = timedelta(minutes=1), timedelta(days=1)
RING = timedelta(seconds=30)


@cache
def changes(zone: ZoneInfo) -> list[datetime]:
    """The days before a clock changes, within the ten years."""
    days = [BEGIN + n * DAY for n in range(DAYS)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    return [days[n] for n in range(DAYS - 1) if offsets[n] != offsets[n + 1]]


def near_a_change(zone: ZoneInfo) -> st.SearchStrategy[datetime]:
    """Any minute of the ten years, but mostly one within two days of a change of the clock."""
    anywhere = st.integers(0, DAYS * 1440).map(lambda n: BEGIN + n * MINUTE)
    if not changes(zone):
        return anywhere
    close = st.tuples(st.sampled_from(changes(zone)), st.integers(-1440, 2880))
    return st.one_of(close.map(lambda at: at[0] + at[1] * MINUTE), anywhere)


zones = st.sampled_from(ZONES).map(ZoneInfo)
places = zones.flatmap(lambda zone: st.tuples(st.just(zone), near_a_change(zone)))
# Half of all edges lie between midnight and 04:00, where clocks change.
edges = st.one_of(st.integers(0, 48).map(lambda n: n * 5), st.integers(0, 287).map(lambda n: n * 5))
times = edges.map(lambda n: time(n // 60, n % 60))
windows = st.tuples(times, times).filter(lambda w: w[0] < w[1])
weeks = st.one_of(
    windows.map(lambda w: Week(dict.fromkeys(range(7), w))),
    st.dictionaries(st.integers(0, 6), windows, max_size=7).map(Week),
)


def wall(zone: ZoneInfo, instant: datetime) -> datetime:
    """What the clock on the wall shows."""
    return instant.astimezone(zone).replace(tzinfo=None)


def shown(zone: ZoneInfo, near: datetime, local: datetime) -> list[datetime]:
    """Every minute at which the clock shows a time; when a gap swallowed it, the first minute past it."""
    minutes = [near + n * MINUTE for n in range(-27 * 60, 27 * 60)]
    found = [at for at in minutes if wall(zone, at) == local]
    return found or [next(at for at in minutes if wall(zone, at) > local)]


@cache
def slow_window(zone: ZoneInfo, day: date, window: Window) -> tuple[datetime, datetime] | None:
    """From the last minute that shows the start to the first that shows the end."""
    starts, ends = (datetime.combine(day, edge) for edge in window)
    opens = shown(zone, starts.replace(tzinfo=UTC), starts)[-1]
    closes = shown(zone, ends.replace(tzinfo=UTC), ends)[0]
    return (opens, closes) if opens < closes else None


def slow_is_open(week: Week, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    day = wall(zone, start).date()
    window = week.days.get(day.weekday())
    found = window and slow_window(zone, day, window)
    return bool(found and found[0] <= start and end <= found[1])


def clock(zone: ZoneInfo, week: Week) -> Clock:
    return Clock(zone, (Hours(week),))


@settings(max_examples=150)
@given(weeks, places, st.integers(1, 40))
def test_no_minute_of_a_ring_shows_a_forbidden_time(
    week: Week, place: tuple[ZoneInfo, datetime], length: int
) -> None:
    zone, around = place
    for n in range(0, 1440, 7):
        start = around + n * MINUTE
        if is_open(clock(zone, week), start, start + length * MINUTE):
            for local in (wall(zone, start + k * MINUTE) for k in range(length + 1)):
                opens, closes = week.days[local.weekday()]
                assert opens <= local.time() <= closes


@settings(max_examples=100)
@given(weeks, places)
def test_open_is_what_the_slow_clock_finds_open(
    week: Week, place: tuple[ZoneInfo, datetime]
) -> None:
    zone, around = place
    for n in range(0, 1440, 5):
        start = around + n * MINUTE
        assert is_open(clock(zone, week), start, start + RING) == slow_is_open(
            week, zone, start, start + RING
        )


@settings(max_examples=100)
@given(weeks, places)
def test_the_next_opening_is_the_first_minute_the_slow_clock_finds(
    week: Week, place: tuple[ZoneInfo, datetime]
) -> None:
    """Windows have edges on five minutes, and so have all changes of clocks: no window hides between."""
    zone, after = place
    after = after.replace(minute=after.minute // 5 * 5)
    opening = next_opening([clock(zone, week)], after, RING)
    limit = min(opening or after + 15 * DAY, after + 15 * DAY)
    moment = after
    while moment < limit:
        assert not slow_is_open(week, zone, moment, moment + RING)
        moment += 5 * MINUTE
    assert opening is None or slow_is_open(week, zone, opening, opening + RING)


@settings(max_examples=150)
@given(weeks, weeks, places, zones)
def test_what_opens_is_open_on_every_clock_and_was_not_before(
    week: Week, other: Week, place: tuple[ZoneInfo, datetime], elsewhere: ZoneInfo
) -> None:
    zone, after = place
    both = [Clock(zone, (Hours(week), Hours(other))), clock(elsewhere, week)]
    opening = next_opening(both, after, RING)
    if opening is None or opening == after:
        return
    assert all(is_open(one, opening, opening + RING) for one in both)
    before = opening - timedelta(seconds=1)
    assert not all(is_open(one, before, before + RING) for one in both)


@pytest.mark.parametrize("third", range(3))
def test_every_change_of_every_zone_keeps_night_forbidden(third: int) -> None:
    """Exhaustive: around each change in ten years, no minute from 20:00 to 09:00 is ever open."""
    week = Week(dict.fromkeys(range(7), (time(9), time(20))))
    for zone in (ZoneInfo(key) for key in ZONES[third::3]):
        for day in changes(zone):
            for n in range(0, 48 * 60, 30):
                start = day + n * MINUTE
                allowed = time(9) <= wall(zone, start).time() < time(20)
                assert is_open(clock(zone, week), start, start + RING) == allowed


@given(places)
@example((ZoneInfo("America/New_York"), BEGIN + (73 * 24 * 60 + 150) * MINUTE))
def test_a_scheduled_time_is_never_read_as_an_earlier_one(
    place: tuple[ZoneInfo, datetime],
) -> None:
    """The clock shows the time that was asked for, or a gap swallowed it and the clock is past it."""
    zone, local = place[0], place[1].replace(tzinfo=None)
    instant = first_instant(local, zone)
    assert wall(zone, instant) >= local
    assert wall(zone, instant) == local or wall(zone, instant - MINUTE) < local


@given(places)
def test_of_two_readings_the_first_is_meant(place: tuple[ZoneInfo, datetime]) -> None:
    zone, local = place[0], place[1].replace(tzinfo=None)
    instant = first_instant(local, zone)
    assert all(wall(zone, instant - n * MINUTE) != local for n in range(10, 190, 10))
