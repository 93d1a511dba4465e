"""The fault matrix (RELIABILITY 8): which rows there are, how each is run, and what its seed does.

A row takes a house, a random generator made from its seed, and how often it does what it does. It fails by an
assertion; whoever runs it heals the house and asks the oracle afterwards.
"""

from collections.abc import Callable
from dataclasses import dataclass
from random import Random

from tests.faults.house import EMBEDDED, POSTGRESQL, House

Run = Callable[[House, Random, int], None]


@dataclass(frozen=True)
class Row:
    """One row. `full` and `short`: how often in `make faults`, and in the suite. `tests`: shown by those."""

    name: str
    what: str
    run: Run | None = None
    full: int = 1
    short: int = 1
    forms: tuple[str, ...] = (POSTGRESQL, EMBEDDED)
    tests: tuple[str, ...] = ()

    def random(self, seed: int) -> Random:
        """The same row with the same seed does the same."""
        return Random(f"{self.name} {seed}")


ROWS: dict[str, Row] = {}


def row(
    name: str, what: str, *, full: int, short: int, forms: tuple[str, ...] = (POSTGRESQL, EMBEDDED)
) -> Callable[[Run], Run]:
    """Enter a function into the matrix."""

    def enter(run: Run) -> Run:
        ROWS[name] = Row(name, what, run, full, short, forms)
        return run

    return enter


def shown_by(name: str, what: str, *tests: str) -> None:
    """A row that tests of the suite show already; `make faults` runs those."""
    ROWS[name] = Row(name, what, tests=tests)


def rows(names: str = "") -> list[Row]:
    """All rows in their order, or those named (`F01,F19`)."""
    from tests.faults import (  # noqa: F401 - each enters its rows
        rows_answers,
        rows_death,
        rows_events,
        rows_keys,
        rows_load,
        rows_stores,
        rows_tests,
    )

    wanted = {name.strip().upper() for name in names.split(",") if name.strip()}
    assert wanted <= ROWS.keys(), f"no such row: {', '.join(sorted(wanted - ROWS.keys()))}"
    return [ROWS[name] for name in sorted(ROWS) if not wanted or name in wanted]
