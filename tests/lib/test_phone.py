"""What the digits of a number tell, and what they do not."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.lib import phone
from calls.lib.errors import BadField
from calls.lib.phone import UnreadableNumber

# as written, region, country group, line type
ORDINARY = [
    ("+14152345678", "US", "US", "fixed_or_mobile"),
    ("+17872345678", "PR", "US", "fixed_or_mobile"),  # Puerto Rico dials as the US does
    ("+18762345678", "JM", "JM", "mobile"),  # +1, and yet Jamaica
    ("+14165551234", "CA", "CA", "fixed_or_mobile"),
    ("+447911123456", "GG", "GB", "mobile"),  # a UK mobile that the metadata calls Guernsey's
    ("+442071234567", "GB", "GB", "fixed_line"),
    ("+390612345678", "IT", "IT", "fixed_line"),  # the zero belongs to the number
    ("+61400123456", "AU", "AU", "mobile"),
    ("+5511987654321", "BR", "BR", "mobile"),
]

# as written, line type
NOT_A_PERSON = [
    ("+18002345678", "toll_free"),
    ("+18332345678", "toll_free"),
    ("+18442345678", "toll_free"),
    ("+80012345678", "toll_free"),
    ("+19002345678", "premium_rate"),
    ("+448451234567", "premium_rate"),
    ("+443001234567", "uan"),
    ("+447012345678", "personal"),
    ("+881612345678", "satellite"),
    ("+870512345678", "satellite"),
    ("+882131234567", "satellite"),
    ("+883510012345", "satellite"),
    ("+878101234567890", "personal"),
    ("+97912345678", "premium_rate"),
]

# as written, region
FICTION = [
    ("+15555555678", "US"),
    ("+15550000000", "US"),
    ("+14155550100", "US"),
    ("+12125550199", "US"),
    ("+18005550199", "US"),
    ("+14165550100", "CA"),
    ("+18765550123", "JM"),
    ("+447700900123", "GB"),
    ("+442079460958", "GB"),
    ("+441134960000", "GB"),
    ("+61491570006", "AU"),
    ("+61255501234", "AU"),
]

# just outside of what is set aside
REAL = ["+14155550200", "+14155550099", "+14155551234", "+447700901123", "+61491570007"]

# as people write it, E.164
SPELLINGS = [
    ("+1 (415) 234-5678", "+14152345678"),
    ("+1.415.234.5678", "+14152345678"),
    ("+1-415-234-5678", "+14152345678"),
    ("+1/415/2345678", "+14152345678"),
    ("  +1 415 234 5678 ", "+14152345678"),
    ("+44 (0)20 7123 4567", "+442071234567"),
]

UNREADABLE = [
    "",
    "+",
    "911",
    "112",
    "+911",
    "4152345678",  # without a country code and without a home
    "(415) 234-5678",
    "0014152345678",
    "+1 415 234 5678 ext. 5",
    "+1 415 234 5678x5",
    "+1415234567８",
    "+１４１５２３４５６７８",
    "+٤٤٢٠٧١٢٣٤٥٦٧",
    "+1800FLOWERS",
    "+1 415 234 5678 +1 415",
    "+114152345678",  # one digit more than a number has
    "+1 1 415 234 5678",
    "+12345678901234567",
    "+14152345678\n",
    "+1415\x002345678",
    "tel:+14152345678",
    "+1415;2345678",
    "++14152345678",
    "+-14152345678",
    "14152345678+",
    "-14152345678",
    "+999123456789",
    "+44",
    "+1" + " " * 40,
]

NOT_IN_SERVICE = ["+1911", "+112", "+1112", "+4412345", "+12002345678", "+14562345678"]


@pytest.mark.parametrize(("text", "region", "group", "line_type"), ORDINARY)
def test_ordinary_numbers(text: str, region: str, group: str, line_type: str) -> None:
    number = phone.read(text)
    assert (number.region, number.country_group, number.line_type) == (region, group, line_type)
    assert number.is_valid
    assert not number.is_fictional


@pytest.mark.parametrize(("text", "line_type"), NOT_A_PERSON)
def test_numbers_that_are_no_persons(text: str, line_type: str) -> None:
    assert phone.read(text).line_type == line_type


@pytest.mark.parametrize(("text", "region"), FICTION)
def test_fictional_numbers_belong_to_nobody(text: str, region: str) -> None:
    number = phone.read(text)
    assert number.is_fictional
    assert number.region == region
    assert number.zones == ()


@pytest.mark.parametrize("text", REAL)
def test_their_neighbours_may_ring(text: str) -> None:
    assert not phone.read(text).is_fictional


@pytest.mark.parametrize(("text", "e164"), SPELLINGS)
def test_peoples_spellings(text: str, e164: str) -> None:
    assert phone.read(text).e164 == e164


@pytest.mark.parametrize("text", UNREADABLE)
def test_what_cannot_be_dialled_as_written_is_refused(text: str) -> None:
    with pytest.raises(UnreadableNumber):
        phone.read(text)


@pytest.mark.parametrize("text", NOT_IN_SERVICE)
def test_digits_that_are_no_number_are_not_valid(text: str) -> None:
    assert not phone.read(text).is_valid


@pytest.mark.parametrize("text", ["911", "112", "999", "933", "12345"])
@pytest.mark.parametrize("home", ["US", "GB"])
def test_emergency_and_short_codes_are_never_valid(text: str, home: str) -> None:
    assert not phone.read(text, home=home).is_valid


def test_a_home_reads_national_numbers() -> None:
    assert phone.read("(415) 234-5678", home="US").e164 == "+14152345678"
    assert phone.read("020 7123 4567", home="GB").e164 == "+442071234567"


def test_an_extra_digit_is_named_and_never_dropped() -> None:
    with pytest.raises(UnreadableNumber, match=r"Did you mean \+14152345678"):
        phone.read("+114152345678")


# as written, zones it may be in: never fewer than the area code has
ZONES = [
    ("+14152345678", {"America/Los_Angeles"}),
    ("+18502345678", {"America/New_York", "America/Chicago"}),  # Florida's panhandle
    ("+18122345678", {"America/New_York", "America/Chicago"}),  # Indiana has two zones
    ("+19282345678", {"America/Phoenix", "America/Denver"}),  # the Navajo Nation keeps DST
    ("+447911123456", {"Europe/London", "Europe/Guernsey", "Europe/Jersey", "Europe/Isle_of_Man"}),
    ("+390612345678", {"Europe/Rome"}),
    ("+881612345678", set()),
]


@pytest.mark.parametrize(("text", "zones"), ZONES)
def test_every_zone_a_number_may_be_in(text: str, zones: set[str]) -> None:
    assert set(phone.read(text).zones) == zones


# as written, at least so many zones
MANY = [("+19072345678", 2), ("+18762345678", 42), ("+79161234567", 16), ("+61400123456", 8)]


@pytest.mark.parametrize(("text", "count"), MANY)
def test_numbers_with_many_zones(text: str, count: int) -> None:
    assert len(phone.read(text).zones) >= count


def test_no_zone_is_called_unknown() -> None:
    assert "Etc/Unknown" not in phone.read("+881612345678").zones


@given(st.text(max_size=40))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        assert phone.read(text).e164.startswith("+")
    except UnreadableNumber as refused:
        assert str(refused)


@given(st.text("+0123456789 ().-/", min_size=3, max_size=32))
def test_reading_twice_changes_nothing(text: str) -> None:
    try:
        number = phone.read(text)
    except UnreadableNumber:
        return
    assert phone.read(number.e164) == number


@given(st.text("+0123456789 .-", min_size=8, max_size=20))
def test_the_digits_dialled_are_the_digits_written(text: str) -> None:
    try:
        number = phone.read(text)
    except UnreadableNumber:
        return
    assert [c for c in number.e164 if c.isdigit()] == [c for c in text if c.isdigit()]


@pytest.mark.parametrize(
    ("written", "groups"), [([], []), (["us", "CA ", "US"], ["CA", "US"]), (["gb"], ["GB"])]
)
def test_country_groups_are_read_once_each(written: list[str], groups: list[str]) -> None:
    assert phone.must_read_groups("countries", written) == groups


def test_what_is_no_region_is_named_at_its_field() -> None:
    with pytest.raises(BadField, match="Not a region: EU, NARNIA") as refused:
        phone.must_read_groups("countries", ["US", "Narnia", "EU"])
    assert refused.value.field == "countries"


@pytest.mark.parametrize(
    ("said", "kept"),
    [
        ("Call +12127365000 now.", "Call (number) now."),
        ("Call +1 (212) 736-5000.", "Call (number)."),
        ("212.736.5000 or 030/123 45 67", "(number) or (number)"),
        ("On the list since 2026-11-02: 3 asked.", "On the list since 2026-11-02: 3 asked."),
        (
            "At most 2,000 calls in 24 hours, 10 of 100.",
            "At most 2,000 calls in 24 hours, 10 of 100.",
        ),
        ("", ""),
    ],
)
def test_a_sentence_without_its_numbers(said: str, kept: str) -> None:
    assert phone.without_numbers(said) == kept


@given(st.text())
def test_no_long_run_of_digits_is_left_in_any_text(text: str) -> None:
    assert not re.search(r"[0-9]{7}", phone.without_numbers(text))
