"""Countries and states by name, and the clocks their people live by, for people to read.

Names and zones come from the lists that travel with the zone files.
"""

from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from calls.lib import north_america
from calls.policy.rulefile import EVERYWHERE


def name_of(place: str) -> str:
    """How a jurisdiction is called: `Canada`, `US-FL`, `European Union`; the code where nobody knows."""
    special = {EVERYWHERE: "Everywhere", "EU": "European Union", "GB": "United Kingdom"}
    return special.get(place) or _names().get(place, place)


def clocks_of(place: str, now: datetime) -> list[ZoneInfo]:
    """One zone for each time it is in a place now, in the order people name them."""
    zones = sorted(north_america.clocks_in(place)) if "-" in place else _zones().get(place, [])
    shown: dict[datetime, ZoneInfo] = {}
    for name in zones:
        zone = ZoneInfo(name)
        shown.setdefault(now.astimezone(zone).replace(tzinfo=None), zone)
    return list(shown.values())


def _rows(file: str) -> list[list[str]]:
    text = resources.files("tzdata").joinpath("zoneinfo", file).read_text(encoding="utf-8")
    return [line.split("\t") for line in text.splitlines() if line and not line.startswith("#")]


@cache
def _names() -> dict[str, str]:
    return {row[0]: row[1] for row in _rows("iso3166.tab")}


@cache
def _zones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, _place, zone, *_comment in _rows("zone.tab"):
        found.setdefault(code, []).append(zone)
    return found
