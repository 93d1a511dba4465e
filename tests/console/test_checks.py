"""What production refuses."""

from types import SimpleNamespace
from typing import Any

import pytest
from cryptography.fernet import Fernet
from django.core.checks import run_checks
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from calls.routes.models import CarrierAccount
from console import checks
from tests.world import World


def found(**changes: Any) -> list[str]:
    """The ids of what is held against sound settings with these changes."""
    sound: dict[str, Any] = {
        "DEBUG": False,
        "SECRET_KEY": "own",
        "SAMPLE_SECRET_KEY": "sample",
        "ENCRYPTION_KEYS": ["own"],
        "SAMPLE_ENCRYPTION_KEY": "sample",
        "HTTPS": True,
        "GREENLIGHT_CUT": "",
        "WEBHOOKS_TO_LOOPBACK": False,
        "DATABASE_URL": "postgresql://db.example/calls",
        "BROKER_URL": "redis://broker.example/0",
    }
    return [str(e.id) for e in checks.settings_errors(SimpleNamespace(**(sound | changes)))]


def test_sound_settings_pass() -> None:
    assert found() == []


def test_debug_is_refused() -> None:
    assert found(DEBUG=True) == ["greenlight.E001"]


def test_sample_secret_key_is_refused() -> None:
    assert found(SECRET_KEY="sample") == ["greenlight.E002"]


def test_sample_encryption_key_is_refused_wherever_it_stands() -> None:
    assert found(ENCRYPTION_KEYS=["own", "sample"]) == ["greenlight.E003"]


def test_plain_http_is_refused() -> None:
    assert found(HTTPS=False) == ["greenlight.E004"]


def test_a_process_that_would_be_taken_away_is_refused() -> None:
    assert found(GREENLIGHT_CUT="after_intent:1") == ["greenlight.E008"]


def test_webhooks_into_this_machine_are_refused() -> None:
    assert found(WEBHOOKS_TO_LOOPBACK=True) == ["greenlight.E009"]


def test_sqlite_with_a_broker_elsewhere_is_refused() -> None:
    assert found(DATABASE_URL="") == ["greenlight.E005"]


@pytest.mark.parametrize(
    "broker", ["redis+socket:///srv/v.sock?virtual_host=0", "redis://127.0.0.1/0"]
)
def test_sqlite_with_a_broker_here_is_fine(broker: str) -> None:
    assert found(DATABASE_URL="", BROKER_URL=broker) == []


def test_all_reasons_come_at_once() -> None:
    assert len(found(DEBUG=True, SECRET_KEY="sample", HTTPS=False)) == 3


def test_keys_must_be_usable() -> None:
    good = Fernet.generate_key().decode()
    errors = list(checks.ring_errors([good, "short"]))
    assert [e.msg for e in errors] == ["Key 2 of ENCRYPTION_KEYS cannot be used."]


def test_production_does_not_start_unsafe(settings: Settings) -> None:
    settings.PRODUCTION, settings.DEBUG = True, True
    with pytest.raises(ImproperlyConfigured, match="DEBUG shows secrets"):
        checks.refuse_unsafe_start()


def test_development_starts_on_samples() -> None:
    checks.refuse_unsafe_start()


@pytest.mark.django_db
def test_deployment_checks_are_registered() -> None:
    ids = {message.id for message in run_checks(include_deployment_checks=True)}
    assert "greenlight.E002" in ids


@pytest.mark.django_db
def test_no_sandbox_account_no_complaint() -> None:
    assert list(checks.sandbox_errors()) == []


@pytest.mark.parametrize("carrier", ["sandbox", "sandbox-twilio"])
def test_a_sandbox_in_production_is_refused_whatever_its_face(world: World, carrier: str) -> None:
    CarrierAccount.objects.update(carrier="stateset")
    assert list(checks.sandbox_errors()) == []
    CarrierAccount.objects.filter(pk=world.account.pk).update(carrier=carrier)
    assert [e.id for e in checks.sandbox_errors()] == ["greenlight.E007"]
