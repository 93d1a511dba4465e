"""What the chain finds: every kind of change, each with the record and the number it names."""

from collections.abc import Callable
from dataclasses import replace

import pytest

from calls.audit import chain
from calls.audit.chain import Link, Mark
from tests.audit.links import (
    NOW,
    check,
    edited,
    found,
    link,
    marks,
    rehashed,
    sealed,
    swapped,
    whole,
)

Found = set[tuple[str, str, int | None]]
Change = Callable[[list[Link]], list[Link]]


def put(number: int, change: Callable[[Link], Link]) -> Change:
    """Change one record of a chain."""
    return lambda rows: [change(row) if row.number == number else row for row in rows]


CHANGES: dict[str, tuple[Change, Found]] = {
    "nothing": (lambda rows: rows, set()),
    "edit": (put(3, lambda row: edited(row, allowed=False)), {("edited", "rc_3", 3)}),
    "edit of the last": (put(6, lambda row: edited(row, allowed=False)), {("edited", "rc_6", 6)}),
    "edit and hash anew": (
        put(3, lambda row: rehashed(row, allowed=False)),
        {("resealed", "rc_3", 3)},
    ),
    "edit of a seal": (
        put(3, lambda row: replace(row, seal="0" * 64)),
        {("resealed", "rc_3", 3)},
    ),
    "edit of the last seal": (
        put(6, lambda row: replace(row, seal="0" * 64)),
        {("resealed", "rc_6", 6)},
    ),
    "edit of a hash": (
        put(3, lambda row: replace(row, sha256="0" * 64)),
        {("edited", "rc_3", 3), ("resealed", "rc_3", 3)},
    ),
    "hash removed": (
        put(3, lambda row: replace(row, sha256="")),
        {("unhashed", "rc_3", 3), ("resealed", "rc_3", 3)},
    ),
    "edit of a digest": (
        put(3, lambda row: replace(row, digests={**row.digests, "moment": "0"})),
        {("edited", "rc_3", 3)},
    ),
    "digests forgotten": (
        put(3, lambda row: replace(row, digests={}, content={})),
        {("edited", "rc_3", 3)},
    ),
    "first deleted": (lambda rows: rows[1:], {("deleted", "", 1)}),
    "middle deleted": (lambda rows: rows[:2] + rows[3:], {("deleted", "", 3)}),
    "several deleted": (lambda rows: rows[:1] + rows[4:], {("deleted", "", 2)}),
    "given twice": (
        lambda rows: [*rows[:3], replace(rows[2], row="rc_x"), *rows[3:]],
        {("duplicate", "rc_x", 3), ("resealed", "rc_x", 3)},
    ),
    "moved far away": (
        lambda rows: [*rows[:2], *rows[3:], replace(rows[2], number=70)],
        {("deleted", "", 3), ("deleted", "", 7), ("reordered", "rc_3", 70)},
    ),
}


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_is_found_and_named(name: str) -> None:
    change, expected = CHANGES[name]
    assert found(change(whole())) == expected


@pytest.mark.parametrize("name", CHANGES)
def test_a_change_hides_no_other(name: str) -> None:
    change, expected = CHANGES[name]
    both = found(put(5, lambda row: edited(row, moment="dial"))(change(whole())))
    assert both == expected | {("edited", "rc_5", 5)}


@pytest.mark.parametrize("field", ["id", "allowed", "moment"])
def test_an_edited_field_is_named(field: str) -> None:
    (flaw,) = check(put(2, lambda row: edited(row, **{field: "x"}))(whole())).flaws
    assert flaw.says == f"it was edited: field {field} is not what was hashed."


def test_two_edited_fields_are_both_named() -> None:
    (flaw,) = check(put(2, lambda row: edited(row, id="x", moment="y"))(whole())).flaws
    assert "field id, moment is" in flaw.says


def test_a_field_edited_with_its_digest_is_still_an_edit() -> None:
    def change(row: Link) -> Link:
        return replace(rehashed(row, allowed=False), sha256=row.sha256)

    (flaw,) = check(put(2, change)(whole())).flaws
    assert (flaw.kind, flaw.row) == ("edited", "rc_2")


@pytest.mark.parametrize("seals", [True, False])
@pytest.mark.parametrize(("one", "other"), [(1, 2), (2, 3), (2, 5), (1, 6), (5, 6)])
def test_two_records_in_each_others_place(one: int, other: int, seals: bool) -> None:
    kinds = found(swapped(whole(), one, other, seals=seals))
    reordered = {row for kind, row, _ in kinds if kind == "reordered"}
    assert reordered
    assert reordered <= {f"rc_{one}", f"rc_{other}"}


def test_a_record_out_of_place_is_told_from_where() -> None:
    flaws = check(swapped(whole(), 2, 5, seals=True)).flaws
    says = [flaw.says for flaw in flaws if (flaw.kind, flaw.row) == ("reordered", "rc_2")]
    assert says == ["it stands at number 5 and was sealed as 2: records changed places."]


def test_an_end_cut_off_is_seen_by_its_anchor_alone() -> None:
    rows = whole()
    assert found(rows[:4]) == set()
    assert found(rows[:4], marks(rows, 2, 6)) == {("cut", "", 5)}


def test_everything_cut_off() -> None:
    (flaw,) = check([], marks(whole(), 6)).flaws
    assert flaw.says.startswith("the end is cut off: numbers 1 to 6 are gone, of which the last")
    assert flaw.says.endswith("was anchored at 2026-11-03 15:00 UTC.")


def test_cut_off_and_written_anew() -> None:
    rows = whole()
    other = sealed([*rows[:4], link(5, moment="dial"), link(6), link(7)])
    assert found(other) == set()
    assert found(other, marks(rows, 4, 6)) == {("rewritten", "rc_6", 6)}


def test_all_written_anew() -> None:
    rows = whole()
    other = sealed([link(1, allowed=False), *rows[1:]])
    assert found(other) == set()
    expected = {("rewritten", "rc_2", 2), ("rewritten", "rc_6", 6)}
    assert found(other, marks(rows, 2, 6)) == expected


def test_an_anchor_of_a_deleted_record_adds_nothing() -> None:
    rows = whole()
    assert found(rows[:2] + rows[3:], marks(rows, 3, 6)) == {("deleted", "", 3)}


def test_a_record_of_another_chain_does_not_fit() -> None:
    rows = sealed([link(1)], chain.first_seal("audit", None))
    assert found(rows) == {("resealed", "rc_1", 1)}


@pytest.mark.parametrize(("seconds", "kinds"), [(60, []), (61, ["unsealed"])])
def test_waiting_for_a_seal(seconds: float, kinds: list[str]) -> None:
    report = check([*whole(2), replace(link(3), written=NOW)], seconds=seconds)
    assert [flaw.kind for flaw in report.flaws] == kinds
    assert (report.waiting, report.rows, report.head) == (1, 3, 2)


def test_an_edit_before_the_seal_is_found() -> None:
    waiting = edited(replace(link(3), written=NOW), moment="dial")
    assert found([*whole(2), waiting]) == {("edited", "rc_3", None)}


def test_an_old_row_without_a_hash_may_wait() -> None:
    assert found([replace(link(1), sha256="", digests={}, content={}, written=NOW)]) == set()


@pytest.mark.parametrize(("hours", "kinds"), [(1.5, []), (1.6, ["unanchored"])])
def test_anchoring_that_has_stopped(hours: float, kinds: list[str]) -> None:
    report = check(whole(), marks(whole(), 2), hours=hours)
    assert [flaw.kind for flaw in report.flaws] == kinds
    assert all((flaw.row, flaw.number) == ("rc_3", 3) for flaw in report.flaws)


def test_the_report_counts() -> None:
    rows = sealed([link(1, **{chain.HASHED_LATE: True}), link(2)])
    report = check(rows, marks(rows, 1, 2))
    assert (report.rows, report.head, report.hashed_late, report.waiting) == (2, 2, 1, 0)
    assert report.anchored == Mark(2, rows[1].seal, NOW)


def test_very_many_flaws_are_counted() -> None:
    rows = [edited(row, moment="dial") for row in whole(chain.MOST_FLAWS + 5)]
    report = check(rows)
    assert (len(report.flaws), report.more) == (chain.MOST_FLAWS, 5)
