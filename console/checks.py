"""System checks: what must never be true of an installation that places real calls."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from cryptography.fernet import Fernet
from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.exceptions import ImproperlyConfigured
from django.db import DatabaseError

from calls.policy.rulebook import open_book
from calls.policy.rulefile import WrongRule

HERE = {"", "localhost", "127.0.0.1", "::1"}


@register(Tags.security, deploy=True)
def deployment(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Everything `check --deploy` holds against this installation."""
    return [*settings_errors(settings), *sandbox_errors()]


@register(Tags.security)
def key_ring(app_configs: Sequence[AppConfig] | None = None, **_: Any) -> list[CheckMessage]:
    """Every key must be one Fernet can use, wherever this runs."""
    return list(ring_errors(settings.ENCRYPTION_KEYS))


def refuse_unsafe_start() -> None:
    """In production, stops the process with every reason at once; elsewhere does nothing."""
    errors = list(settings_errors(settings)) if settings.PRODUCTION else []
    if errors:
        raise ImproperlyConfigured(" ".join(f"{e.msg} {e.hint}" for e in errors))


def refuse_wrong_rules() -> None:
    """Read every rule of law; a file that is wrong stops the process, naming its line."""
    try:
        open_book(Path(settings.RULES_DIR) if settings.RULES_DIR else None)
    except WrongRule as problem:
        raise ImproperlyConfigured(f"A rule of law cannot be used. {problem}") from None


def settings_errors(config: Any) -> Iterator[CheckMessage]:
    """What is wrong with the settings alone; reads no table. `config`: Django's settings."""
    if config.DEBUG:
        yield _error("E001", "DEBUG shows secrets to whoever causes an error.", "Unset DEBUG.")
    if config.SECRET_KEY == config.SAMPLE_SECRET_KEY:
        yield _error("E002", "SECRET_KEY is the published sample.", "Set one of your own.")
    if config.SAMPLE_ENCRYPTION_KEY in config.ENCRYPTION_KEYS:
        hint = "Make one: python -c 'from cryptography.fernet import Fernet as F; print(F.generate_key())'"
        yield _error("E003", "ENCRYPTION_KEYS holds the published sample.", hint)
    if not config.HTTPS:
        yield _error("E004", "PUBLIC_URL is not https.", "Keys and sessions would travel in clear.")
    if config.GREENLIGHT_CUT:
        hint = "Unset it: it serves the fault tests."
        yield _error("E008", "GREENLIGHT_CUT takes processes away in mid-call.", hint)
    if config.WEBHOOKS_TO_LOOPBACK:
        hint = "Unset it: it serves tests."
        yield _error("E009", "WEBHOOKS_TO_LOOPBACK lets webhooks into this machine.", hint)
    if not config.DATABASE_URL and _host(config.BROKER_URL) not in HERE:
        hint = "Set DATABASE_URL to a PostgreSQL database."
        yield _error("E005", "Workers elsewhere cannot share a SQLite file.", hint)


def ring_errors(keys: Sequence[str]) -> Iterator[CheckMessage]:
    """Keys that are not 32 bytes in URL-safe base64."""
    for place, key in enumerate(keys, start=1):
        try:
            Fernet(key)
        except ValueError:
            hint = "A key is 32 random bytes in URL-safe base64, 44 characters."
            yield _error("E006", f"Key {place} of ENCRYPTION_KEYS cannot be used.", hint)


def sandbox_errors() -> Iterator[CheckMessage]:
    """Accounts of the carrier that rings nobody; silent where there is no database to ask."""
    from calls.routes.models import CarrierAccount

    try:
        found = CarrierAccount.objects.filter(carrier__in=CarrierAccount.SANDBOXES).count()
    except (DatabaseError, ImproperlyConfigured):
        return
    if found:
        hint = "Remove the account, or run this installation as GREENLIGHT_ENV=development."
        yield _error("E007", f"{found} carrier accounts are the sandbox, which rings nobody.", hint)


def _host(url: str) -> str:
    parts = urlsplit(url)
    return "" if "socket" in parts.scheme or parts.scheme == "unix" else parts.hostname or ""


def _error(number: str, message: str, hint: str) -> Error:
    return Error(message, hint=hint, id=f"greenlight.{number}")
