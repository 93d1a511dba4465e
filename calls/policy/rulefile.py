"""One row of law and how a file of rows is read: whole and right, or not at all. Pure.

docs/rules.md explains each field to people.
"""

import re
import tomllib
from collections.abc import Callable, Container
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import Any, NamedTuple

from calls.lib.hours import Hours, Week, read_week
from calls.lib.public_holidays import ClosedDays, is_known

TRANSACTIONAL, MARKETING = "transactional", "marketing"
PURPOSES = (TRANSACTIONAL, MARKETING)
# From none to the strongest; a later one counts for the ones before it.
CONSENTS = ("", "express", "written")
EVERYWHERE = "*"


class Cap(NamedTuple):
    """At most so many calls to one person in any so many hours, and which rule says so."""

    most: int
    hours: int
    source: str = ""


class Registry(NamedTuple):
    """A do-not-call registry that must be asked, and how old our copy may be."""

    name: str
    max_age_days: int


@dataclass(frozen=True, slots=True)
class Rule:
    """One row of law with where it comes from; `reviewed_by` empty: nobody vouches for it yet."""

    id: str
    jurisdiction: str
    citation: str
    source: str
    as_of: date
    reviewed_by: str
    purposes: tuple[str, ...] = PURPOSES
    week: Week | None = None
    holidays: bool = False
    caps: tuple[Cap, ...] = ()
    consent: str = ""
    registries: tuple[Registry, ...] = ()
    opt_out: bool = False
    names_business: bool = False
    discloses_ai: bool = False
    effective_from: date | None = None
    effective_to: date | None = None
    note: str = ""

    @property
    def words(self) -> str:
        """How a sentence names it: `US-FL (…)`."""
        return f"{self.jurisdiction} ({self.citation})" if self.is_local else self.citation

    @property
    def is_local(self) -> bool:
        """Whether it is some place's own rule, not the one for everywhere."""
        return self.jurisdiction != EVERYWHERE

    def in_force(self, day: date) -> bool:
        """Whether it applies on a day; both ends are included."""
        return (self.effective_from or date.min) <= day <= (self.effective_to or date.max)

    def hours(self, places: tuple[str, ...]) -> Hours | None:
        """What it says about the clock of somebody in `places`; None when it says nothing."""
        if self.week is None and not self.holidays:
            return None
        here = [place for place in places if place.startswith(f"{self.jurisdiction}-")]
        closed = ClosedDays((self.jurisdiction, *here) if self.is_local else places)
        return Hours(
            self.week,
            closed if self.holidays else frozenset(),
            self.effective_from or date.min,
            self.effective_to or date.max,
        )


class WrongRule(ValueError):
    """A rule file cannot be used; the message names file, line and field."""


class _Wrong(ValueError):
    """A field of one row cannot be used."""

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(problem)
        self.field = field


def read_file(
    path: Path, *, taken: Container[str] = (), replaces: Container[str] = ()
) -> list[Rule]:
    """Every row of a rule file, in its order. Raises WrongRule.

    Ids in `taken` stand in another file of the same folder; a row whose id is in `replaces` takes the
    place of one of ours, so somebody must vouch for it.
    """
    try:
        text = path.read_bytes().decode()
        data = tomllib.loads(text)
    except OSError as problem:
        raise WrongRule(f"{path}: cannot be read ({problem.strerror}).") from None
    except UnicodeDecodeError as problem:
        line = problem.object[: problem.start].count(b"\n") + 1
        raise WrongRule(f"{path}, line {line}: this is not UTF-8 text.") from None
    except tomllib.TOMLDecodeError as problem:
        raise WrongRule(f"{path}, {_place_of(problem)}: {problem}.") from None
    seen = set[str]()
    rules = []
    for number, row in enumerate(_rows(path, text, data), start=1):
        try:
            rule = _read_row(row)
            _check_id(rule, taken=taken, seen=seen, replaces=replaces)
        except _Wrong as wrong:
            line = _line_of(text, number, wrong.field)
            raise WrongRule(f"{path}, line {line}, {wrong.field}: {wrong}.") from None
        seen.add(rule.id)
        rules.append(rule)
    return rules


def _place_of(problem: tomllib.TOMLDecodeError) -> str:
    at = re.search(r"line (\d+)", str(problem))
    return f"line {at[1]}" if at else "the last line"


def _rows(path: Path, text: str, data: dict[str, Any]) -> list[dict[str, Any]]:
    rows = data.get("rule")
    strange = sorted(data.keys() - {"rule"})
    if strange or not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        line = _line_of_table(text, strange[0] if strange else "rule")
        raise WrongRule(
            f"{path}, line {line}: a rule file holds rows called [[rule]], nothing else."
        )
    return rows


def _check_id(
    rule: Rule, *, taken: Container[str], seen: set[str], replaces: Container[str]
) -> None:
    if rule.id in seen or rule.id in taken:
        where = "file" if rule.id in seen else "folder"
        raise _Wrong("id", f"{rule.id} is given twice in this {where}")
    if rule.id in replaces and not rule.reviewed_by:
        raise _Wrong("reviewed_by", f"this row takes the place of our {rule.id}: name its reviewer")


def _line_of(text: str, number: int, field: str) -> int:
    """Where a field of the n-th row stands; its row's first line when it is missing."""
    row, header, table, found = 0, 1, "", 0
    for line, content in enumerate(text.splitlines(), start=1):
        if re.match(r"\s*\[\[\s*rule\s*\]\]", content):
            row, table = row + 1, ""
            header = line if row == number else header
        elif opened := re.match(r"\s*\[\s*rule\.(\w+)\s*\]", content):
            table = f"{opened[1]}."
        key = re.match(r"""\s*["']?([\w*-]+)["']?\s*=""", content)
        name = table + key[1] if key else table.rstrip(".")
        if row == number and not found and (name == field or field.startswith(f"{name}.")):
            found = line
        if row == number and name == field:
            return line
    return found or header


def _line_of_table(text: str, name: str) -> int:
    lines = enumerate(text.splitlines(), start=1)
    return next((n for n, line in lines if re.match(rf"[\[\s]*{re.escape(name)}\b", line)), 1)


def _read_row(row: dict[str, Any]) -> Rule:
    strange = sorted(row.keys() - _READERS.keys() - {"windows"})
    if strange:
        raise _Wrong(strange[0], f"no such field; there are {', '.join(sorted(_READERS))}, windows")
    missing = [name for name in _NEEDED if name not in row]
    if missing:
        raise _Wrong(missing[0], "this field is missing")
    fields = {name: _read(name, value) for name, value in row.items() if name != "windows"}
    rule = Rule(**fields, week=_read_windows(row["windows"]) if "windows" in row else None)
    _check(rule)
    return rule


def _check(rule: Rule) -> None:
    """What no single field shows."""
    if rule.effective_from and rule.effective_to and rule.effective_to < rule.effective_from:
        raise _Wrong("effective_to", f"{rule.effective_to} is before {rule.effective_from}")
    if rule.holidays and rule.is_local and not is_known(rule.jurisdiction):
        raise _Wrong("holidays", f"nobody knows the public holidays of {rule.jurisdiction}")
    demands = (rule.week, rule.holidays, rule.caps, rule.consent, rule.registries)
    duties = (rule.opt_out, rule.names_business, rule.discloses_ai, rule.note)
    if not any((*demands, *duties)):
        raise _Wrong("id", "this row asks for nothing, so its note must say what it is for")


def _read(name: str, value: Any) -> Any:
    try:
        return _READERS[name](value)
    except (ValueError, TypeError, KeyError) as problem:
        raise _Wrong(name, str(problem)) from None


def _read_windows(value: Any) -> Week:
    try:
        return read_week(value)
    except ValueError as problem:
        day, colon, words = str(problem).partition(": ")
        raise _Wrong(f"windows.{day}" if colon else "windows", words or day) from None


def _shaped(pattern: str, like: str) -> Callable[[Any], str]:
    def read(value: Any) -> str:
        if not isinstance(value, str) or not re.fullmatch(pattern, value, re.ASCII):
            raise ValueError(f"write it like {like}, not {value!r}")
        return value

    return read


def _words(value: Any) -> str:
    if not isinstance(value, str) or not value.strip():
        raise ValueError(f"write words, not {value!r}")
    return value.strip()


def _maybe_words(value: Any) -> str:
    return "" if value == "" else _words(value)


def _truth(value: Any) -> bool:
    if not isinstance(value, bool):
        raise ValueError(f"write true or false, not {value!r}")
    return value


def _day(value: Any) -> date:
    if not isinstance(value, date) or isinstance(value, datetime):
        raise ValueError(f"write a day like 2026-11-25, without quotes, not {value!r}")
    return value


def _count(value: Any, most: int) -> int:
    if not isinstance(value, int) or isinstance(value, bool) or not 1 <= value <= most:
        raise ValueError(f"write a whole number from 1 to {most}, not {value!r}")
    return value


def _one_of(choices: tuple[str, ...], value: Any) -> str:
    if value not in choices:
        raise ValueError(f"write one of {', '.join(map(repr, choices))}, not {value!r}")
    return str(value)


def _purposes(value: Any) -> tuple[str, ...]:
    if not isinstance(value, list) or not value:
        raise ValueError(f"write a list of {' and '.join(PURPOSES)}, not {value!r}")
    return tuple(_one_of(PURPOSES, purpose) for purpose in value)


def _tables(value: Any, keys: set[str]) -> list[dict[str, Any]]:
    if not isinstance(value, list) or any(
        not isinstance(table, dict) or table.keys() != keys for table in value
    ):
        raise ValueError(f"write a list of tables with {' and '.join(sorted(keys))}, not {value!r}")
    return value


def _caps(value: Any) -> tuple[Cap, ...]:
    tables = _tables(value, {"most", "hours"})
    return tuple(Cap(_count(t["most"], 1000), _count(t["hours"], 744)) for t in tables)


def _registries(value: Any) -> tuple[Registry, ...]:
    tables = _tables(value, {"name", "max_age_days"})
    return tuple(Registry(_slug(t["name"]), _count(t["max_age_days"], 366)) for t in tables)


_slug = _shaped(r"[a-z0-9]+(-[a-z0-9]+)*", "us-national")
_NEEDED = ("id", "jurisdiction", "citation", "source", "as_of", "reviewed_by")
_READERS: dict[str, Callable[[Any], Any]] = {
    "id": _slug,
    "jurisdiction": _shaped(r"\*|[A-Z]{2}(-[A-Z0-9]{1,3})?", "US, US-FL or *"),
    "citation": _words,
    "source": _words,
    "as_of": _day,
    "reviewed_by": _maybe_words,
    "purposes": _purposes,
    "holidays": _truth,
    "caps": _caps,
    "consent": lambda value: _one_of(CONSENTS, value),
    "registries": _registries,
    "opt_out": _truth,
    "names_business": _truth,
    "discloses_ai": _truth,
    "effective_from": _day,
    "effective_to": _day,
    "note": _words,
}
