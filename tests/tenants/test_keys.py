"""The spelling of API keys: what is minted can be read back, and nothing else can (R4.1)."""

import hashlib
import re
import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.tenants import keys

ALPHABET = string.digits + string.ascii_letters
FORM = re.compile(r"gl_(live|test|admin)_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}")
KEY, SPELLED = keys.mint("test")


@pytest.mark.parametrize("environment", ["live", "test", "admin"])
def test_a_minted_key_reads_back(environment: str) -> None:
    key, spelled = keys.mint(environment)
    assert keys.parse(key) == spelled
    assert FORM.fullmatch(key)
    assert key.startswith(f"gl_{environment}_{spelled.key_id}_")


def test_the_digest_is_of_the_whole_key() -> None:
    assert SPELLED.sha256 == hashlib.sha256(KEY.encode()).hexdigest()


def test_the_parts_that_are_kept_do_not_hold_the_secret() -> None:
    secret = KEY.rsplit("_", 1)[1]
    assert secret not in repr(SPELLED)


@given(st.integers(0, len(KEY) - 1), st.sampled_from(ALPHABET))
def test_one_mistyped_character_is_noticed(position: int, character: str) -> None:
    mistyped = KEY[:position] + character + KEY[position + 1 :]
    assert (keys.parse(mistyped) is None) == (mistyped != KEY)


@given(st.integers(len("gl_test_"), len(KEY) - 2))
def test_two_swapped_characters_are_noticed(position: int) -> None:
    swapped = KEY[:position] + KEY[position + 1] + KEY[position] + KEY[position + 2 :]
    assert (keys.parse(swapped) is None) == (swapped != KEY)


@pytest.mark.parametrize(
    "presented",
    [
        "",
        KEY[:-1],
        KEY + "0",
        KEY + "\n",
        " " + KEY,
        KEY.upper(),
        KEY.replace("gl_", "GL_"),
        KEY.replace("gl_test_", "gl_live_"),
        KEY.replace("gl_test_", "gl_prod_"),
        KEY[:-1] + "é",
        KEY[:-1] + "０",  # a digit of another script
    ],
    ids="empty short long line space upper product live prod accent digit".split(),
)
def test_other_forms_are_no_keys(presented: str) -> None:
    assert keys.parse(presented) is None


@given(st.text(max_size=100))
def test_any_text_can_be_presented(text: str) -> None:
    assert keys.parse(text) is None


def test_no_two_keys_share_an_id_or_a_digest() -> None:
    minted = [keys.mint("live")[1] for _ in range(1000)]
    assert len({spelled.key_id for spelled in minted}) == 1000
    assert len({spelled.sha256 for spelled in minted}) == 1000


def test_every_letter_and_digit_is_used_about_evenly() -> None:
    text = "".join(keys.mint("live")[0].rsplit("_", 1)[1][:43] for _ in range(500))
    counts = {character: text.count(character) for character in ALPHABET}
    expected = len(text) / len(ALPHABET)  # 347; five standard deviations are 92
    assert min(counts.values()) > expected - 120
    assert max(counts.values()) < expected + 120


@pytest.mark.parametrize(
    ("stored", "presented", "same"),
    [("ab", "ab", True), ("ab", "aB", False), ("ab", "abc", False), ("", "", True)],
)
def test_digests_are_compared_whole(stored: str, presented: str, same: bool) -> None:
    assert keys.same(stored, presented) is same
