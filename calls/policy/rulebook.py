"""Rules of law as data: the book of all rows, and the law for one call. Pure.

A call meets every row of every place its callee may be in, and the strictest of each counts (RELIABILITY
R5.2). The house default stands beside a country's rows until a reviewed one takes its place, so a row
nobody vouches for can only tighten. Nothing here is legal advice. docs/rules.md explains the rows.
"""

import hashlib
from collections.abc import Container, Iterable
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache
from pathlib import Path

from calls.lib.hours import Hours, Week, common_window
from calls.policy.rulefile import (
    CONSENTS,
    EVERYWHERE,
    PURPOSES,
    Cap,
    Registry,
    Rule,
    WrongRule,
    read_file,
)

OURS = Path(__file__).parent / "rules"
# Rules of a union of countries are no country's own rules.
UNIONS = frozenset({"EU"})


@dataclass(frozen=True, eq=False)
class Book:
    """Every row this installation judges by, and the version receipts name."""

    rules: tuple[Rule, ...]
    version: str


@dataclass(frozen=True, slots=True)
class Bound:
    """Hours a call must keep, and the rule that says so (None: the tenant's own)."""

    rule: Rule | None
    hours: Hours

    @property
    def words(self) -> str:
        """Who says so, for a sentence."""
        return self.rule.words if self.rule else "the tenant's own calling hours"


@dataclass(frozen=True, slots=True)
class Law:
    """All that applies to one call. `rules` are in force on its day; `bounds` know their own days."""

    rules: tuple[Rule, ...]
    version: str
    on: date
    bounds: tuple[Bound, ...]
    own: Week | None = None

    @property
    def hours(self) -> tuple[Hours, ...]:
        """What the callee's clock is held against."""
        return tuple(bound.hours for bound in self.bounds)

    @property
    def week(self) -> Week:
        """The hours all rules in force allow, holidays left out; for people to read."""
        weeks = [rule.week for rule in self.rules if rule.week]
        weeks += [self.own] if self.own else []
        common = {d: common_window(week.days.get(d) for week in weeks) for d in range(7)}
        return Week({day: window for day, window in common.items() if window})

    @property
    def citations(self) -> str:
        """The rules in force that say something about the clock, for people to read."""
        named = [bound.words for bound in self.bounds if self._holds(bound)]
        return "; ".join(dict.fromkeys(named))

    @property
    def caps(self) -> tuple[Cap, ...]:
        """How often one person may be called: the fewest for each length of time."""
        found: dict[int, Cap] = {}
        for rule in self.rules:
            for cap in rule.caps:
                if cap.hours not in found or cap.most < found[cap.hours].most:
                    found[cap.hours] = cap._replace(source=rule.words)
        return tuple(found[hours] for hours in sorted(found))

    @property
    def consent(self) -> str:
        """Which consent must stand on record: none (empty), `express` or `written`."""
        return max((rule.consent for rule in self.rules), key=CONSENTS.index, default="")

    @property
    def registries(self) -> tuple[Registry, ...]:
        """Which registries must be asked, each with the youngest age any rule demands."""
        ages: dict[str, int] = {}
        for rule in self.rules:
            for name, age in rule.registries:
                ages[name] = min(age, ages.get(name, age))
        return tuple(Registry(name, ages[name]) for name in sorted(ages))

    @property
    def opt_out(self) -> bool:
        """Whether the greeting must offer a way to be called no more."""
        return any(rule.opt_out for rule in self.rules)

    @property
    def names_business(self) -> bool:
        """Whether the greeting must name the business."""
        return any(rule.names_business for rule in self.rules)

    @property
    def discloses_ai(self) -> bool:
        """Whether the greeting must say that a machine speaks."""
        return any(rule.discloses_ai for rule in self.rules)

    def _holds(self, bound: Bound) -> bool:
        return bound.rule is None or bound.rule.in_force(self.on)


def open_book(own: Path | None = None) -> Book:
    """Read every row of ours and of the folder `own`, and judge by them from now on. Raises WrongRule.

    A row of `own` takes the place of ours with the same id; so an installation names its reviewer.
    """
    global _book
    rows = _read_folder(OURS)
    if own is not None:
        if not own.is_dir():
            raise WrongRule(f"{own}: RULES_DIR names no folder.")
        rows |= _read_folder(own, replaces=rows)
    read = Book(tuple(rows.values()), _version(rows.values()))
    _must_cover_everywhere(read)
    _book = read
    return read


def book() -> Book:
    """The book in force: the one opened at start, or ours alone."""
    return _book or open_book()


def all_rules() -> tuple[Rule, ...]:
    """Every row, whether it is in force today or not."""
    return book().rules


def law_for(
    *, jurisdictions: Iterable[str], purpose: str, on: date, own: Week | None = None
) -> Law:
    """The law for a call to somebody who may be in all of `jurisdictions`, on the callee's day `on`.

    `own` is the tenant's own week, which only tightens.
    """
    law = _law(book(), tuple(dict.fromkeys(jurisdictions)), purpose, on)
    if own is None:
        return law
    return replace(law, own=own, bounds=(*law.bounds, Bound(None, Hours(own))))


_book: Book | None = None


def _read_folder(folder: Path, replaces: Container[str] = ()) -> dict[str, Rule]:
    rules: dict[str, Rule] = {}
    for path in sorted(folder.glob("*.toml")):
        found = read_file(path, taken=rules, replaces=replaces)
        rules |= {rule.id: rule for rule in found}
    return rules


def _must_cover_everywhere(book: Book) -> None:
    """Without a default, a place nobody wrote about could be called at any hour."""
    always = [r for r in book.rules if not (r.is_local or r.effective_from or r.effective_to)]
    covered = {purpose for rule in always if rule.week for purpose in rule.purposes}
    if covered != set(PURPOSES):
        raise WrongRule(
            "No rule for * gives windows to every purpose at all times; keep our default."
        )


def _version(rules: Iterable[Rule]) -> str:
    """The newest as-of day and a fingerprint of all that is said; comments and order say nothing."""
    rows = sorted(repr(rule) for rule in rules)
    digest = hashlib.sha256("\n".join(rows).encode()).hexdigest()
    return f"{max(rule.as_of for rule in rules):%Y-%m-%d}-{digest[:10]}"


@lru_cache(maxsize=4096)
def _law(book: Book, places: tuple[str, ...], purpose: str, on: date) -> Law:
    # A purpose nobody knows meets the rules of every purpose.
    asked = [r for r in book.rules if purpose in r.purposes or purpose not in PURPOSES]
    rules = [rule for rule in asked if rule.jurisdiction in places]
    if not _vouched_for(rules, places, on):
        rules += [rule for rule in asked if not rule.is_local]
    bounds = [(rule, rule.hours(places)) for rule in _narrowest_first(rules)]
    return Law(
        rules=tuple(rule for rule in rules if rule.in_force(on)),
        version=book.version,
        on=on,
        bounds=tuple(Bound(rule, hours) for rule, hours in bounds if hours),
    )


def _vouched_for(rules: list[Rule], places: tuple[str, ...], on: date) -> bool:
    """Whether each country's own calling hours were reviewed, so that the default may step back."""
    reviewed = {
        rule.jurisdiction
        for rule in rules
        if rule.reviewed_by and rule.week and rule.in_force(on) and rule.effective_to is None
    }
    countries = {place for place in places if _is_country(place)}
    return bool(countries) and countries <= reviewed


def _is_country(place: str) -> bool:
    return "-" not in place and place not in UNIONS and place != EVERYWHERE


def _narrowest_first(rules: list[Rule]) -> list[Rule]:
    """A state before its country before everywhere: a refusal names the one closest to the callee."""
    return sorted(rules, key=lambda rule: (not rule.is_local, len(rule.jurisdiction) == 2))
