"""Reading the lines of a registry's file. Pure.

A line is a number with its country code in any spelling, alone or in the first column. Without a country
code nobody knows whom it means, so such a line is counted as unreadable rather than guessed at.
"""

import re
from array import array
from bisect import bisect_left
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import groupby, islice

import phonenumbers

CHUNK = 2_000
_COLUMN = re.compile(r"[,;\t]")
_TYPED = re.compile(r"(?:\+|00)[0-9 ().\-/+]{6,38}", re.ASCII)
_PUNCTUATION = str.maketrans("", "", " ().-/")
# Most lines of most lists; everything else is asked of the metadata, thirty times slower.
_NORTH_AMERICAN = re.compile(r"\+1[2-9][0-9]{2}[2-9][0-9]{6}", re.ASCII)


@dataclass(frozen=True, slots=True)
class Chunk:
    """Some lines of a file, read: `lines` of them, blank ones included."""

    numbers: list[str]
    lines: int
    unreadable: int


def read_line(line: str) -> str | None:
    """The number of one line in E.164; empty for a blank line, None when it cannot be read."""
    text = _COLUMN.split(line, maxsplit=1)[0].strip(" \t\r\n\"'\ufeff")
    if not text:
        return None if line.strip() else ""
    if not _TYPED.fullmatch(text):
        return None
    text = f"+{text[2:]}" if text.startswith("00") else text
    compact = text.translate(_PUNCTUATION)
    return compact if _NORTH_AMERICAN.fullmatch(compact) else _normal(text)


def read_chunks(lines: Iterable[str], size: int = CHUNK) -> Iterator[Chunk]:
    """The lines, so many at a time."""
    rest = iter(lines)
    while taken := list(islice(rest, size)):
        found = [read_line(line) for line in taken]
        numbers = list(dict.fromkeys(number for number in found if number))
        yield Chunk(numbers, len(taken), found.count(None))


@dataclass(slots=True)
class Seen:
    """Which numbers a file holds, in eight bytes each: a million of them fit beside everything else."""

    _digits: "array[int]" = field(default_factory=lambda: array("Q"))
    _sorted: bool = True

    def add(self, numbers: Iterable[str]) -> None:
        """Remember these."""
        self._digits.extend(int(number[1:]) for number in numbers)
        self._sorted = False

    def __len__(self) -> int:
        self._sort()
        return sum(1 for _ in groupby(self._digits))

    def __contains__(self, number: str) -> bool:
        self._sort()
        digits = int(number[1:])
        place = bisect_left(self._digits, digits)
        return place < len(self._digits) and self._digits[place] == digits

    def _sort(self) -> None:
        if not self._sorted:
            self._digits, self._sorted = array("Q", sorted(self._digits)), True


def _normal(text: str) -> str | None:
    try:
        parsed = phonenumbers.parse(text)
    except phonenumbers.NumberParseException:
        return None
    if not phonenumbers.is_possible_number(parsed):
        return None
    return str(phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164))
