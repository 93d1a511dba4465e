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
SECOND, MINUTE, DAY = timedelta(seconds=1), timedelta(minutes=1), timedelta(days=1)
RING = timedelta(seconds=30)


def wall(zone: ZoneInfo, instant: datetime) -> datetime:
    """What the clock on the wall shows."""
    return instant.astimezone(zone).replace(tzinfo=None)


@cache
def changes(zone: ZoneInfo) -> list[datetime]:
    """The first minute after each change of a clock within the ten years."""
    days = [BEGIN + n * DAY for n in range(DAYS)]
    offsets = [day.astimezone(zone).utcoffset() for day in days]
    before = [n for n in range(DAYS - 1) if offsets[n] != offsets[n + 1]]
    return [change_after(days[n], zone) for n in before]


def change_after(day: datetime, zone: ZoneInfo) -> datetime:
    old = day.astimezone(zone).utcoffset()
    minutes = (day + n * 5 * MINUTE for n in range(1, 24 * 12 + 1))
    return next(at for at in minutes if at.astimezone(zone).utcoffset() != old)


@cache
def changing() -> list[str]:
    """Every zone whose clock changes within the ten years."""
    return [key for key in ZONES if changes(ZoneInfo(key))]


Place = tuple[ZoneInfo, datetime]
Case = tuple[ZoneInfo, datetime, Week]


@st.composite
def places(draw: st.DrawFn) -> Place:
    """Any zone at any minute, but most of them within a day and a half of a change of their clock."""
    if draw(st.integers(0, 3)) == 0:
        zone = ZoneInfo(draw(st.sampled_from(ZONES)))
        return zone, BEGIN + draw(st.integers(0, DAYS * 288)) * 5 * MINUTE
    zone = ZoneInfo(draw(st.sampled_from(changing())))
    change = draw(st.sampled_from(changes(zone)))
    return zone, change + draw(st.integers(-30 * 12, 6 * 12)) * 5 * MINUTE


@st.composite
def cases(draw: st.DrawFn) -> Case:
    """A place, and a week whose hours mostly begin or end in the hours that come twice or never."""
    zone, at = draw(places())
    near = min(changes(zone), key=lambda change: abs(change - at), default=at)
    edge = st.one_of(
        st.integers(-26, 26).map(lambda n: wall(zone, near + n * 5 * MINUTE).time()),
        st.integers(-12, 12).map(lambda n: (wall(zone, near) + n * 5 * MINUTE).time()),
        st.integers(0, 287).map(lambda n: time(n // 12, n % 12 * 5)),
    )
    window = st.tuples(edge, edge).map(sorted).filter(lambda w: w[0] < w[1]).map(tuple)
    if draw(st.integers(0, 3)):
        return zone, at, Week(dict.fromkeys(range(7), draw(window)))
    return zone, at, Week(draw(st.dictionaries(st.integers(0, 6), window, max_size=7)))


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


# The clock leaps over the closing time in the very minute the ring ends.
LEAP = (
    ZoneInfo("Africa/Casablanca"),
    datetime(2024, 4, 13, 7, 45, tzinfo=UTC),
    Week(dict.fromkeys(range(7), (time(0), time(2, 55)))),
)


@settings(max_examples=150)
@example(LEAP, 31)
@given(cases(), st.integers(1, 40))
def test_no_minute_of_a_ring_shows_a_forbidden_time(case: Case, length: int) -> None:
    zone, around, week = case
    for n in range(0, 1440, 7):
        start = around + n * MINUTE
        if is_open(clock(zone, week), start, start + length * MINUTE):
            rung = [start + k * MINUTE for k in range(length)]
            for local in (wall(zone, at) for at in (*rung, rung[-1] + MINUTE - SECOND)):
                opens, closes = week.days[local.weekday()]
                assert opens <= local.time() < closes


@settings(max_examples=150)
@given(cases())
def test_open_is_what_the_slow_clock_finds_open(case: Case) -> None:
    zone, around, week = case
    for n in range(0, 36 * 60, 5):
        start, end = around + n * MINUTE, around + n * MINUTE + RING
        assert is_open(clock(zone, week), start, end) == slow_is_open(week, zone, start, end)


@settings(max_examples=100)
@given(cases())
def test_the_next_opening_is_the_first_minute_the_slow_clock_finds(case: Case) -> None:
    """Hours have edges on five minutes, and so have all changes of clocks: no window hides between."""
    zone, after, week = case
    opening = next_opening([clock(zone, week)], after, RING)
    limit = min(opening or after + 15 * DAY, after + 15 * DAY)
    moment = after
    while moment < limit:
        assert not slow_is_open(week, zone, moment, moment + RING)
        moment += 5 * MINUTE
    assert opening is None or slow_is_open(week, zone, opening, opening + RING)


@settings(max_examples=150)
@given(cases(), cases())
def test_what_opens_is_open_on_every_clock_and_was_not_before(case: Case, other: Case) -> None:
    zone, after, week = case
    both = [Clock(zone, (Hours(week), Hours(other[2]))), clock(other[0], week)]
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
        for change in changes(zone):
            for n in range(-24 * 60, 24 * 60, 30):
                start = change + n * MINUTE
                allowed = time(9) <= wall(zone, start).time() < time(20)
                assert is_open(clock(zone, week), start, start + RING) == allowed


@given(places())
@example((ZoneInfo("America/New_York"), BEGIN + (73 * 24 * 60 + 150) * MINUTE))
def test_a_scheduled_time_is_never_read_as_an_earlier_one(place: Place) -> None:
    """The clock shows the time that was asked for, or a gap swallowed it and the clock is past it."""
    zone, local = place[0], wall(*place)
    for n in range(-180, 180, 15):
        asked = local + n * MINUTE
        instant = first_instant(asked, zone)
        assert wall(zone, instant) >= asked
        assert wall(zone, instant) == asked or wall(zone, instant - MINUTE) < asked


@given(places())
def test_of_two_readings_the_first_is_meant(place: Place) -> None:
    zone, local = place[0], wall(*place)
    instant = first_instant(local, zone)
    assert all(wall(zone, instant - n * MINUTE) != local for n in range(10, 190, 10))
