"""Arithmetic of local hours across daylight-saving changes. Pure; every instant is UTC.

A wall-clock time may happen never (spring gap) or twice (autumn fold). A window never grows by that: it
opens at the later reading and closes at the earlier one (RELIABILITY R5.5).
"""

from collections.abc import Container, Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

Window = tuple[time, time]

ALL_DAY: Window = (time.min, time.max)
DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
_SEARCH_DAYS = 28


@dataclass(frozen=True, slots=True)
class Week:
    """Calling hours per weekday (0 = Monday): a start and an end, or nothing for a closed day."""

    days: Mapping[int, Window]

    def __str__(self) -> str:
        """Days with the same hours together: `Mon–Fri 09:00–20:00, Sat 09:00–17:00`."""
        spans: list[tuple[int, int, Window]] = []
        for day, window in sorted(self.days.items()):
            if spans and spans[-1][1:] == (day - 1, window):
                spans[-1] = (spans[-1][0], day, window)
            else:
                spans.append((day, day, window))
        return ", ".join(_spell(first, last, window) for first, last, window in spans)


@dataclass(frozen=True, slots=True)
class Hours:
    """What one rule allows: a week (None: any hour), never on `closed` days, on days it is in force."""

    week: Week | None
    closed: Container[date] = field(default=frozenset())
    since: date = date.min
    until: date = date.max

    def on(self, day: date) -> Window | None:
        """The window of a local day; None when it is closed, the whole day when nothing is said."""
        if not self.since <= day <= self.until:
            return ALL_DAY
        if day in self.closed:
            return None
        return self.week.days.get(day.weekday()) if self.week else ALL_DAY


@dataclass(frozen=True, slots=True)
class Clock:
    """A zone's clock with all the hours that apply to whoever lives by it."""

    zone: ZoneInfo
    hours: tuple[Hours, ...]

    def window(self, day: date) -> tuple[datetime, datetime] | None:
        """When the local day is open, as instants: what every rule allows, or None."""
        common = common_window(hours.on(day) for hours in self.hours)
        return _instants(self.zone, day, common) if common else None


def read_week(table: object) -> Week:
    """A week from data: `{"mon-fri": ["09:00", "20:00"], "sat": […]}`. Raises ValueError naming the day."""
    if not isinstance(table, dict):
        raise ValueError("write a table of days, like {mon-fri = [...]}")
    days: dict[int, Window] = {}
    for name, hours in table.items():
        for day in _days_of(str(name)):
            if day in days:
                raise ValueError(f"{name}: {DAYS[day]} is given twice")
            days[day] = _read_window(str(name), hours)
    return Week(days)


def common_window(windows: Iterable[Window | None]) -> Window | None:
    """The hours of a day that all of these allow: the latest start and the earliest end."""
    start, end = ALL_DAY
    for window in windows:
        if window is None:
            return None
        start, end = max(start, window[0]), min(end, window[1])
    return (start, end) if start < end else None


def first_instant(local: datetime, zone: ZoneInfo) -> datetime:
    """When a naive wall-clock time first happens; inside a gap, the moment the gap ends."""
    return _readings(local, zone)[0]


def is_open(clock: Clock, start: datetime, end: datetime) -> bool:
    """Whether the whole of [start, end) lies inside one window on this clock."""
    window = clock.window(start.astimezone(clock.zone).date())
    return window is not None and window[0] <= start and end <= window[1]


def next_opening(clocks: Iterable[Clock], after: datetime, length: timedelta) -> datetime | None:
    """The first instant from `after` on when [instant, instant + length) is open on every clock.

    None when there is none within four weeks, for example for zones without a common hour.
    """
    clocks = list(clocks)
    moment = after
    limit = after + timedelta(days=_SEARCH_DAYS)
    while moment < limit:
        latest = moment
        for clock in clocks:
            opening = _next_on(clock, latest, length)
            if opening is None:
                return None
            latest = opening
        if latest == moment:
            return moment
        moment = latest
    return None


def _spell(first: int, last: int, window: Window) -> str:
    names = [DAYS[day].title() for day in (first, last)]
    days = names[0] if first == last else "–".join(names)
    return f"{days} {window[0]:%H:%M}–{window[1]:%H:%M}"


def _days_of(name: str) -> range:
    first, _, last = name.partition("-")
    if first not in DAYS or (last or first) not in DAYS:
        raise ValueError(f"{name}: write days like {', '.join(DAYS)} or mon-fri")
    start, end = DAYS.index(first), DAYS.index(last or first)
    if start > end:
        raise ValueError(f"{name}: a week begins with mon and ends with sun")
    return range(start, end + 1)


def _read_window(day: str, hours: object) -> Window:
    match hours:
        case [str(opens), str(closes)]:
            pass
        case _:
            raise ValueError(f'{day}: write two times, like ["09:00", "20:00"], not {hours}')
    try:
        start, end = (datetime.strptime(text, "%H:%M").time() for text in (opens, closes))  # noqa: DTZ007
    except ValueError:
        raise ValueError(f"{day}: {opens} to {closes} are not two times like 09:00") from None
    if start >= end:
        raise ValueError(f"{day}: {opens} to {closes} ends before it starts")
    return start, end


def _next_on(clock: Clock, after: datetime, length: timedelta) -> datetime | None:
    day = after.astimezone(clock.zone).date()
    for offset in range(_SEARCH_DAYS):
        window = clock.window(day + timedelta(days=offset))
        if window and max(after, window[0]) + length <= window[1]:
            return max(after, window[0])
    return None


@lru_cache(maxsize=16384)
def _instants(zone: ZoneInfo, day: date, window: Window) -> tuple[datetime, datetime] | None:
    opens = _readings(datetime.combine(day, window[0]), zone)[1]
    closes = _readings(datetime.combine(day, window[1]), zone)[0]
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
