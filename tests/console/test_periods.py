"""Days and hours on the tenant's clock: where they begin and end, and what they are compared with."""

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import pytest

from console.periods import midnight, period, slot_names

NEW_YORK, BERLIN, KOLKATA = (
    ZoneInfo("America/New_York"),
    ZoneInfo("Europe/Berlin"),
    ZoneInfo("Asia/Kolkata"),
)
NOW = datetime(2026, 11, 24, 19, 30, tzinfo=UTC)  # a Tuesday, 14:30 in New York


def utc(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)  # type: ignore[arg-type,misc]


def test_today_runs_from_midnight_to_midnight_there() -> None:
    today = period("today", zone=NEW_YORK, now=NOW)
    assert (today.edges[0], today.edges[-1]) == (utc(2026, 11, 24, 5), utc(2026, 11, 25, 5))
    assert len(today.edges) == 25


def test_today_is_the_tenants_day_not_that_of_utc() -> None:
    late = utc(2026, 11, 25, 2)  # still the 24th in New York
    assert period("today", zone=NEW_YORK, now=late).last == date(2026, 11, 24)


@pytest.mark.parametrize(("day", "hours"), [(1, 25), (2, 24)])
def test_the_day_the_clocks_go_back_has_25_hours(day: int, hours: int) -> None:
    today = period("today", zone=NEW_YORK, now=utc(2026, 11, day, 17))
    assert len(today.edges) - 1 == hours


def test_the_day_the_clocks_go_forward_has_23_hours() -> None:
    assert len(period("today", zone=BERLIN, now=utc(2026, 3, 29, 12)).edges) - 1 == 23


def test_a_week_is_seven_days_with_today() -> None:
    week = period("week", zone=NEW_YORK, now=NOW)
    assert (week.first, week.last) == (date(2026, 11, 18), date(2026, 11, 24))
    assert len(week.edges) == 8


def test_days_over_a_clock_change_begin_at_their_own_midnight() -> None:
    month = period("month", zone=NEW_YORK, now=NOW)
    lengths = {(until - since) for since, until in pairwise(month.edges)}
    assert lengths == {timedelta(hours=24), timedelta(hours=25)}


def test_an_unknown_period_is_today() -> None:
    assert period("../etc", zone=NEW_YORK, now=NOW).name == "today"


def test_today_is_compared_with_the_same_weekday_up_to_the_running_hour() -> None:
    today = period("today", zone=NEW_YORK, now=NOW)
    assert today.before == (utc(2026, 11, 17, 5), utc(2026, 11, 17, 20))
    assert today.before_words == "last Tuesday by 15:00"


def test_before_midnight_the_whole_day_is_compared() -> None:
    today = period("today", zone=NEW_YORK, now=utc(2026, 11, 25, 4, 30))
    assert today.before[1] == utc(2026, 11, 18, 5)
    assert today.before_words == "last Tuesday by 24:00"


def test_comparing_across_a_clock_change_keeps_to_the_wall_clock() -> None:
    today = period("today", zone=NEW_YORK, now=utc(2026, 11, 3, 15, 10))  # 10:10 there
    assert today.before == (utc(2026, 10, 27, 4), utc(2026, 10, 27, 15))  # to 11:00 there


@pytest.mark.parametrize(("name", "weeks"), [("week", 1), ("month", 5)])
def test_the_days_before_are_the_same_weekdays(name: str, weeks: int) -> None:
    chosen = period(name, zone=NEW_YORK, now=NOW)
    began = chosen.before[0].astimezone(NEW_YORK).date()
    assert chosen.first - began == timedelta(weeks=weeks)
    assert chosen.before[1] <= chosen.edges[0]


def test_a_day_in_india_begins_at_half_past_an_hour_of_utc() -> None:
    today = period("today", zone=KOLKATA, now=NOW)
    assert today.edges[0] == utc(2026, 11, 24, 18, 30)
    assert [short for short, _ in slot_names(today)][:3] == ["00:00", "01:00", "02:00"]


def test_hours_name_their_day_and_zone() -> None:
    today = period("today", zone=NEW_YORK, now=NOW)
    assert slot_names(today)[14] == ("14:00", "Tue 24 Nov, 14:00–15:00 EST")


def test_days_are_named_by_date() -> None:
    week = period("week", zone=NEW_YORK, now=NOW)
    assert slot_names(week)[-1] == ("24 Nov", "Tue 24 Nov")


def test_a_skipped_midnight_is_the_moment_the_gap_ends() -> None:
    assert midnight(date(2026, 9, 6), ZoneInfo("America/Santiago")) == utc(2026, 9, 6, 4)
