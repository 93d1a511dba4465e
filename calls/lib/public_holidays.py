"""Public holidays of a country or of one of its parts, as days with names. Pure.

The calendars come from the `holidays` package, of which only the public holidays count: no half days, no
bank's, school's or optional ones. What it does not know has no holidays here: rules that close on them say
so in their words, and a tenant's own hours can close more days.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays

from calls.lib.phone import group_of, regions_of

_NAMED_PLACES = 3


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The public holidays of all places somebody may be in (`US`, `US-AL`): a container of days.

    National holidays count, and those of the parts that are named beside a country. Where none is, nobody
    knows the part, and a holiday of any part closes the day (RELIABILITY R5.2).
    """

    places: tuple[str, ...]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and day in closed_days(self.places, day.year)

    def name(self, day: date) -> str:
        """Which holiday a day is, and where: `Easter Monday (GB-ENG, GB-WLS)`; empty when it is none."""
        return closed_days(self.places, day.year).get(day, "")


@lru_cache(maxsize=4096)
def closed_days(places: tuple[str, ...], year: int) -> Mapping[date, str]:
    """The public holidays of all these places in a year, each with its name and where it is one."""
    found: dict[date, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for place in candidates(places):
        country = group_of(_country_of(place))
        for day, name in holidays_of(place, year).items():
            national = holidays_of(country, year).get(day) == name
            found[day][name].append(country if national else place)
    return MappingProxyType({day: _words(names) for day, names in found.items()})


def candidates(places: Iterable[str]) -> list[str]:
    """Every place with a calendar of its own that somebody in `places` may be in, the countries first."""
    read = [place if is_known(place) else _country_of(place) for place in places]
    parts = [place for place in read if "-" in place]
    countries = [c for c in dict.fromkeys(map(_country_of, read)) if is_known(c)]
    inside = {_country_of(part) for part in parts}
    anywhere = [
        part for country in countries if country not in inside for part in _parts_of(country)
    ]
    return list(dict.fromkeys((*countries, *parts, *anywhere)))


@lru_cache(maxsize=4096)
def holidays_of(place: str, year: int) -> Mapping[date, str]:
    """What the calendar of one place says about a year; of a country, the national ones.

    Computed whole and then kept: the library's own calendars fill themselves while they are read, which
    two threads must not see half done.
    """
    country, _, part = place.partition("-")
    if not is_known(place):
        return MappingProxyType({})
    found = _calendar(country, part, year)
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


@lru_cache(maxsize=512)
def is_known(place: str) -> bool:
    """Whether the calendars know this country, or this part of it."""
    country, _, part = place.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts)


def _country_of(place: str) -> str:
    return place.partition("-")[0]


def _parts_of(country: str) -> Iterator[str]:
    """Every part with its own calendar, and the regions dialled like the country (`GG` with `GB`).

    Not those whose numbers always say so: one that does not name Puerto Rico is not there.
    """
    others = sorted(regions_of(country) - {country})
    parts = holidays.list_supported_countries()[country]
    yield from (f"{country}-{part}" for part in parts if part not in others)
    yield from (region for region in others if is_known(region) and region not in parts)


def _calendar(country: str, part: str, year: int) -> Mapping[date, str]:
    # Named alike on every machine, whatever language it speaks; a calendar without English keeps its own.
    calendar = holidays.country_holidays(
        country,
        subdiv=part or None,
        years=year,
        categories=(holidays.PUBLIC,),
        language="en_US",
    )
    return dict(calendar.items())


def _words(names: Mapping[str, list[str]]) -> str:
    """The holiday of the most places, and where it is one."""
    name = max(names, key=lambda each: len(names[each]))
    places = list(dict.fromkeys(names[name]))
    more = len(places) - _NAMED_PLACES
    shown = ", ".join(places[:_NAMED_PLACES]) + (f" and {more} more" if more > 0 else "")
    return f"{name} ({shown})"
