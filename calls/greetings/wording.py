"""The words of a greeting: typed placeholders, filling them in, and recognising filled-in text. Pure."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from calls.greetings.dates import is_date

_MARK = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}")
MAX_TEXT = 500
# Control, format, surrogate, unassigned, private use, line and paragraph separators.
_UNSEEN = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
# Without these format characters Persian, Hindi, Arabic and Hebrew cannot be written.
_JOINERS = "\u200c\u200d\u200e\u200f\u061c"
# Marks on one letter: pointed Hebrew and stacked Tibetan need four; what has more hides what it says.
MAX_MARKS = 6
# An unhurried voice says about 15 characters a second.
CHARACTERS_A_SECOND = 15

# What each type of placeholder may hold. Deliberately narrow: a placeholder is a value, never a sentence
# that could carry words nobody approved.
_TYPES = {
    "name": r"[^\W\d_][\w .'’-]*",
    "text": r"[\w .,:'’#&/()+-]+",
    "date": r"[\w .,-]+",  # and it has to be a day of the calendar: greetings/dates.py
    "time": r"(?:[01]?\d|2[0-3])(?::[0-5]\d)?|(?:0?[1-9]|1[0-2])(?::[0-5]\d)? ?[AaPp]\.?[Mm]\.?",
    "amount": r"(?:[$€£] ?|[A-Z]{3} )?\d{1,3}(?:[ ,]?\d{3})*(?:\.\d{1,2})?(?: [A-Z]{3})?",
}
EXAMPLES = {
    "name": "Maria Keller",
    "text": "order 12-345",
    "date": "Friday, 27 November or November 27",
    "time": "2:30 pm",
    "amount": "$49.90",
}
DEFAULT_LENGTHS = {"name": 40, "text": 60, "date": 30, "time": 10, "amount": 16}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A named gap in the approved words: its type (name, text, date, time, amount) and longest value."""

    name: str
    type: str = "text"
    max_length: int = 60

    def flaw(self) -> str:
        """Why this cannot be a placeholder at all, as a sentence; empty when it can."""
        if self.type not in _TYPES:
            return f"{self.name} has no type of {', '.join(_TYPES)}."
        if not 1 <= self.max_length <= MAX_TEXT:
            return f"{self.name} needs a longest value between 1 and {MAX_TEXT} characters."
        return ""

    def problem(self, value: str) -> str:
        """Why `value` may not stand here, as a sentence; empty when it may."""
        value = unicodedata.normalize("NFC", value)
        if not value.strip():
            return f"Fill in {self.name}."
        if len(value) > self.max_length:
            return f"{self.name} is longer than {self.max_length} characters."
        # Marks (vowel signs, accents without a letter of their own) belong to the letter before them.
        letters = "".join(c for c in value if not unicodedata.category(c).startswith("M"))
        fits = re.fullmatch(_TYPES[self.type], letters)
        if not fits or (self.type == "date" and not is_date(letters)):
            kind = f"an {self.type}" if self.type == "amount" else f"a {self.type}"
            return f"{self.name} does not read as {kind}, such as {EXAMPLES[self.type]}."
        return ""


class UnusableText(ValueError):
    """The text cannot be a greeting; the message says why."""


def clean(text: str) -> str:
    """Normal form (NFC) of a greeting's text. Raises UnusableText for what must never be spoken.

    Control, bidi-override, unassigned and other invisible characters are refused: what nobody sees,
    nobody approved (RELIABILITY R4.12).
    """
    text = unicodedata.normalize("NFC", text).strip()
    if not text:
        raise UnusableText("Write the words that will be spoken.")
    if len(text) > MAX_TEXT:
        raise UnusableText(f"A greeting has at most {MAX_TEXT} characters; this has {len(text)}.")
    for character in text:
        if unicodedata.category(character) in _UNSEEN and character not in _JOINERS:
            raise UnusableText(
                f"Remove the invisible or unassigned character U+{ord(character):04X}."
            )
    if (piled := most_marks(text)) > MAX_MARKS:
        raise UnusableText(f"Remove accents: one letter carries {piled} of them.")
    return text


def most_marks(text: str) -> int:
    """How many combining marks the most laden letter carries."""
    most = piled = 0
    for character in text:
        piled = piled + 1 if unicodedata.category(character).startswith("M") else 0
        most = max(most, piled)
    return most


def plain_words(text: str) -> list[str]:
    """The words of a text without case and accents, each placeholder as `{`."""
    apart = unicodedata.normalize("NFD", _MARK.sub("{", text)).casefold()
    letters = "".join(c for c in apart if not unicodedata.category(c).startswith("M"))
    return re.findall(r"[^\W_]+|\{", letters)


def marks_in(text: str) -> list[tuple[int, int, str]]:
    """Where the placeholders stand: start, end and name, in order."""
    return [(mark.start(), mark.end(), mark[1]) for mark in _MARK.finditer(text)]


def longest_length(text: str, placeholders: Sequence[Placeholder]) -> int:
    """How many characters are spoken when every placeholder is as long as it may get."""
    room = {p.name: p.max_length for p in placeholders}
    gaps = marks_in(text)
    return len(text) + sum(room.get(name, end - start) - (end - start) for start, end, name in gaps)


def stray_mark(text: str) -> str:
    """Why a brace in the text would be spoken as it stands, as a sentence; empty when none would."""
    if not re.search(r"[{}]", _MARK.sub("", text)):
        return ""
    return "Write a placeholder as {first_name}: small letters, digits and _, at most 31 of them."


def names_in(text: str) -> list[str]:
    """The placeholder names a text mentions, each once, in order."""
    return list(dict.fromkeys(_MARK.findall(text)))


def read_placeholders(rows: Iterable[Mapping[str, object]]) -> list[Placeholder]:
    """Placeholders from their stored form."""
    return [
        Placeholder(str(row["name"]), str(row["type"]), int(str(row["max_length"]))) for row in rows
    ]


def fill(text: str, placeholders: Sequence[Placeholder], values: Mapping[str, str]) -> str:
    """The exact words to speak. Raises UnusableText naming the first value that does not fit."""
    if unknown := sorted(set(values) - {p.name for p in placeholders}):
        raise UnusableText(f"This greeting has no placeholder called {unknown[0]}.")
    for placeholder in placeholders:
        if problem := placeholder.problem(values.get(placeholder.name, "")):
            raise UnusableText(problem)
    return clean(_MARK.sub(lambda mark: clean(values[mark[1]]), text))


def recognise(
    text: str, template: str, placeholders: Sequence[Placeholder]
) -> dict[str, str] | None:
    """The values that turn `template` into exactly `text`, or None when it is not that template.

    Exact to the character outside the placeholders. A text that could be read in two ways is not
    recognised: nobody approved an ambiguity. Linear in the text, whatever the template.
    """
    literals, names = _MARK.split(template)[::2], _MARK.split(template)[1::2]
    early = _values(literals, text)
    late = _values([literal[::-1] for literal in reversed(literals)], text[::-1])
    if early is None or late is None or early != [value[::-1] for value in reversed(late)]:
        return None
    values = dict(zip(names, early, strict=True))
    if [values[name] for name in names] != early or any(v != v.strip() for v in early):
        return None
    return None if any(p.problem(values.get(p.name, "")) for p in placeholders) else values


def _values(literals: Sequence[str], text: str) -> list[str] | None:
    """What stands between the literals when each of them comes as early as it can."""
    first, *middle = literals
    last = middle.pop() if middle else None
    if last is None:
        return [] if text == first else None
    if not text.startswith(first) or not text.endswith(last):
        return None
    values, position = [], len(first)
    for literal in middle:
        found = text.find(literal, position + 1)
        if found < 0:
            return None
        values.append(text[position:found])
        position = found + len(literal)
    values.append(text[position : len(text) - len(last)])
    return values if values[-1] else None


def fingerprint(
    *, text: str, placeholders: Sequence[Placeholder], language: str, agent_key: str, purpose: str
) -> str:
    """SHA-256 of everything an approval is bound to: words, gaps, language, agent and purpose."""
    bound = {
        "text": text,
        "placeholders": [[p.name, p.type, p.max_length] for p in placeholders],
        "language": language,
        "agent": agent_key,
        "purpose": purpose,
    }
    canonical = json.dumps(bound, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
