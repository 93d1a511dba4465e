"""Public holidays of a country or of one of its parts, as days with names. Pure.

The calendars come from the `holidays` package. What it does not know has no holidays here: rules that
close on them say so in their words, and a tenant's own hours can close more days.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from types import MappingProxyType

import holidays


@dataclass(frozen=True, slots=True)
class ClosedDays:
    """The public holidays of some places (`US`, `US-AL`): a container of days."""

    places: tuple[str, ...]

    def __contains__(self, day: object) -> bool:
        return isinstance(day, date) and bool(self.name(day))

    def name(self, day: date) -> str:
        """Which holiday a day is; empty when it is none."""
        found = (holidays_of(place, day.year).get(day) for place in self.places)
        return next((name for name in found if name), "")


@lru_cache(maxsize=1024)
def holidays_of(place: str, year: int) -> Mapping[date, str]:
    """The public holidays of a place in a year; none where nobody wrote them down.

    Computed whole and then kept: the library's own calendars fill themselves while they are read, which
    two threads must not see half done.
    """
    country, _, part = place.partition("-")
    if not is_known(place):
        return holidays_of(country, year) if part and is_known(country) else MappingProxyType({})
    found = holidays.country_holidays(country, subdiv=part or None, years=year)
    return MappingProxyType({day: name for day, name in found.items() if day.year == year})


@lru_cache(maxsize=512)
def is_known(place: str) -> bool:
    """Whether the calendars know this country, or this part of it."""
    country, _, part = place.partition("-")
    parts = holidays.list_supported_countries().get(country)
    return parts is not None and (not part or part in parts)
