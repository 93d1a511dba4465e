"""Ids: opaque, time-ordered, and read back strictly."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from calls.lib import ids

KEY = UUID("01936f3e-1c2b-7abc-8def-0123456789ab")


def test_an_id_is_a_uuid_of_version_7() -> None:
    key = ids.new_id()
    assert key.version == 7
    assert key.variant == "specified in RFC 4122"


def test_ids_sort_by_the_moment_they_were_made() -> None:
    made = [ids.new_id() for _ in range(1000)]
    earlier_by_a_millisecond = [(key.int >> 80) for key in made]
    assert earlier_by_a_millisecond == sorted(earlier_by_a_millisecond)


def test_an_id_knows_when_it_was_made() -> None:
    before = datetime.now(UTC)
    made = ids.minted_at(ids.new_id())
    assert timedelta() <= made - before.replace(microsecond=0) < timedelta(seconds=60)
    assert ids.minted_at(KEY) == datetime(2024, 11, 27, 20, 9, 21, 707000, tzinfo=UTC)


def test_an_id_nobody_made_is_of_the_end_of_time() -> None:
    assert ids.minted_at(UUID(int=(1 << 128) - 1)).year == 9999


def test_ids_do_not_repeat() -> None:
    assert len({ids.new_id() for _ in range(10_000)}) == 10_000


def test_the_public_form_is_a_prefix_and_32_digits() -> None:
    assert ids.public("CA", KEY) == "CA01936f3e1c2b7abc8def0123456789ab"


def test_the_public_form_is_read_back() -> None:
    assert ids.parse("CA", ids.public("CA", KEY)) == KEY
    assert ids.must_parse("ca_", ids.public("ca_", KEY)) == KEY


@pytest.mark.parametrize(
    "text",
    [
        "",
        "CA",
        KEY.hex,  # without its prefix
        "CB" + KEY.hex,
        "ca" + KEY.hex,
        "CA" + KEY.hex.upper(),
        "CA" + KEY.hex[:-1],
        "CA" + KEY.hex + "0",
        "CACA" + KEY.hex,
        f"CA{KEY}",
        "CA" + KEY.hex[:-1] + "g",
        "CA" + KEY.hex[:-1] + " ",
        "CA" + "٣" * 32,
        "CA{" + KEY.hex[:-2] + "}",
        "CA0x" + KEY.hex[:-2],
        "CA+" + KEY.hex[:-1],
        "CA_" + KEY.hex[:-1],
        "CA" + KEY.hex[:15] + "_" + KEY.hex[16:],
    ],
)
def test_anything_else_is_no_id(text: str) -> None:
    assert ids.parse("CA", text) is None


def test_our_own_messages_must_be_right() -> None:
    with pytest.raises(ValueError, match="not an id beginning with CA"):
        ids.must_parse("CA", "nonsense")
