"""Rule files for tests, and a book that is put back afterwards."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from calls.policy import rulebook
from calls.policy.rulebook import Book

FLORIDA = """
[[rule]]
id = "us-fl-hours"
jurisdiction = "US-FL"
purposes = ["marketing"]
citation = "Fla. Stat. 501.059"
source = "https://example.org/501.059"
as_of = 2026-11-24
reviewed_by = "Alice"
holidays = true
consent = "written"
caps = [{ most = 3, hours = 24 }]
registries = [{ name = "us-fl-dnc", max_age_days = 90 }]
opt_out = true
effective_from = 2026-01-01
effective_to = 2026-12-31
note = "Made up"

[rule.windows]
mon-fri = ["08:00", "20:00"]
sun = ["12:00", "18:30"]
"""
US = """
[[rule]]
id = "us-hours"
jurisdiction = "US"
citation = "47 CFR 64.1200(c)(1)"
source = "the text itself"
as_of = 2026-12-01
reviewed_by = "Alice"

[rule.windows]
mon-sun = ["08:00", "21:00"]
"""

Opened = Callable[[str], Book]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Opened]:
    """Judge by our rules and by these further rows, until the test ends."""

    def open_with(text: str) -> Book:
        (tmp_path / "own.toml").write_text(text)
        return rulebook.open_book(tmp_path)

    yield open_with
    rulebook.open_book()
