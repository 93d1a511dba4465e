"""The kinds of value a request field can hold. Pure.

Each raises ValueError with the end of a sentence that begins with the field's name.
"""

import re
import unicodedata
from datetime import UTC, datetime
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, WithJsonSchema

from calls.lib import phone

_TIME = r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}"
_INSTANT = re.compile(_TIME + r":\d{2}(?:\.\d{1,6})?(?:[Zz]|[+-]\d{2}:\d{2})", re.ASCII)
_LOCAL = re.compile(_TIME + r"(?::\d{2}(?:\.\d{1,6})?)?", re.ASCII)
_YEARS = range(2000, 2200)
# The same, told to programs in the document. A schema has no word for "exists" (29 February): the format has.
_CLOCK = r"(?:[01][0-9]|2[0-3]):[0-5][0-9]"
_DAY = r"2[01][0-9]{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12][0-9]|3[01])"
_OFFSET = rf"(?:[Zz]|[+-]{_CLOCK})"
INSTANT = rf"^{_DAY}[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{_OFFSET}$"
MOMENT = (
    rf"^{_DAY}[Tt]{_CLOCK}(?::[0-5][0-9](?:\.[0-9]{{1,6}})?)?$"
    rf"|^{_DAY}[Tt]{_CLOCK}:[0-5][0-9](?:\.[0-9]{{1,6}})?{_OFFSET}$"
)
_CONTROL = r"\u0000-\u001f\u007f-\u009f"
_TURNS = r"\u202a-\u202e\u2066-\u2069"
_BLANK = r"\u0020\u00a0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000"
# One line with something in it, and the same where lines may break.
LINE = rf"^[^{_CONTROL}{_TURNS}]*[^{_CONTROL}{_TURNS}{_BLANK}][^{_CONTROL}{_TURNS}]*$"
_BROKEN = rf"(?:[^{_CONTROL}{_TURNS}]|\r?\n)"
PASSAGE = rf"^{_BROKEN}*[^{_CONTROL}{_TURNS}{_BLANK}]{_BROKEN}*$"
# Invisible characters that turn the direction of what follows: a screen would show another word.
_TURNS_TEXT = {"LRE", "RLE", "LRO", "RLO", "PDF", "LRI", "RLI", "FSI", "PDI"}


def plain(text: str) -> str:
    """One line of text with something in it."""
    if not text.strip():
        raise ValueError("is empty; fill it in, or leave it out")
    if any(
        unicodedata.category(character) == "Cc"
        or unicodedata.bidirectional(character) in _TURNS_TEXT
        for character in text
    ):
        raise ValueError("holds a control character; remove it")
    return text


def passage(text: str) -> str:
    """Text of one line or more with something in it."""
    plain(text.replace("\r\n", " ").replace("\n", " "))
    return text


def instant(value: object) -> datetime:
    """An RFC 3339 time with its offset, as an instant in UTC."""
    if not isinstance(value, str) or not _INSTANT.fullmatch(value):
        raise ValueError("must be a time with its offset, like 2026-05-14T15:00:00Z")
    return _read(value).astimezone(UTC)


def moment(value: object) -> datetime:
    """An instant, or a wall-clock time without an offset (naive)."""
    if isinstance(value, str) and _LOCAL.fullmatch(value):
        return _read(value)
    return instant(value)


def _read(text: str) -> datetime:
    try:
        found = datetime.fromisoformat(text.upper())
    except ValueError:
        raise ValueError("is not a time that exists; check its month, day and hour") from None
    if found.year not in _YEARS:
        raise ValueError("is outside the years 2000 to 2199; check the year")
    return found


def digits(value: object) -> int:
    """A whole number as it stands in a query."""
    if not isinstance(value, str) or not re.fullmatch(r"[0-9]{1,9}", value, re.ASCII):
        raise ValueError("must be a whole number, like 25")
    return int(value)


def number(value: str) -> str:
    """A telephone number in a query, where a careless client's `+` arrives as a space."""
    try:
        return phone.read("+" + value.lstrip(" +")).e164
    except phone.UnreadableNumber:
        raise ValueError("must be a telephone number, like %2B14155550100") from None


def sid(value: str) -> str:
    """The id of a call."""
    if not re.fullmatch(r"CA[0-9a-f]{32}", value, re.ASCII):
        raise ValueError("must be CA followed by 32 hex digits, as call_sid shows it")
    return value


def entry_id(value: str) -> str:
    """The id of a do-not-call entry."""
    if not re.fullmatch(r"dn_[0-9a-f]{32}", value, re.ASCII):
        raise ValueError("must be dn_ followed by 32 hex digits, as id shows it")
    return value


def record_id(value: str) -> str:
    """The id of a consent record."""
    if not re.fullmatch(r"cr_[0-9a-f]{32}", value, re.ASCII):
        raise ValueError("must be cr_ followed by 32 hex digits, as id shows it")
    return value


def idempotency_key(value: str) -> str:
    """A name a program gives to one intended call (RELIABILITY R1.1)."""
    if not re.fullmatch(r"[!-~]{1,255}", value, re.ASCII):
        raise ValueError("must be 1 to 255 printable ASCII characters without spaces")
    return value


def _told(**schema: Any) -> Any:
    """What the document says about a kind, beside its type and limits."""
    return Field(json_schema_extra=schema)


Line = Annotated[str, AfterValidator(plain), _told(pattern=LINE, minLength=1)]
Passage = Annotated[str, AfterValidator(passage), _told(pattern=PASSAGE, minLength=1)]
_AS_TIME = WithJsonSchema({"type": "string", "format": "date-time", "pattern": INSTANT})
_AS_MOMENT = WithJsonSchema({"type": "string", "pattern": MOMENT})
Instant = Annotated[datetime, BeforeValidator(instant), _AS_TIME]
SomeInstant = Annotated[Annotated[datetime, BeforeValidator(instant)] | None, _AS_TIME]
SomeMoment = Annotated[Annotated[datetime, BeforeValidator(moment)] | None, _AS_MOMENT]
Digits = Annotated[int, BeforeValidator(digits)]
Number = Annotated[str, AfterValidator(number)]
Sid = Annotated[str, AfterValidator(sid), _told(pattern="^CA[0-9a-f]{32}$")]
EntryId = Annotated[str, AfterValidator(entry_id), _told(pattern="^dn_[0-9a-f]{32}$")]
RecordId = Annotated[str, AfterValidator(record_id), _told(pattern="^cr_[0-9a-f]{32}$")]
IdempotencyKey = Annotated[
    str, AfterValidator(idempotency_key), _told(pattern="^[!-~]{1,255}$", maxLength=255)
]


def left_out(**facts: Any) -> Any:
    """An optional text: empty when it was left out, which is not the same as sending an empty one."""
    return Field(default_factory=str, **facts)
