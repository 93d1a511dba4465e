"""Where a North American area code lies: its states and its clocks. Pure.

The metadata of numbers often knows only an area code's usual zone. The candidates are therefore every zone
it knows for any exchange of the code, and those of our own table, `north_america.toml` (RELIABILITY 5.4).
"""

import tomllib
from collections import defaultdict
from functools import cache
from pathlib import Path
from typing import Any

from phonenumbers.tzdata import TIMEZONE_DATA

_DIGITS = 4  # the country code and the area code
_AREA_CODES = range(200, 1000)


def clocks_of(area_code: str) -> frozenset[str]:
    """Every zone that somebody with this area code may live by; empty for a code of no place."""
    return _clocks().get(area_code, frozenset())


def states_of(area_code: str) -> tuple[str, ...]:
    """The US states a code may lie in, as `US-FL`; all of them for one that nobody wrote down."""
    table = _data()
    if int(area_code) in table["places_without_state"]:
        return ()
    found = [state for state, codes in table["states"].items() if int(area_code) in codes]
    return tuple(f"US-{state}" for state in found or table["states"])


def clocks_in(state: str) -> frozenset[str]:
    """Every zone somebody with a number of a state (`US-FL`) may live by; empty for what is no state."""
    codes = _data()["states"].get(state.removeprefix("US-"), ())
    return frozenset().union(*(clocks_of(str(code)) for code in codes))


@cache
def _data() -> dict[str, Any]:
    path = Path(__file__).with_suffix(".toml")
    return tomllib.loads(path.read_text(encoding="utf-8"))


@cache
def _clocks() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for prefix, zones in TIMEZONE_DATA.items():
        if prefix.startswith("1") and len(prefix) >= _DIGITS:
            found[prefix[1:_DIGITS]].update(zones)
    for row in _data()["clocks"]:
        for code in row["codes"]:
            found[str(code)].update(row["zones"])
    return {code: frozenset(zones) for code, zones in found.items() if int(code) in _AREA_CODES}
