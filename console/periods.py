"""The stretches of time the overview looks at, on the tenant's clock, and what each is compared with. Pure."""

from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from calls.lib.hours import first_instant

if TYPE_CHECKING:
    from django_stubs_ext import StrOrPromise

HOUR = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Shape:
    """A period one can choose: its days, and how far back (whole weeks) the same weekdays lie."""

    label: "StrOrPromise"
    days: int
    weeks_back: int


TODAY = "today"
SHAPES = {
    TODAY: Shape(_("Today"), 1, 1),
    "week": Shape(_("7 days"), 7, 1),
    "month": Shape(_("30 days"), 30, 5),
}


@dataclass(frozen=True, slots=True)
class Period:
    """Days on the tenant's clock, today the last. Edges are UTC instants and bound the bars of the chart.

    `before` is the same time of the same weekdays earlier, cut where the running hour ends, so that a
    day half over is not held against a whole one.
    """

    name: str
    zone: ZoneInfo
    first: date
    last: date
    edges: tuple[datetime, ...]
    before: tuple[datetime, datetime]
    before_words: str

    @property
    def by_hour(self) -> bool:
        """Whether a bar is an hour; else it is a day."""
        return self.name == TODAY


def period(name: str, *, zone: ZoneInfo, now: datetime) -> Period:
    """The named period (today, week, month) as it stands at `now`; an unknown name means today."""
    name = name if name in SHAPES else TODAY
    shape = SHAPES[name]
    last = now.astimezone(zone).date()
    first = last - timedelta(days=shape.days - 1)
    days = tuple(midnight(first + timedelta(days=n), zone) for n in range(shape.days + 1))
    back = timedelta(weeks=shape.weeks_back)
    hour_end = _hour_end(now, zone)
    until = first_instant(hour_end - back, zone)
    return Period(
        name=name,
        zone=zone,
        first=first,
        last=last,
        edges=_hours(days[0], days[1]) if name == TODAY else days,
        before=(midnight(first - back, zone), until),
        before_words=_words(name, hour_end),
    )


def midnight(day: date, zone: ZoneInfo) -> datetime:
    """The instant at which a day begins on this clock, also where its midnight is skipped."""
    return first_instant(datetime.combine(day, time.min), zone).astimezone(UTC)


def slot_names(chosen: Period) -> list[tuple[str, str]]:
    """For each bar the short label under it and its full name, zone included."""
    names = []
    for since, until in pairwise(chosen.edges):
        start, end = since.astimezone(chosen.zone), until.astimezone(chosen.zone)
        day = date_format(start, "D j M")
        if chosen.by_hour:
            names.append((f"{start:%H:%M}", f"{day}, {start:%H:%M}–{end:%H:%M} {start:%Z}"))
        else:
            names.append((date_format(start, "j M"), day))
    return names


def _hour_end(now: datetime, zone: ZoneInfo) -> datetime:
    """The end of the running hour as this wall clock shows it, without a zone."""
    local = now.astimezone(zone).replace(tzinfo=None)
    return local.replace(minute=0, second=0, microsecond=0) + HOUR


def _hours(start: datetime, end: datetime) -> tuple[datetime, ...]:
    edges = [start]
    while edges[-1] + HOUR < end:
        edges.append(edges[-1] + HOUR)
    return (*edges, end)


def _words(name: str, hour_end: datetime) -> str:
    if name == TODAY:
        day = date_format(hour_end - HOUR, "l")
        by = gettext("24:00") if hour_end.hour == 0 else f"{hour_end:%H:%M}"
        return gettext("last %(day)s by %(hour)s") % {"day": day, "hour": by}
    if name == "week":
        return gettext("in the 7 days before")
    return gettext("in the 30 days 5 weeks back")
