"""Placeholders on screens: which type a name suggests, and the longest words a text can become. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from calls.greetings.wording import CHARACTERS_A_SECOND, DEFAULT_LENGTHS, Placeholder

TYPES = (
    ("name", "Name"),
    ("date", "Date"),
    ("time", "Time"),
    ("amount", "Amount"),
    ("text", "Short text"),
)
# Words in a placeholder's name that give its type away; the first that fits wins.
_HINTS = (
    ("name", r"name|person|doctor|agent"),
    ("date", r"day|date|month"),
    ("time", r"time|hour|clock"),
    ("amount", r"amount|price|total|sum|balance|cost|fee"),
)
# As long as such a value gets when someone says it.
_LONGEST = {
    "name": "Maximiliane Konstantinopoulou-Featherstonehaugh of Llanfairpwllgwyngyll",
    "date": "Wednesday, September 30, 2026",
    "time": "12:45 p.m.",
    "amount": "USD 999,999.99",
    "text": "the longest wording that this gap has room for, with every word of it in use",
}
_MARK = re.compile(r"\{([a-z][a-z0-9_]*)\}")


@dataclass(frozen=True, slots=True)
class Spoken:
    """A stretch of the words; `gap` names the placeholder it fills, empty for the fixed words."""

    text: str
    gap: str = ""


@dataclass(frozen=True, slots=True)
class Longest:
    """The text with every gap at its longest: its pieces, its length, and how long it takes to say."""

    pieces: tuple[Spoken, ...]
    characters: int
    seconds: int


def guess(name: str) -> Placeholder:
    """The placeholder its name suggests: `first_name` is a name of at most 40 characters."""
    kind = next((kind for kind, hint in _HINTS if re.search(hint, name)), "text")
    return Placeholder(name, kind, DEFAULT_LENGTHS[kind])


def longest_value(placeholder: Placeholder) -> str:
    """An example as long as the placeholder allows, in the shape of its type."""
    example = _LONGEST[placeholder.type]
    if placeholder.type in ("name", "text"):
        repeats = placeholder.max_length // (len(example) + 1) + 1
        example = " ".join([example] * repeats)
    return example[: placeholder.max_length].rstrip(" ,-")


def at_its_longest(text: str, placeholders: Sequence[Placeholder]) -> Longest:
    """What the callee may hear at most, for the person who answers for these words."""
    values = {p.name: longest_value(p) for p in placeholders}
    pieces: list[Spoken] = []
    position = 0
    for mark in _MARK.finditer(text):
        pieces.append(Spoken(text[position : mark.start()]))
        pieces.append(Spoken(values.get(mark[1], mark[0]), gap=mark[1]))
        position = mark.end()
    pieces.append(Spoken(text[position:]))
    shown = tuple(piece for piece in pieces if piece.text)
    characters = sum(len(piece.text) for piece in shown)
    return Longest(shown, characters, max(1, round(characters / CHARACTERS_A_SECOND)))
