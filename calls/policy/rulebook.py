"""Calling rules as data: `rules/*.toml`, read and checked once at start. Pure."""

import tomllib
from dataclasses import dataclass
from datetime import time
from functools import cache
from pathlib import Path

from calls.lib.hours import Week

_DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class Rule:
    """One jurisdiction's calling rule with where it comes from; `reviewed_by` empty = unreviewed."""

    jurisdiction: str
    version: str
    week: Week
    citation: str
    source: str
    as_of: str
    reviewed_by: str


class WrongRule(ValueError):
    """A rule file cannot be used; the message names file and field."""


@cache
def default_rule() -> Rule:
    """The rule for callees whose jurisdiction has none of its own."""
    return load(Path(__file__).parent / "rules" / "default.toml")


def load(path: Path) -> Rule:
    """Read one rule file. Raises WrongRule."""
    try:
        data = tomllib.loads(path.read_text())
        return Rule(
            jurisdiction=data["jurisdiction"],
            version=data["version"],
            week=_week(data["windows"]),
            citation=data["citation"],
            source=data["source"],
            as_of=str(data["as_of"]),
            reviewed_by=data["reviewed_by"],
        )
    except (KeyError, ValueError) as problem:
        raise WrongRule(f"{path.name}: {problem}") from problem


def _week(windows: object) -> Week:
    if not isinstance(windows, dict) or not windows.keys() <= set(_DAYS):
        raise ValueError(f"windows: {windows} is not a table with days from {', '.join(_DAYS)}")
    return Week({_DAYS.index(day): _window(day, hours) for day, hours in windows.items()})


def _window(day: str, hours: object) -> tuple[time, time]:
    match hours:
        case [str(opens), str(closes)]:
            start, end = time.fromisoformat(opens), time.fromisoformat(closes)
        case _:
            raise ValueError(f'{day}: write two times, like ["09:00", "20:00"], not {hours}')
    if start >= end:
        raise ValueError(f"{day}: {opens} to {closes} ends before it starts")
    return start, end
