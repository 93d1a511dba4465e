"""The words of a greeting: typed placeholders, filling them in, and recognising filled-in text. Pure."""

import hashlib
import json
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

_MARK = re.compile(r"\{([a-z][a-z0-9_]{0,30})\}")
MAX_TEXT = 500

# What each type of placeholder may hold. Deliberately narrow: a placeholder is a value, never a sentence
# that could carry words nobody approved.
_TYPES = {
    "name": r"[^\W\d_][\w .'’-]*",
    "text": r"[\w .,:'’#&/()+-]+",
    "date": r"(?:(?:Mon|Tues|Wednes|Thurs|Fri|Satur|Sun)day,? )?"
    r"(?:\d{4}-\d{2}-\d{2}|\d{1,2} [^\W\d_]+(?: \d{4})?|[^\W\d_]+ \d{1,2}(?:, \d{4})?)",
    "time": r"\d{1,2}(?::\d{2})?(?: ?[AaPp]\.?[Mm]\.?)?",
    "amount": r"(?:[$€£] ?|[A-Z]{3} )?\d{1,3}(?:[ ,]?\d{3})*(?:\.\d{1,2})?(?: [A-Z]{3})?",
}
DEFAULT_LENGTHS = {"name": 40, "text": 60, "date": 30, "time": 10, "amount": 16}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """A named gap in the approved words: its type (name, text, date, time, amount) and longest value."""

    name: str
    type: str = "text"
    max_length: int = 60

    def problem(self, value: str) -> str:
        """Why `value` may not stand here, as a sentence; empty when it may."""
        if not value.strip():
            return f"Fill in {self.name}."
        if len(value) > self.max_length:
            return f"{self.name} is longer than {self.max_length} characters."
        if not re.fullmatch(_TYPES[self.type], value):
            return f"{self.name} does not read as a {self.type}."
        return ""


class UnusableText(ValueError):
    """The text cannot be a greeting; the message says why."""


def clean(text: str) -> str:
    """Normal form (NFC) of a greeting's text. Raises UnusableText for what must never be spoken.

    Control, bidi-override and unassigned characters are refused (RELIABILITY R4.12).
    """
    text = text.strip()
    if not text:
        raise UnusableText("Write the words that will be spoken.")
    if len(text) > MAX_TEXT:
        raise UnusableText(f"A greeting has at most {MAX_TEXT} characters; this has {len(text)}.")
    for character in text:
        if unicodedata.category(character) in ("Cc", "Cs", "Cn", "Co") or _overrides(character):
            raise UnusableText(
                f"Remove the invisible or unassigned character U+{ord(character):04X}."
            )
    return unicodedata.normalize("NFC", text)


def _overrides(character: str) -> bool:
    return 0x202A <= ord(character) <= 0x202E or 0x2066 <= ord(character) <= 0x2069


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
    return _MARK.sub(lambda mark: clean(values[mark[1]]), text)


def recognise(
    text: str, template: str, placeholders: Sequence[Placeholder]
) -> dict[str, str] | None:
    """The values that turn `template` into exactly `text`, or None when it is not that template.

    Exact to the character outside the placeholders. A text that could be read in two ways is not
    recognised: nobody approved an ambiguity.
    """
    by_name = {p.name: p for p in placeholders}
    readings = []
    for greedy in ("", "?"):
        match = re.fullmatch(_pattern(template, by_name, greedy), text)
        if match is None:
            return None
        readings.append(match.groupdict())
    first, second = readings
    if first != second or any(by_name[name].problem(value) for name, value in first.items()):
        return None
    return first


def _pattern(template: str, by_name: Mapping[str, Placeholder], lazy: str) -> str:
    pieces, position, seen = [], 0, set()
    for mark in _MARK.finditer(template):
        pieces.append(re.escape(template[position : mark.start()]))
        position, name = mark.end(), mark[1]
        longest = by_name[name].max_length
        pieces.append(f"(?P={name})" if name in seen else f"(?P<{name}>.{{1,{longest}}}{lazy})")
        seen.add(name)
    return "".join([*pieces, re.escape(template[position:])])


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
