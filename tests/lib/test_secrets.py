"""Secrets at rest: the first key seals, every key opens, a lost key is said plainly."""

import pytest
from cryptography.fernet import Fernet
from pytest_django import Settings

from calls.lib import secrets

OLD, NEW = Fernet.generate_key().decode(), Fernet.generate_key().decode()


def test_what_is_sealed_opens(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    assert secrets.unseal(secrets.seal("pässword")) == "pässword"


def test_sealed_text_shows_nothing_but_the_key_id(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    sealed = secrets.seal("password")
    assert sealed.startswith(secrets.key_id(NEW) + ":")
    assert "password" not in sealed


def test_the_same_text_never_looks_the_same(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    assert secrets.seal("password") != secrets.seal("password")


def test_a_former_key_still_opens(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = secrets.seal("password")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    assert secrets.unseal(sealed) == "password"


def test_a_lost_key_is_named(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = secrets.seal("password")
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable) as refusal:
        secrets.unseal(sealed)
    assert refusal.value.key_id == secrets.key_id(OLD)


@pytest.mark.parametrize("cut", [-1, 20])
def test_changed_text_does_not_open(settings: Settings, cut: int) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable):
        secrets.unseal(secrets.seal("password")[:cut])


@pytest.mark.parametrize("garbage", ["", "plain", ":", "::", "gAAAA:x"])
def test_what_was_never_sealed_does_not_open(settings: Settings, garbage: str) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable):
        secrets.unseal(garbage)


def test_a_refusal_holds_no_secret(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable) as refusal:
        secrets.unseal("0badbad0:token-of-somebody")
    assert "token-of-somebody" not in str(refusal.value)


@pytest.mark.parametrize("garbage", ["my-api-key", "AC00:token", "whsec_x:y", "0BADBAD0:x"])
def test_nor_what_was_stored_unsealed_by_mistake(settings: Settings, garbage: str) -> None:
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable, match="wants key 'unknown'") as refusal:
        secrets.unseal(garbage)
    assert garbage.partition(":")[0] not in str(refusal.value)


def test_resealed_it_is_the_same_secret_under_the_first_key(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = secrets.seal("password")
    settings.ENCRYPTION_KEYS = [NEW, OLD]
    again = secrets.reseal(sealed)
    settings.ENCRYPTION_KEYS = [NEW]
    assert secrets.unseal(again) == "password"
    assert secrets.reseal(again) == again


def test_what_nobody_can_open_is_not_resealed(settings: Settings) -> None:
    settings.ENCRYPTION_KEYS = [OLD]
    sealed = secrets.seal("password")
    settings.ENCRYPTION_KEYS = [NEW]
    with pytest.raises(secrets.Undecryptable):
        secrets.reseal(sealed)
