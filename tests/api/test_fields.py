"""What a value of each kind may look like."""

from datetime import UTC, datetime

import pytest

from calls.api import fields
from calls.api.body import read_json
from calls.lib.errors import BadField


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-14T15:00:00Z",
        "2026-05-14t15:00:00z",
        "2026-05-14T11:00:00-04:00",
        "2026-05-14T15:00:00.000000Z",
        "2026-05-14T15:00:00-00:00",
    ],
)
def test_one_instant_however_written(text: str) -> None:
    assert fields.instant(text) == datetime(2026, 5, 14, 15, tzinfo=UTC)


@pytest.mark.parametrize(
    "text",
    [
        "2026-05-14T15:00Z",
        "2026-05-14 15:00:00Z",
        "2026-W20-4T15:00:00Z",
        "２０２６-05-14T15:00:00Z",
    ],
)
def test_no_other_spelling_of_an_instant(text: str) -> None:
    with pytest.raises(ValueError, match="offset"):
        fields.instant(text)


@pytest.mark.parametrize("text", ["2026-05-14T15:00", "2026-05-14T15:00:00"])
def test_a_wall_clock_time_has_no_zone(text: str) -> None:
    assert fields.moment(text) == datetime(2026, 5, 14, 15)


@pytest.mark.parametrize("text", ["1999-12-31T23:59:59Z", "2200-01-01T00:00:00Z"])
def test_years_nobody_means(text: str) -> None:
    with pytest.raises(ValueError, match="year"):
        fields.moment(text)


@pytest.mark.parametrize("text", ["\x00", "a\x1bb", "a\x7f", "\u0085", " ", "\u3000", ""])
def test_text_of_one_line(text: str) -> None:
    with pytest.raises(ValueError, match=r"empty|control"):
        fields.plain(text)


@pytest.mark.parametrize("text", ["Zoë", "注文 77", "a/b?c=d&e", "<script>", "=1+1", "☎️"])
def test_any_other_text_is_text(text: str) -> None:
    assert fields.plain(text) == text


def test_depth_is_counted_in_containers() -> None:
    assert read_json(b'{"a":' * 8 + b"1" + b"}" * 8)
    with pytest.raises(BadField, match="deeper"):
        read_json(b'{"a":' * 9 + b"1" + b"}" * 9)


def test_the_same_key_in_two_objects_is_no_duplicate() -> None:
    assert read_json(b'{"a": {"a": "1"}}') == {"a": {"a": "1"}}


def test_a_key_twice_however_spelled() -> None:
    with pytest.raises(BadField, match="twice"):
        read_json(rb'{"a": 1, "\u0061": 2}')
