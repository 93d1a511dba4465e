"""Chains built by hand, for the judgement about them: no database, no clock."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any

from calls.audit import chain
from calls.audit.chain import Flaw, Link, Mark, Report

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
START = chain.first_seal("receipts", None)


def link(number: int, **content: Any) -> Link:
    """A record as it was written, without its seal."""
    content = {"id": f"rc_{number}", "allowed": True, "moment": "accept"} | content
    sha256, digests = chain.hash_content(content)
    written = NOW - timedelta(minutes=30)
    return Link(f"rc_{number}", None, "", sha256, digests, content, written)


def sealed(rows: list[Link], start: str = START) -> list[Link]:
    """The same records in a chain, first to last."""
    seal, found = start, []
    for number, row in enumerate(rows, 1):
        seal = chain.next_seal(seal, number, row.sha256)
        found.append(replace(row, number=number, seal=seal))
    return found


def whole(length: int = 6) -> list[Link]:
    """An intact chain."""
    return sealed([link(number) for number in range(1, length + 1)])


def marks(rows: list[Link], *numbers: int) -> list[Mark]:
    """Anchors of these numbers."""
    return [Mark(number, rows[number - 1].seal, NOW) for number in numbers]


def edited(row: Link, **content: Any) -> Link:
    """The record with other content, and nothing else."""
    return replace(row, content={**row.content, **content})


def rehashed(row: Link, **content: Any) -> Link:
    """The record with other content, its hashes made to fit."""
    content = {**row.content, **content}
    sha256, digests = chain.hash_content(content)
    return replace(row, content=content, sha256=sha256, digests=digests)


def swapped(rows: list[Link], one: int, other: int, *, seals: bool) -> list[Link]:
    """Two records in each other's place, their seals with them or left behind."""
    a, b = rows[one - 1], rows[other - 1]
    found = list(rows)
    found[one - 1] = replace(b, number=one, seal=b.seal if seals else a.seal)
    found[other - 1] = replace(a, number=other, seal=a.seal if seals else b.seal)
    return found


def check(rows: list[Link], anchors: list[Mark] | None = None, **later: float) -> Report:
    """What is found wrong, at NOW or later."""
    return chain.verify(START, rows, anchors or [], now=NOW + timedelta(**later))


def found(rows: list[Link], anchors: list[Mark] | None = None) -> set[tuple[str, str, int | None]]:
    """The same in short: kind, row, number."""
    return {short(flaw) for flaw in check(rows, anchors).flaws}


def short(flaw: Flaw) -> tuple[str, str, int | None]:
    return flaw.kind, flaw.row, flaw.number
