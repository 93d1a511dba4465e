"""Arithmetic of local hours across daylight-saving changes. Pure; every instant is UTC.

A wall-clock time may happen never (spring gap) or twice (autumn fold). A window never grows by that: it
opens at the later reading and closes at the earlier one (RELIABILITY R5.5).
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

_SEARCH_DAYS = 21
_NAMES = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@dataclass(frozen=True, slots=True)
class Week:
    """Calling hours per weekday (0 = Monday): a start and an end, or nothing for a closed day."""

    days: Mapping[int, tuple[time, time]]

    def __str__(self) -> str:
        """Days with the same hours together: `Mon–Fri 09:00–20:00, Sat 09:00–17:00`."""
        spans: list[tuple[int, int, tuple[time, time]]] = []
        for day, window in sorted(self.days.items()):
            if spans and spans[-1][1:] == (day - 1, window):
                spans[-1] = (spans[-1][0], day, window)
            else:
                spans.append((day, day, window))
        return ", ".join(_spell(first, last, window) for first, last, window in spans)


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When a naive wall-clock time first happens; inside a gap, the moment the gap ends."""
    return _readings(local, zone)[0]


def is_open(week: Week, zone: ZoneInfo, start: datetime, end: datetime) -> bool:
    """Whether the whole of [start, end] lies inside one window on this zone's clock."""
    window = _window(week, zone, start.astimezone(zone).date())
    return window is not None and window[0] <= start and end <= window[1]


def next_opening(
    week: Week, zones: Iterable[ZoneInfo], after: datetime, length: timedelta
) -> datetime | None:
    """The first instant from `after` on when [instant, instant + length] is open in every zone.

    None when there is none within three weeks, for example for zones without a common hour.
    """
    zones = list(zones)
    moment = after
    limit = after + timedelta(days=_SEARCH_DAYS)
    while moment < limit:
        later = [_next_in(week, zone, moment, length) for zone in zones]
        if any(instant is None for instant in later):
            return None
        latest = max(instant for instant in later if instant is not None)
        if latest == moment:
            return moment
        moment = latest
    return None


def _spell(first: int, last: int, window: tuple[time, time]) -> str:
    days = _NAMES[first] if first == last else f"{_NAMES[first]}–{_NAMES[last]}"
    return f"{days} {window[0]:%H:%M}–{window[1]:%H:%M}"


def _next_in(week: Week, zone: ZoneInfo, after: datetime, length: timedelta) -> datetime | None:
    day = after.astimezone(zone).date()
    for offset in range(_SEARCH_DAYS):
        window = _window(week, zone, day + timedelta(days=offset))
        if window and max(after, window[0]) + length <= window[1]:
            return max(after, window[0])
    return None


def _window(week: Week, zone: ZoneInfo, day: date) -> tuple[datetime, datetime] | None:
    hours = week.days.get(day.weekday())
    if hours is None:
        return None
    opens = _readings(datetime.combine(day, hours[0]), zone)[1]
    closes = _readings(datetime.combine(day, hours[1]), zone)[0]
    return (opens, closes) if opens < closes else None


def _readings(local: datetime, zone: ZoneInfo) -> tuple[datetime, datetime]:
    """The first and last instant a wall-clock time can mean; in a gap both are the gap's end."""
    early = local.replace(tzinfo=zone, fold=0).astimezone(UTC)
    late = local.replace(tzinfo=zone, fold=1).astimezone(UTC)
    if early <= late:
        return early, late
    return (end := _gap_end(late, early, zone)), end


def _gap_end(before: datetime, after: datetime, zone: ZoneInfo) -> datetime:
    """The transition between two instants, to the second, by halving."""
    old = before.astimezone(zone).utcoffset()
    while after - before > timedelta(milliseconds=400):
        middle = before + (after - before) / 2
        if middle.astimezone(zone).utcoffset() == old:
            before = middle
        else:
            after = middle
    return (after + timedelta(milliseconds=500)).replace(microsecond=0)
