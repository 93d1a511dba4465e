"""Every row of the fault matrix, a few times each, against real processes; `make faults` does each often.

The seed is the day's, so that each day tries something else; it is printed with a failure.
"""

import os
import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest

from tests.faults.__main__ import hurt
from tests.faults.house import FORMS, House, folder, forget
from tests.faults.matrix import Row, rows
from tests.house.source import ROOT

SEED = int(os.environ.get("SEED") or datetime.now(UTC).strftime("%Y%m%d"))
PAIRS = [
    pytest.param(form, row, marks=pytest.mark.xdist_group(form), id=f"{row.name}-{form}")
    for form in FORMS
    for row in rows()
    if row.run and form in row.forms
]


@pytest.fixture(scope="session")
def houses() -> Iterator[dict[str, House]]:
    """The houses of this process, by form; started when a row needs one."""
    found: dict[str, House] = {}
    yield found
    for house in found.values():
        forget(house)


@pytest.fixture
def house(houses: dict[str, House], form: str) -> House:
    if form not in houses:
        houses[form] = House(form, folder()).start()
    return houses[form]


@pytest.mark.services
@pytest.mark.parametrize(("form", "row"), PAIRS)
def test_row(house: House, form: str, row: Row, record_property: Any) -> None:
    record_property("seed", SEED)
    try:
        hurt(house, row, SEED, row.short)
    except Exception as problem:
        problem.add_note(f"again with: make faults ROW={row.name} SEED={SEED} FORM={form}")
        raise


def test_the_matrix_is_whole() -> None:
    assert [row.name for row in rows()] == [f"F{number:02}" for number in range(1, 37)]


def test_every_row_has_a_way_to_show_it() -> None:
    assert [row.name for row in rows() if not (row.run or row.tests)] == []


@pytest.mark.parametrize("path", sorted({path for row in rows() for path in row.tests}))
def test_the_tests_a_row_leans_on_exist(path: str) -> None:
    assert re.search(r"^def test_", (ROOT / path).read_text(), re.MULTILINE)


def test_only_the_broker_is_not_hurt_on_the_embedded_default() -> None:
    assert [row.name for row in rows() if row.forms != FORMS] == ["F23"]


def test_the_same_seed_does_the_same() -> None:
    one, two = rows("F01,F19")
    assert one.random(7).random() == one.random(7).random() != one.random(8).random()
    assert one.random(7).random() != two.random(7).random()


def test_a_row_nobody_knows_is_refused() -> None:
    with pytest.raises(AssertionError, match="F99"):
        rows("F99")
