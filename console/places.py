"""Countries and states by name, and the clocks their people live by, for people to read.

Names and zones come from the lists that travel with the zone files.
"""

from datetime import datetime
from functools import cache
from importlib import resources
from zoneinfo import ZoneInfo

from calls.lib import north_america
from calls.policy.rulefile import EVERYWHERE

# The states by code, as their people write them.
_STATES = """
    AL Alabama, AK Alaska, AZ Arizona, AR Arkansas, CA California, CO Colorado, CT Connecticut,
    DE Delaware, DC District of Columbia, FL Florida, GA Georgia, HI Hawaii, ID Idaho,
    IL Illinois, IN Indiana, IA Iowa, KS Kansas, KY Kentucky, LA Louisiana, ME Maine,
    MD Maryland, MA Massachusetts, MI Michigan, MN Minnesota, MS Mississippi, MO Missouri,
    MT Montana, NE Nebraska, NV Nevada, NH New Hampshire, NJ New Jersey, NM New Mexico,
    NY New York, NC North Carolina, ND North Dakota, OH Ohio, OK Oklahoma, OR Oregon,
    PA Pennsylvania, RI Rhode Island, SC South Carolina, SD South Dakota, TN Tennessee, TX Texas,
    UT Utah, VT Vermont, VA Virginia, WA Washington, WV West Virginia, WI Wisconsin, WY Wyoming
"""


def name_of(place: str) -> str:
    """How a jurisdiction is called: `Canada`, `Florida`, `European Union`; the code where nobody knows."""
    special = {EVERYWHERE: "Everywhere", "EU": "European Union", "GB": "United Kingdom"}
    return special.get(place) or _states().get(place) or _names().get(place, place)


def spelled(place: str) -> str:
    """A code with its name, `CA, Canada`; the code alone where nobody knows its name."""
    name = name_of(place)
    return place if name == place or place == EVERYWHERE else f"{place}, {name}"


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
def _states() -> dict[str, str]:
    return {f"US-{row[:2]}": row[3:] for row in " ".join(_STATES.split()).split(", ")}


@cache
def _zones() -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for code, _place, zone, *_comment in _rows("zone.tab"):
        found.setdefault(code, []).append(zone)
    return found
