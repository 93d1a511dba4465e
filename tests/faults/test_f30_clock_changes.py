"""F30: clocks that jump. What a scheduled time means, and where a window ends, on the days of a change."""

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo, reset_tzpath

import pytest
import tzdata

from calls.dispatch.dial import dial
from calls.lib.hours import Clock, Hours, Week, first_instant, is_open, next_opening
from calls.records.models import Receipt
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock as Turned
from tests.faults.carrier import Recorder
from tests.world import NEW_YORKER, World

RING = timedelta(seconds=30)

# zone, a wall clock somebody schedules for, the instant it means: in a gap its end, in a fold the first
SCHEDULED = [
    ("America/New_York", "2027-03-14T01:59", "2027-03-14T06:59"),
    ("America/New_York", "2027-03-14T02:30", "2027-03-14T07:00"),
    ("America/New_York", "2027-03-14T03:00", "2027-03-14T07:00"),
    ("America/New_York", "2026-11-01T01:30", "2026-11-01T05:30"),
    ("America/New_York", "2026-11-01T02:00", "2026-11-01T07:00"),
    ("Europe/London", "2027-03-28T01:30", "2027-03-28T01:00"),
    ("Europe/London", "2027-10-31T01:30", "2027-10-31T00:30"),
    ("Europe/Dublin", "2027-10-31T01:59", "2027-10-31T00:59"),  # winter time is its saving time
    ("Europe/Berlin", "2027-03-28T02:30", "2027-03-28T01:00"),
    ("Europe/Berlin", "2027-10-31T02:30", "2027-10-31T00:30"),
    ("Australia/Lord_Howe", "2027-10-03T02:15", "2027-10-02T15:30"),  # half an hour
    ("Australia/Lord_Howe", "2027-04-04T01:45", "2027-04-03T14:45"),
    ("Africa/Casablanca", "2027-02-07T02:30", "2027-02-07T01:30"),  # back for Ramadan
    ("Africa/Casablanca", "2027-03-14T02:30", "2027-03-14T02:00"),
    ("Africa/Cairo", "2027-04-30T00:30", "2027-04-29T22:00"),  # there is no midnight
    ("Africa/Cairo", "2027-10-28T23:30", "2027-10-28T20:30"),
    ("America/Nuuk", "2027-03-27T23:30", "2027-03-28T01:00"),  # the evening before
    ("America/Nuuk", "2027-10-30T23:30", "2027-10-31T00:30"),
    ("America/Havana", "2027-11-07T00:30", "2027-11-07T04:30"),
    ("Pacific/Chatham", "2027-09-26T03:00", "2027-09-25T14:00"),
    ("Antarctica/Troll", "2027-03-28T02:30", "2027-03-28T01:00"),  # two hours
    ("Pacific/Apia", "2011-12-30T12:00", "2011-12-30T10:00"),  # a day that never was
]

# zone, day, hours, the first and the last instant they allow; None: closed that day
EDGES = [
    ("America/New_York", "2027-03-14", "02:30-12:00", ("07:00", "16:00")),
    ("America/New_York", "2027-03-14", "00:00-02:30", ("05:00", "07:00")),
    ("America/New_York", "2027-03-14", "02:10-02:50", None),  # swallowed whole
    ("America/New_York", "2026-11-01", "01:30-12:00", ("06:30", "17:00")),
    ("America/New_York", "2026-11-01", "00:00-01:30", ("04:00", "05:30")),
    ("America/New_York", "2026-11-01", "01:10-01:50", None),  # opens after it closes
    ("America/New_York", "2026-11-01", "09:00-20:00", ("14:00", "01:00")),
    ("Europe/London", "2027-03-28", "01:30-12:00", ("01:00", "11:00")),
    ("Europe/London", "2027-10-31", "01:30-12:00", ("01:30", "12:00")),
    ("Europe/Berlin", "2027-10-31", "00:00-02:15", ("22:00", "00:15")),
    ("Australia/Lord_Howe", "2027-04-04", "01:45-12:00", ("15:15", "01:30")),
    ("Australia/Lord_Howe", "2027-10-03", "02:15-12:00", ("15:30", "01:00")),
    ("Africa/Casablanca", "2027-02-07", "02:30-12:00", ("02:30", "12:00")),
    ("Africa/Cairo", "2027-04-30", "00:00-12:00", ("22:00", "09:00")),
    ("Africa/Cairo", "2027-10-28", "20:00-23:30", ("17:00", "20:30")),
    ("America/Nuuk", "2027-03-27", "20:00-23:30", ("22:00", "01:00")),
    ("America/Nuuk", "2027-10-30", "20:00-23:30", ("21:00", "00:30")),
    ("America/Havana", "2027-11-07", "00:30-12:00", ("05:30", "17:00")),
    ("Antarctica/Troll", "2027-10-31", "01:30-12:00", ("01:30", "12:00")),
    ("Pacific/Apia", "2011-12-30", "09:00-20:00", None),
]


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(("zone", "local", "instant"), SCHEDULED)
def test_what_a_scheduled_time_means(zone: str, local: str, instant: str) -> None:
    assert first_instant(datetime.fromisoformat(local), ZoneInfo(zone)) == utc(instant)


@pytest.mark.parametrize(("zone", "day", "hours", "expected"), EDGES)
def test_where_a_window_begins_and_ends(
    zone: str, day: str, hours: str, expected: tuple[str, str] | None
) -> None:
    edges = hours.split("-")
    week = Week(
        dict.fromkeys(range(7), (time.fromisoformat(edges[0]), time.fromisoformat(edges[1])))
    )
    window = Clock(ZoneInfo(zone), (Hours(week),)).window(date.fromisoformat(day))
    assert (window and tuple(f"{edge:%H:%M}" for edge in window)) == expected


@pytest.mark.parametrize(("zone", "day", "hours", "expected"), EDGES)
def test_a_second_outside_is_outside(
    zone: str, day: str, hours: str, expected: tuple[str, str] | None
) -> None:
    edges = hours.split("-")
    week = Week(
        dict.fromkeys(range(7), (time.fromisoformat(edges[0]), time.fromisoformat(edges[1])))
    )
    clock = Clock(ZoneInfo(zone), (Hours(week),))
    window = clock.window(date.fromisoformat(day))
    second = timedelta(seconds=1)
    if window is None:
        noon = datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
        opening = next_opening([clock], noon - timedelta(hours=12), RING)
        assert opening is None or str(opening.astimezone(clock.zone).date()) != day
        return
    assert is_open(clock, window[0], window[0] + RING)
    assert is_open(clock, window[1] - RING, window[1])
    assert not is_open(clock, window[0] - second, window[0] - second + RING)
    assert not is_open(clock, window[1] - RING + second, window[1] + second)


def test_a_call_scheduled_into_the_gap_rings_after_it(world: World) -> None:
    """02:30 does not exist there that day. A fictional number has no zone: it is the tenant's clock."""
    local = datetime(2027, 3, 14, 2, 30)
    placed = world.place(to="+15555555678", scheduled_at=local)
    assert placed.due_at == utc("2027-03-14T07:00")


@pytest.fixture
def new_york_moves_west(tmp_path: Path) -> Iterator[None]:
    """The zone data of a later day: New York has taken over the time of Los Angeles."""
    west = Path(tzdata.__file__).parent / "zoneinfo" / "America" / "Los_Angeles"
    (tmp_path / "America").mkdir()
    (tmp_path / "America" / "New_York").write_bytes(west.read_bytes())
    reset_tzpath([str(tmp_path)])
    ZoneInfo.clear_cache()
    yield
    reset_tzpath()
    ZoneInfo.clear_cache()


MORNING = utc("2026-11-04T14:00")  # 09:00 in New York as it is, 06:00 as it will be


def test_a_scheduled_call_is_dialled_in_its_hour(
    world: World, carrier: Recorder, clock: Turned
) -> None:
    call = world.place(to=NEW_YORKER, scheduled_at=MORNING).call
    clock.now = MORNING
    dial(call_id=call.pk)
    assert len(carrier.asked) == 1


def test_zone_rules_that_change_after_scheduling_are_met_at_dialling(
    world: World, carrier: Recorder, clock: Turned, request: pytest.FixtureRequest
) -> None:
    evening = MORNING + timedelta(hours=9)
    call = world.place(to=NEW_YORKER, scheduled_at=MORNING, expires_at=evening).call
    request.getfixturevalue("new_york_moves_west")
    clock.now = MORNING
    dial(call_id=call.pk)
    call = fresh(call)
    assert (carrier.asked, call.state) == ([], "queued")
    assert call.due_at == MORNING + timedelta(hours=3)
    assert not call.receipts.get(moment=Receipt.DIAL).allowed
    oracle.uphold(placed=carrier.keys)
