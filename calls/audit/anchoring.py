"""Heads of chains, written down outside the database once an hour: `ANCHOR_DIR/<chain>.jsonl`."""

import fcntl
import hashlib
import hmac
import logging
import os
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import IO
from uuid import UUID

from django.conf import settings

from calls.audit import anchors, queries
from calls.audit.anchors import Anchor
from calls.audit.chain import Flaw, Mark
from calls.audit.models import SealedRow

log = logging.getLogger(__name__)


def anchor_heads(*, now: datetime) -> int:
    """Anchor every chain whose head moved, once an hour; the number of lines written.

    The file itself says when that was last done, so that a restart neither repeats nor skips an hour.
    """
    return sum(_anchored(table, now) for table in queries.sealed_tables())


def anchor_table(table: type[SealedRow], *, now: datetime, at_once: bool) -> int:
    """The heads of one table's chains; raises OSError where the file cannot be written."""
    path = path_of(table)
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("a+", encoding="utf-8", errors="replace") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        if not at_once and _same_hour(_last_line(file), now):
            return 0
        return _append(table, file, now)


def read_anchors(table: type[SealedRow]) -> tuple[dict[UUID | None, list[Mark]], list[Flaw]]:
    """What was anchored, by tenant, and what is wrong with the file."""
    path = path_of(table)
    if not path.exists():
        return {}, []
    with path.open(encoding="utf-8", errors="replace") as file:
        return anchors.check(table.CHAIN, _lines(file), _keys())


def path_of(table: type[SealedRow]) -> Path:
    """Where a table's heads are written down."""
    return Path(settings.ANCHOR_DIR) / f"{table.CHAIN}.jsonl"


def _anchored(table: type[SealedRow], now: datetime) -> int:
    try:
        return anchor_table(table, now=now, at_once=False)
    except OSError as error:
        extras = {"chain": table.CHAIN, "error": error}
        log.error("the heads could not be anchored; look after ANCHOR_DIR", extra=extras)
        return 0


def _append(table: type[SealedRow], file: IO[str], now: datetime) -> int:
    known, previous, torn = _known(file)
    lines = []
    for tenant_id, (number, seal) in queries.heads(table).items():
        if known.get(tenant_id) != (number, seal):
            anchor = Anchor(table.CHAIN, tenant_id, Mark(number, seal, now))
            previous = anchors.write_line(anchor, previous, _keys()[0])
            lines.append(previous + "\n")
    file.write("\n" * bool(torn and lines) + "".join(lines))
    file.flush()
    os.fsync(file.fileno())
    return len(lines)


def _known(file: IO[str]) -> tuple[dict[UUID | None, tuple[int, str]], str, bool]:
    """What was anchored last by tenant, the last line, and whether its end was lost in a crash."""
    known, line = {}, anchors.NO_LINE
    file.seek(0)
    for line in file:
        if anchor := anchors.read_line(line):
            known[anchor.tenant] = (anchor.mark.number, anchor.mark.seal)
    return known, line.rstrip("\n"), not line.endswith("\n") and line != anchors.NO_LINE


def _last_line(file: IO[str]) -> str:
    """Read from near the end: the file grows for years, and is asked every minute."""
    end = file.seek(0, os.SEEK_END)
    file.seek(max(0, end - 4096))
    return ([anchors.NO_LINE, *_lines(file)])[-1]


def _same_hour(line: str, now: datetime) -> bool:
    last = anchors.read_line(line)
    return bool(last and int(last.mark.at.timestamp()) // 3600 == int(now.timestamp()) // 3600)


def _lines(file: IO[str]) -> Iterator[str]:
    return (line.rstrip("\n") for line in file)


def _keys() -> list[bytes]:
    """Made from SECRET_KEY for this use only; former keys still check what they signed."""
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [hmac.digest(s.encode(), b"greenlight anchors", hashlib.sha256) for s in secrets]
