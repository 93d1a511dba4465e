"""What a version's configuration may hold."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.agents.configuration import KEYS, flaw

GOOD = {
    "model": "voice-1",
    "voice": "alloy",
    "language": "en-US",
    "prompt_key": "support/v3",
    "media_url": "wss://media.acme.example/stream?v=3",
    "carrier_version_id": "ver_9",
}


def test_everything_may_be_given_or_left_out() -> None:
    assert flaw(GOOD) is None
    assert flaw({}) is None


@pytest.mark.parametrize("value", ["", 3, None, ["a"], "x" * 301])
@pytest.mark.parametrize("key", KEYS)
def test_each_value_is_short_text(key: str, value: object) -> None:
    found = flaw(GOOD | {key: value})
    assert found is not None
    assert found[0] == key


def test_an_unknown_key_is_named() -> None:
    known = "model, voice, language, prompt_key, media_url, carrier_version_id"
    assert flaw({"vocie": "alloy"}) == ("vocie", f"A version has no “vocie”. It has {known}.")


@pytest.mark.parametrize(
    "address",
    [
        "ws://media.acme.example",
        "http://media.acme.example",
        "media.acme.example",
        "wss://",
        "wss://ada:secret@media.acme.example",
        "javascript:alert(1)",
        "wss://[",
    ],
)
def test_media_flow_over_encrypted_addresses_only(address: str) -> None:
    found = flaw({"media_url": address})
    assert found is not None
    assert "wss://" in found[1]


@given(st.dictionaries(st.text(), st.text() | st.integers() | st.none()))
def test_whatever_is_given_there_is_an_answer(config: dict[str, object]) -> None:
    found = flaw(config)
    assert found is None or found[0] in config
