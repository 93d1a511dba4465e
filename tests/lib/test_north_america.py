"""Area codes: which states, which clocks. Our table is held against the metadata it mends."""

import re
from pathlib import Path
from zoneinfo import ZoneInfo, available_timezones

import phonenumbers
import pytest

from calls.lib import north_america, phone
from calls.lib.north_america import clocks_of, states_of
from calls.lib.phone import blocked_prefixes, jurisdictions_in

TABLE = north_america._data()
SPLIT = [(str(code), row) for row in TABLE["clocks"] for code in row["codes"]]

# area code, clocks that must be among its candidates, however the metadata answers for one exchange
KNOWN = [
    ("219", "America/Chicago America/New_York"),
    ("270", "America/Chicago America/New_York"),
    ("364", "America/Chicago America/New_York"),
    ("850", "America/Chicago America/New_York"),
    ("448", "America/Chicago America/New_York"),
    ("423", "America/Chicago America/New_York"),
    ("812", "America/Chicago America/New_York"),
    ("930", "America/Chicago America/New_York"),
    ("574", "America/Chicago America/New_York"),
    ("906", "America/Chicago America/New_York"),
    ("334", "America/Chicago America/New_York"),
    ("606", "America/Chicago America/New_York"),
    ("689", "America/New_York"),
    ("308", "America/Chicago America/Denver"),
    ("620", "America/Chicago America/Denver"),
    ("785", "America/Chicago America/Denver"),
    ("605", "America/Chicago America/Denver"),
    ("701", "America/Chicago America/Denver"),
    ("915", "America/Chicago America/Denver"),
    ("432", "America/Chicago America/Denver"),
    ("541", "America/Los_Angeles America/Boise"),
    ("458", "America/Los_Angeles America/Boise"),
    ("208", "America/Los_Angeles America/Boise"),
    ("986", "America/Los_Angeles America/Boise"),
    ("775", "America/Los_Angeles America/Denver"),
    ("907", "America/Anchorage America/Adak"),
    ("928", "America/Phoenix America/Denver"),
    ("807", "America/Toronto America/Winnipeg America/Atikokan"),
    ("867", "America/Whitehorse America/Edmonton America/Iqaluit America/Rankin_Inlet"),
    ("250", "America/Vancouver America/Edmonton America/Creston"),
    ("778", "America/Vancouver America/Edmonton America/Dawson_Creek"),
    ("236", "America/Vancouver America/Edmonton"),
    ("672", "America/Vancouver America/Edmonton"),
    ("709", "America/St_Johns America/Goose_Bay"),
    ("879", "America/St_Johns America/Goose_Bay"),
    ("418", "America/Toronto America/Halifax America/Blanc-Sablon"),
    ("581", "America/Toronto America/Halifax"),
    ("367", "America/Toronto America/Halifax"),
    ("819", "America/Toronto"),
    ("306", "America/Regina America/Edmonton America/Winnipeg"),
    ("474", "America/Regina America/Winnipeg"),
    ("780", "America/Edmonton"),
]


@pytest.mark.parametrize(("code", "clocks"), KNOWN)
def test_split_area_codes_have_all_their_clocks(code: str, clocks: str) -> None:
    assert set(clocks.split()) <= clocks_of(code)
    assert set(clocks.split()) <= set(phone.read(f"+1{code}2345678").zones)


@pytest.mark.parametrize("code", ["212", "415", "312", "602", "416", "808"])
def test_ordinary_area_codes_have_one_clock(code: str) -> None:
    assert len(clocks_of(code)) == 1


@pytest.mark.parametrize(("code", "row"), SPLIT)
def test_every_row_names_clocks_that_exist_and_a_reason(code: str, row: dict[str, str]) -> None:
    assert set(row["zones"]) <= available_timezones()
    assert all(ZoneInfo(zone) for zone in row["zones"])
    assert row["reason"].endswith(".")
    assert phonenumbers.is_valid_number(phonenumbers.parse(f"+1{code}2345678"))


def test_a_code_of_no_place_has_no_clock_of_its_own() -> None:
    assert clocks_of("800") == frozenset()
    assert clocks_of("199") == frozenset()


# area code, states
STATES = [
    ("212", ("US-NY",)),
    ("850", ("US-FL",)),
    ("270", ("US-KY",)),
    ("202", ("US-DC",)),
    ("787", ("US-PR",)),
    ("671", ("US-GU",)),
    ("800", ()),
    ("500", ()),
    ("900", ()),
]


@pytest.mark.parametrize(("code", "states"), STATES)
def test_the_states_of_a_code(code: str, states: tuple[str, ...]) -> None:
    assert states_of(code) == states


def test_a_code_nobody_wrote_down_may_lie_in_every_state() -> None:
    assert len(states_of("199")) == 56
    assert {"US-FL", "US-KY", "US-PR"} <= set(states_of("199"))


def test_no_code_stands_under_two_states() -> None:
    codes = [code for found in TABLE["states"].values() for code in found]
    assert len(codes) == len(set(codes)) == 365
    assert not set(codes) & set(TABLE["places_without_state"])


def region_of(code: int) -> str:
    """The region the metadata gives to an area code."""
    number = phonenumbers.PhoneNumber(country_code=1, national_number=code * 10**7 + 2345678)
    return phonenumbers.region_code_for_number(number) or ""


def test_every_us_area_code_of_the_metadata_is_in_the_table() -> None:
    """A library that learns new codes makes this fail: until they are written down, every state counts."""
    ours = {code for found in TABLE["states"].values() for code in found}
    ours |= set(TABLE["places_without_state"])
    theirs = {code for code in range(200, 1000) if region_of(code) in phone._GROUPS["US"]}
    assert theirs - ours == set()


def test_no_code_of_another_country_is_in_the_table() -> None:
    ours = [code for found in TABLE["states"].values() for code in found]
    assert {region_of(code) for code in ours} <= phone._GROUPS["US"]


# place, everything whose law applies there
INSIDE = [
    ("US", ("US",)),
    ("US-FL", ("US", "US-FL")),
    ("PR", ("US",)),
    ("GG", ("GB",)),
    ("DE", ("EU", "DE")),
    ("CA-ON", ("CA", "CA-ON")),
    ("CH", ("CH",)),
    ("RE", ("EU", "RE")),
    ("EU", ("EU",)),
    ("", ()),
]


@pytest.mark.parametrize(("place", "found"), INSIDE)
def test_what_a_place_lies_in(place: str, found: tuple[str, ...]) -> None:
    assert jurisdictions_in(place) == found


def test_other_countries_of_plus_one_are_not_the_united_states() -> None:
    for text in ("+14165551234", "+18762345678", "+12684641234", "+12422345678"):
        assert "US" not in phone.read(text).jurisdictions


def test_fiction_lies_where_its_area_code_does() -> None:
    assert phone.read("+14155550100").jurisdictions == ("US", "US-CA")
    assert phone.read("+15555555678").jurisdictions == ("US",)
    assert phone.read("+447700900123").jurisdictions == ("GB",)


@pytest.mark.parametrize("prefix", blocked_prefixes(), ids=lambda prefix: prefix["digits"])
def test_every_blocked_prefix_is_a_row_with_its_reason(prefix: dict[str, str]) -> None:
    assert re.fullmatch(r"\+[1-9]\d{1,8}", prefix["digits"])
    assert prefix["line_type"] in {"satellite", "personal", "premium_rate"}
    assert prefix["reason"]


def test_the_satellites_of_the_paper_are_blocked() -> None:
    digits = {prefix["digits"] for prefix in blocked_prefixes()}
    assert digits >= {"+870", "+878", "+881", "+882", "+883", "+979"}


def test_what_takes_seconds_to_load_is_never_loaded() -> None:
    """The geocoder and the carrier tables take 4 s and 150 MiB: no module of ours may name them."""
    root = Path(phone.__file__).parents[2]
    files = [*root.glob("calls/**/*.py"), *root.glob("console/**/*.py")]
    texts = {file.name: file.read_text(encoding="utf-8") for file in files}
    named = re.compile(r"import (geocoder|carrier)\b|phonenumbers\.(geocoder|carrier|geodata)")
    assert [name for name, text in texts.items() if named.search(text)] == []
