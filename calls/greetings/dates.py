"""Does this date exist? Dates as people say them, in the languages greetings are written in. Pure."""

import re
import unicodedata
from calendar import monthrange
from collections.abc import Sequence
from datetime import date

_MONTHS = (
    ("january jan", "enero", "janvier", "januar janner", "janeiro"),
    ("february feb", "febrero", "fevrier", "februar", "fevereiro"),
    ("march mar", "marzo", "mars", "marz", "marco"),
    ("april apr", "abril", "avril", "april", "abril"),
    ("may", "mayo", "mai", "mai", "maio"),
    ("june jun", "junio", "juin", "juni", "junho"),
    ("july jul", "julio", "juillet", "juli", "julho"),
    ("august aug", "agosto", "aout", "august", "agosto"),
    ("september sept sep", "septiembre setiembre", "septembre", "september", "setembro"),
    ("october oct", "octubre", "octobre", "oktober", "outubro"),
    ("november nov", "noviembre", "novembre", "november", "novembro"),
    ("december dec", "diciembre", "decembre", "dezember", "dezembro"),
)
_WEEKDAYS = (
    ("monday", "lunes", "lundi", "montag", "segunda segunda-feira"),
    ("tuesday", "martes", "mardi", "dienstag", "terca terca-feira"),
    ("wednesday", "miercoles", "mercredi", "mittwoch", "quarta quarta-feira"),
    ("thursday", "jueves", "jeudi", "donnerstag", "quinta quinta-feira"),
    ("friday", "viernes", "vendredi", "freitag", "sexta sexta-feira"),
    ("saturday", "sabado", "samedi", "samstag sonnabend", "sabado"),
    ("sunday", "domingo", "dimanche", "sonntag", "domingo"),
)


def _numbered(rows: Sequence[Sequence[str]], first: int) -> dict[str, int]:
    return {
        name: number
        for number, row in enumerate(rows, first)
        for names in row
        for name in names.split()
    }


MONTHS = _numbered(_MONTHS, 1)
WEEKDAYS = _numbered(_WEEKDAYS, 0)
_DATE = re.compile(
    r"(?:(?P<weekday>[^\W\d_]+(?:-feira)?),? )?(?:"
    r"(?P<iso>\d{4}-\d{2}-\d{2})"
    r"|(?P<day>\d{1,2})(?:\.|er|st|nd|rd|th|º)? (?:de )?(?P<month>[^\W\d_]+)\.?"
    r"(?: (?:del? )?(?P<year>\d{4}))?"
    r"|(?P<month2>[^\W\d_]+)\.? (?P<day2>\d{1,2})(?:st|nd|rd|th)?(?:, (?P<year2>\d{4}))?"
    r")"
)
_LEAP = 2028  # without a year, the 29th of February may be meant


def is_date(text: str) -> bool:
    """Whether this is a day of a calendar: the month has it, and its weekday is that one."""
    found = _DATE.fullmatch(text)
    if found is None:
        return False
    weekday = WEEKDAYS.get(_plain(found["weekday"] or ""))
    if found["weekday"] and weekday is None:
        return False
    if found["iso"]:
        year, month, day = map(int, found["iso"].split("-"))
        return _exists(year, month, day, weekday)
    month = MONTHS.get(_plain(found["month"] or found["month2"]), 0)
    day, spoken_year = int(found["day"] or found["day2"]), found["year"] or found["year2"]
    if spoken_year is None:
        return _exists(_LEAP, month, day, None)
    return _exists(int(spoken_year), month, day, weekday)


def _exists(year: int, month: int, day: int, weekday: int | None) -> bool:
    if not (1 <= year <= 9999 and 1 <= month <= 12 and 1 <= day <= monthrange(year, month)[1]):
        return False
    return weekday is None or date(year, month, day).weekday() == weekday


def _plain(word: str) -> str:
    """Without case and accents."""
    apart = unicodedata.normalize("NFD", word.casefold())
    return "".join(c for c in apart if not unicodedata.combining(c))
