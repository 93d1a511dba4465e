"""Each line of an anchor file is signed and names the one before it."""

import json
from dataclasses import replace
from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.audit import anchors
from calls.audit.anchors import Anchor
from calls.audit.chain import Mark
from tests.audit.links import NOW

KEY, OTHER = b"the key", b"another key"
ACME = UUID("01234567-89ab-7def-8123-456789abcdef")


def file(length: int = 4, key: bytes = KEY) -> list[str]:
    """The lines of a file as it is written."""
    lines, previous = [], anchors.NO_LINE
    for number in range(1, length + 1):
        mark = Mark(number * 10, f"seal {number}", NOW + timedelta(hours=number))
        previous = anchors.write_line(Anchor("audit", ACME, mark), previous, key)
        lines.append(previous)
    return lines


def said(line: str, **fields: Any) -> str:
    """The line with other fields, its signature left as it was."""
    return json.dumps(json.loads(line) | fields, sort_keys=True, separators=(",", ":"))


def wrong(lines: list[str], *keys: bytes) -> list[tuple[str, str]]:
    """What is found, by line."""
    return [(flaw.row, flaw.kind) for flaw in anchors.check("audit", lines, keys or (KEY,))[1]]


def test_what_was_written_is_read() -> None:
    marks, flaws = anchors.check("audit", file(2), [KEY])
    seals = [
        Mark(10, "seal 1", NOW + timedelta(hours=1)),
        Mark(20, "seal 2", NOW + timedelta(hours=2)),
    ]
    assert (marks, flaws) == ({ACME: seals}, [])


def test_the_installations_own_chain_has_no_tenant() -> None:
    anchor = Anchor("audit", None, Mark(1, "s", NOW))
    assert anchors.read_line(anchors.write_line(anchor, "", KEY)) == anchor


@pytest.mark.parametrize(
    "fields",
    [
        {"number": 9},
        {"seal": "0"},
        {"at": "2026-11-03T15:00:00+00:00"},
        {"tenant": ""},
        {"previous": "0"},
        {"signature": "0"},
        {"signature": "é"},
        {"signature": None},
        {"more": 1},
    ],
    ids=str,
)
def test_an_edited_line(fields: dict[str, Any]) -> None:
    lines = file()
    lines[1] = said(lines[1], **fields)
    assert wrong(lines) == [("line 2", "unsigned"), ("line 3", "unlinked")]


@pytest.mark.parametrize("text", ["", "{", "[]", "1", '{"number":1}', '{"tenant":"x"}', "null"])
def test_a_line_that_says_nothing(text: str) -> None:
    lines = file()
    lines[1] = text
    assert wrong(lines) == [("line 2", "unreadable"), ("line 3", "unlinked")]


@pytest.mark.parametrize("line", [1, 2, 3])
def test_a_deleted_line_is_missed_by_the_next(line: int) -> None:
    lines = file()
    del lines[line - 1]
    assert wrong(lines) == [(f"line {line}", "unlinked")]


def test_a_line_put_in_twice() -> None:
    lines = file()
    assert wrong([*lines[:2], lines[1], *lines[2:]]) == [("line 3", "unlinked")]


def test_lines_in_each_others_place() -> None:
    one, two, three, four = file()
    assert wrong([one, three, two, four]) == [(f"line {n}", "unlinked") for n in (2, 3, 4)]


def test_a_line_of_another_file() -> None:
    line = anchors.write_line(Anchor("receipts", ACME, Mark(1, "s", NOW)), "", KEY)
    assert wrong([line]) == [("line 1", "unreadable")]


def test_signed_by_somebody_else() -> None:
    assert wrong(file(1, key=OTHER)) == [("line 1", "unsigned")]


def test_a_former_key_still_counts() -> None:
    assert wrong(file(3, key=OTHER), KEY, OTHER) == []


def test_what_is_not_signed_is_no_evidence() -> None:
    line = said(file(1)[0], number=99)
    assert anchors.check("audit", [line], [KEY])[0] == {}


def test_an_anchor_out_of_line_is_still_evidence() -> None:
    marks, _ = anchors.check("audit", file()[2:], [KEY])
    assert [mark.number for mark in marks[ACME]] == [30, 40]


@given(st.integers(0, 3), st.data())
def test_no_byte_can_change_unseen(line: int, data: Any) -> None:
    lines = file()
    place = data.draw(st.integers(0, len(lines[line]) - 1))
    byte = data.draw(st.characters(codec="ascii").filter(lambda c: c != lines[line][place]))
    lines[line] = lines[line][:place] + byte + lines[line][place + 1 :]
    assert wrong(lines) != []


def test_every_part_is_signed() -> None:
    anchor = Anchor("audit", ACME, Mark(1, "s", NOW))
    others = [
        replace(anchor, chain="receipts"),
        replace(anchor, tenant=None),
        replace(anchor, mark=Mark(2, "s", NOW)),
        replace(anchor, mark=Mark(1, "t", NOW)),
        replace(anchor, mark=Mark(1, "s", NOW + timedelta(seconds=1))),
    ]
    signatures = {
        json.loads(anchors.write_line(a, "", KEY))["signature"] for a in [anchor, *others]
    }
    assert len(signatures) == 6
