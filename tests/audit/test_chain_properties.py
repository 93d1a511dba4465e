"""Whatever is done to a chain that was anchored to its end, something is found."""

from dataclasses import replace

from hypothesis import given
from hypothesis import strategies as st

from calls.audit.chain import Link
from tests.audit.links import check, edited, link, marks, rehashed, sealed, whole

LENGTH = 8
NUMBERS = st.integers(1, LENGTH)


def as_stored(rows: list[Link]) -> list[Link]:
    """In the order the database gives them."""
    return sorted(rows, key=lambda row: row.number or 0)


@given(st.integers(0, 40))
def test_an_untouched_chain_is_intact(length: int) -> None:
    rows = whole(length)
    assert check(rows, marks(rows, *range(1, length + 1))).flaws == []


@given(st.sets(NUMBERS, min_size=1))
def test_whatever_is_deleted_is_missed(gone: set[int]) -> None:
    rows = whole(LENGTH)
    report = check([row for row in rows if row.number not in gone], marks(rows, LENGTH))
    assert {flaw.kind for flaw in report.flaws} <= {"deleted", "cut"}
    assert min(flaw.number or 0 for flaw in report.flaws) == min(gone)


@given(st.sets(NUMBERS, min_size=1))
def test_whatever_is_edited_is_named(touched: set[int]) -> None:
    rows = [edited(r, allowed=False) if r.number in touched else r for r in whole(LENGTH)]
    assert {flaw.row for flaw in check(rows).flaws} == {f"rc_{number}" for number in touched}


@given(st.permutations(range(1, LENGTH + 1)))
def test_any_other_order_is_found(order: list[int]) -> None:
    rows = whole(LENGTH)
    moved = [replace(row, number=number) for row, number in zip(rows, order, strict=True)]
    assert bool(check(as_stored(moved)).flaws) == (order != sorted(order))


@given(NUMBERS, NUMBERS)
def test_a_chain_made_anew_from_any_record_contradicts_its_anchor(number: int, at: int) -> None:
    """Every hash and seal fits; only anchors before the first change agree."""
    rows = whole(LENGTH)
    anew = sealed([rehashed(r, allowed=False) if r.number == number else r for r in rows])
    assert check(anew).flaws == []
    assert bool(check(anew, marks(rows, at)).flaws) == (at >= number)


@given(st.integers(0, LENGTH - 1), st.integers(0, LENGTH + 3))
def test_an_end_cut_off_and_replaced_contradicts_its_anchor(kept: int, added: int) -> None:
    rows = whole(LENGTH)
    anew = sealed([*rows[:kept], *(link(kept + n, moment="dial") for n in range(1, added + 1))])
    assert check(anew).flaws == []
    assert check(anew, marks(rows, LENGTH)).flaws
