"""Opaque, time-ordered ids: UUID version 7 (RFC 9562), shown as a prefix and 32 lower-case hex digits."""

import os
import re
import time
from datetime import UTC, datetime
from uuid import UUID

_HEX = re.compile(r"[0-9a-f]{32}")
_VARIANT = 0b10 << 62
_VERSION = 0x7 << 76
_LAST_MILLISECOND = 253_402_300_799_000  # of the year 9999
_RANDOM_62 = (1 << 62) - 1


def new_id() -> UUID:
    """Mint an id that sorts by the moment it was made (12 bits below the millisecond, then random)."""
    nanoseconds = time.time_ns()
    milliseconds, rest = divmod(nanoseconds, 1_000_000)
    fraction = rest * 4096 // 1_000_000
    random = int.from_bytes(os.urandom(8), "big") & _RANDOM_62
    return UUID(int=(milliseconds << 80) | _VERSION | (fraction << 64) | _VARIANT | random)


def floor(moment: datetime) -> UUID:
    """The smallest id that could have been minted at `moment`: a bound for reading newest first."""
    milliseconds = int(moment.timestamp() * 1000)
    return UUID(int=(milliseconds << 80) | _VERSION | _VARIANT)


def minted_at(key: UUID) -> datetime:
    """The moment an id was made, to the millisecond; the end of time for one nobody made."""
    milliseconds = min(key.int >> 80, _LAST_MILLISECOND)
    return datetime.fromtimestamp(milliseconds / 1000, UTC)


def public(prefix: str, key: UUID) -> str:
    """The form people and programs see: `public("CA", id)` is `CA` + 32 hex digits."""
    return f"{prefix}{key.hex}"


def parse(prefix: str, text: str) -> UUID | None:
    """Read a public id back; None when it is not one of this kind."""
    digits = text[len(prefix) :]
    # UUID(hex=...) alone would also take "0x", underscores, spaces and other scripts' digits.
    if not text.startswith(prefix) or not _HEX.fullmatch(digits):
        return None
    return UUID(hex=digits)


def must_parse(prefix: str, text: str) -> UUID:
    """Read a public id that we wrote ourselves, in a task's message. Raises ValueError."""
    key = parse(prefix, text)
    if key is None:
        raise ValueError(f"{text!r} is not an id beginning with {prefix}")
    return key
