"""Reading telephone numbers: E.164, region, line type, candidate time zones, fiction. Pure.

Facts come from the `phonenumbers` metadata. A zone found there is a guess: within a North American area
code the metadata often knows only the code's usual zone, so the candidates are the union over the whole
area code and our own table (RELIABILITY 5.4). The prefixes dialled for nobody are data too.
"""

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

import phonenumbers
from phonenumbers import timezone as phone_zones

from calls.lib import north_america
from calls.lib.errors import BadField

# Ranges set aside for drama and examples, where no telephone can ever ring.
# North America: area code 555 does not exist; 555-0100 to 555-0199 are reserved in every area code.
# UK: Ofcom's numbers for TV and radio drama. Australia: ACMA's numbers for works of fiction.
_FICTIONAL = re.compile(
    r"\+1555\d{7}|\+1[2-9]\d{2}55501\d{2}"
    r"|\+447700900\d{3}|\+442079460\d{3}|\+44113496\d{4}|\+441632960\d{3}|\+448081570\d{3}"
    r"|\+61[2378]5550\d{4}|\+61[2378]7010\d{4}|\+61491570(?:006|156|157|158|159|110|313|737)"
)
_FICTIONAL_REGIONS = {"+1": "US", "+44": "GB", "+61": "AU"}

# What may be a telephone number in a sentence, and the days that look like one.
_DIGITS = re.compile(r"\+?\(?\d(?:[ ().\-/]{0,3}\d){6,}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")

# Regions that dialling rules treat as one country.
_GROUPS = {
    "US": {"US", "PR", "VI", "GU", "AS", "MP"},
    "GB": {"GB", "GG", "JE", "IM"},
}

_LINE_TYPES = {
    phonenumbers.PhoneNumberType.FIXED_LINE: "fixed_line",
    phonenumbers.PhoneNumberType.MOBILE: "mobile",
    phonenumbers.PhoneNumberType.FIXED_LINE_OR_MOBILE: "fixed_or_mobile",
    phonenumbers.PhoneNumberType.TOLL_FREE: "toll_free",
    phonenumbers.PhoneNumberType.PREMIUM_RATE: "premium_rate",
    phonenumbers.PhoneNumberType.SHARED_COST: "shared_cost",
    phonenumbers.PhoneNumberType.VOIP: "voip",
    phonenumbers.PhoneNumberType.PERSONAL_NUMBER: "personal",
    phonenumbers.PhoneNumberType.PAGER: "pager",
    phonenumbers.PhoneNumberType.UAN: "uan",
    phonenumbers.PhoneNumberType.VOICEMAIL: "voicemail",
}
# Member states of the European Union, and the regions of theirs that dial by codes of their own.
_EU = frozenset(
    "AT BE BG CY CZ DE DK EE ES FI FR GR HR HU IE IT LT LU LV MT NL PL PT RO SE SI SK"
    " AX GF GP MF MQ RE YT".split()
)


class UnreadableNumber(ValueError):
    """The text is no telephone number; the message says what to write instead."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number as its digits tell it: nothing here says who answers or where they are.

    `zones` are all clocks its owner may live by, `jurisdictions` all places whose law may apply
    (`US` and `US-FL`, `DE` and `EU`), the widest first.
    """

    e164: str
    region: str
    country_group: str
    line_type: str
    zones: tuple[str, ...]
    is_valid: bool
    is_fictional: bool
    jurisdictions: tuple[str, ...] = ()

    @property
    def block(self) -> str:
        """The number without its last four digits: what is dialled in one block is counted together."""
        return self.e164[:-4]


def read(text: str, *, home: str | None = None) -> Number:
    """Read a number in E.164, or as people in region `home` write it. Raises UnreadableNumber.

    Full-width digits, extensions, letters and signs in odd places are refused: what is dialled must be
    what was written.
    """
    if not re.fullmatch(r"\+? ?[(0-9][0-9 ().\-/]{2,31}", text.strip(" "), re.ASCII):
        raise UnreadableNumber("Write the number with digits only, like +14155550100.")
    try:
        parsed = phonenumbers.parse(text, home)
    except phonenumbers.NumberParseException:
        raise UnreadableNumber(
            "This is not a telephone number. Write it with its country code, like +14155550100."
        ) from None
    e164 = phonenumbers.format_number(parsed, phonenumbers.PhoneNumberFormat.E164)
    if len(e164) > 16:
        raise UnreadableNumber("A telephone number has at most 15 digits.")
    if "+" in text and _digits(text.replace("(0)", "")) != _digits(e164):
        raise UnreadableNumber(f"These digits do not make a number. Did you mean {e164}?")
    return _describe(e164)


def must_read(field: str, text: str, *, home: str | None = None) -> Number:
    """The number a field of a request names. Raises BadField (`invalid_number`) for that field."""
    try:
        return read(text, home=home)
    except UnreadableNumber as problem:
        raise BadField(field, str(problem), "invalid_number") from None


def must_read_groups(field: str, words: Iterable[str]) -> list[str]:
    """The country groups a field of a request names, each once, in order. Raises BadField for that field."""
    groups = {word.strip().upper() for word in words}
    if unknown := sorted(groups - phonenumbers.SUPPORTED_REGIONS):
        raise BadField(field, f"Not a region: {', '.join(unknown)}. Write two letters, like US.")
    return sorted(groups)


def country_code_of(beginning: str) -> str:
    """The country code a number or its beginning starts with, `44` of `+4420`; empty for none."""
    ends = range(2, min(len(beginning), 4) + 1)
    codes = (beginning[1:end] for end in ends)
    return next((c for c in codes if int(c) in phonenumbers.COUNTRY_CODE_TO_REGION_CODE), "")


def jurisdictions_in(place: str) -> tuple[str, ...]:
    """Everything whose law applies in a place: `US-FL` is in `US`, `DE` is in `EU`; empty for nowhere."""
    country, _, part = place.partition("-")
    group = group_of(country)
    wider = ("EU",) if country in _EU else ()
    return (*wider, *((group,) if group else ()), *((f"{group}-{part}",) if part else ()))


def regions_of(group: str) -> frozenset[str]:
    """The regions that dialling rules treat as one country: `GB`, `GG`, `IM` and `JE` for `GB`."""
    return frozenset(_GROUPS.get(group, {group}))


def _digits(text: str) -> str:
    return "".join(character for character in text if character.isdigit())


@lru_cache(maxsize=4096)
def _describe(e164: str) -> Number:
    parsed = phonenumbers.parse(e164)
    fictional = _FICTIONAL.fullmatch(e164) is not None
    region = phonenumbers.region_code_for_number(parsed) or ""
    if fictional and not region:
        region = next(r for prefix, r in _FICTIONAL_REGIONS.items() if e164.startswith(prefix))
    return Number(
        e164=e164,
        region="" if region == "001" else region,
        country_group=group_of(region),
        line_type=_blocked(e164) or _LINE_TYPES.get(phonenumbers.number_type(parsed), "unknown"),
        zones=() if fictional else _zones(e164, parsed),
        is_valid=phonenumbers.is_valid_number(parsed),
        is_fictional=fictional,
        jurisdictions=_jurisdictions(e164, region),
    )


def without_numbers(text: str) -> str:
    """The same words with "(number)" where a telephone number may stand; days like 2026-11-25 stay."""
    return _DIGITS.sub(lambda run: run[0] if _DAY.fullmatch(run[0]) else "(number)", text)


def group_of(region: str) -> str:
    """The country that dialling rules take a region for: `GB` for `GG`, itself for most."""
    return next((group for group, regions in _GROUPS.items() if region in regions), region)


def _jurisdictions(e164: str, region: str) -> tuple[str, ...]:
    if region in {"", "001"}:
        return ()
    states: tuple[str, ...] = ()
    if e164.startswith("+1") and group_of(region) == "US" and not e164.startswith("+1555"):
        states = north_america.states_of(e164[2:5])
    return (*jurisdictions_in(group_of(region)), *states)


def _zones(e164: str, parsed: phonenumbers.PhoneNumber) -> tuple[str, ...]:
    own = set(phone_zones.time_zones_for_number(parsed))
    if e164.startswith("+1"):
        own |= north_america.clocks_of(e164[2:5])
    return tuple(sorted(own - {phone_zones.UNKNOWN_TIMEZONE}))


def _blocked(e164: str) -> str:
    """The kind of a number under an always-blocked prefix; empty for any other."""
    found = [prefix for prefix in blocked_prefixes() if e164.startswith(prefix["digits"])]
    return max(found, key=lambda prefix: len(prefix["digits"]))["line_type"] if found else ""


@cache
def blocked_prefixes() -> tuple[dict[str, str], ...]:
    """Prefixes that are dialled for nobody: their digits, the line type they count as, and why."""
    path = Path(__file__).with_name("blocked_prefixes.toml")
    return tuple(tomllib.loads(path.read_text(encoding="utf-8"))["prefix"])
