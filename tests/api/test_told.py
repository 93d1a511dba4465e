"""The patterns of the document and the checks of the server agree about every text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.api import fields

ODD = st.sampled_from([*"\x00\t\n\r\x1f \x7f\x85\xa0\u1680\u2003\u2028\u2029\u202e\u2066\u3000aé☎"])
TEXTS = st.text(max_size=12) | st.text(ODD, max_size=6)
PARTS = st.sampled_from(
    [
        "2026-05-14",
        "2026-13-01",
        "1999-05-14",
        "2199-12-31",
        "T",
        "t",
        " ",
        "15:00",
        "24:00",
        ":00",
        ":60",
        ".5",
        ".1234567",
        "Z",
        "+02:00",
        "-24:00",
        "+2",
        "",
    ]
)
TIMES = st.lists(PARTS, max_size=6).map("".join)
KINDS = [
    (fields.plain, fields.LINE),
    (fields.passage, fields.PASSAGE),
]
CLOCKS = [(fields.instant, fields.INSTANT), (fields.moment, fields.MOMENT)]


def accepts(check: object, text: str) -> bool:
    try:
        check(text)  # type: ignore[operator]
    except ValueError:
        return False
    return True


def fits(pattern: str, text: str) -> bool:
    """As ECMAScript reads it: `$` is the very end."""
    return re.search(pattern.replace("$", r"\Z"), text) is not None


@pytest.mark.parametrize(("check", "pattern"), KINDS)
@given(text=TEXTS)
def test_texts(check: object, pattern: str, text: str) -> None:
    assert accepts(check, text) == fits(pattern, text)


@pytest.mark.parametrize(("check", "pattern"), CLOCKS)
@given(text=TIMES)
def test_times(check: object, pattern: str, text: str) -> None:
    assert accepts(check, text) == fits(pattern, text)


@pytest.mark.parametrize(("check", "pattern"), CLOCKS)
def test_a_day_that_does_not_exist_is_for_the_format_to_tell(check: object, pattern: str) -> None:
    assert fits(pattern, "2026-02-30T15:00:00Z")
    assert not accepts(check, "2026-02-30T15:00:00Z")


@pytest.mark.parametrize("text", ["a", "a b", "a\tb", "key!~", "", "x" * 256, "schlüssel"])
def test_idempotency_keys(text: str) -> None:
    assert accepts(fields.idempotency_key, text) == fits("^[!-~]{1,255}$", text)
