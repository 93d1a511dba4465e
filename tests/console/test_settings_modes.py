"""What the settings become under https, on loopback, with PostgreSQL, with files of secrets."""

import runpy
from pathlib import Path
from typing import Any

import pytest

from tests.house.source import ROOT


@pytest.fixture
def settings_with(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> Any:
    """Evaluates console/settings.py under these environment variables alone."""

    def evaluate(**values: str) -> dict[str, Any]:
        for name in ("DATABASE_URL", "PORT", "PUBLIC_URL", "GREENLIGHT_ENV", "DEBUG", "SECRET_KEY"):
            monkeypatch.delenv(name, raising=False)
        monkeypatch.setenv("DATA_DIR", str(tmp_path))
        for name, value in values.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(ROOT / "console/settings.py"))

    return evaluate


def test_loopback_needs_no_certificate(settings_with: Any) -> None:
    found = settings_with()
    assert not found["SESSION_COOKIE_SECURE"]
    assert not found["SECURE_SSL_REDIRECT"]
    assert found["SECURE_HSTS_SECONDS"] == 0


def test_two_runs_on_one_host_keep_their_sessions_apart(settings_with: Any) -> None:
    one, two = settings_with(PORT="8000"), settings_with(PORT="8001")
    assert one["SESSION_COOKIE_NAME"] != two["SESSION_COOKIE_NAME"]
    assert one["CSRF_COOKIE_NAME"] != two["CSRF_COOKIE_NAME"]


def test_https_locks_the_cookies_to_the_host(settings_with: Any) -> None:
    found = settings_with(PUBLIC_URL="https://calls.example")
    assert found["SESSION_COOKIE_NAME"].startswith("__Host-")
    assert found["CSRF_COOKIE_NAME"].startswith("__Host-")
    assert found["SESSION_COOKIE_SECURE"]
    assert found["CSRF_COOKIE_SECURE"]
    assert found["SECURE_HSTS_SECONDS"] >= 31_536_000


def test_programs_are_not_redirected_to_https(settings_with: Any) -> None:
    found = settings_with(PUBLIC_URL="https://calls.example")
    assert found["SECURE_SSL_REDIRECT"]
    assert r"^api/" in found["SECURE_REDIRECT_EXEMPT"]


def test_hosts_are_the_public_one_and_loopback(settings_with: Any) -> None:
    found = settings_with(PUBLIC_URL="http://box.example:8000")
    assert found["ALLOWED_HOSTS"] == ["box.example", "127.0.0.1", "localhost", "[::1]"]


def test_production_answers_to_its_own_name_only(settings_with: Any) -> None:
    found = settings_with(PUBLIC_URL="https://calls.example", GREENLIGHT_ENV="production")
    assert found["ALLOWED_HOSTS"] == ["calls.example"]


def test_forwarded_headers_are_believed_behind_a_proxy_only(settings_with: Any) -> None:
    assert settings_with()["SECURE_PROXY_SSL_HEADER"] is None
    assert settings_with(TRUSTED_PROXY_COUNT="1")["SECURE_PROXY_SSL_HEADER"] is not None


def test_database_is_sqlite_in_the_data_folder(settings_with: Any, tmp_path: Path) -> None:
    assert settings_with()["DATABASES"]["default"]["NAME"] == tmp_path / "greenlight.sqlite3"


def test_database_url_chooses_postgresql(settings_with: Any) -> None:
    found = settings_with(DATABASE_URL="postgresql://db.example/calls")
    assert found["DATABASES"]["default"]["HOST"] == "db.example"


def test_broker_and_cache_are_the_embedded_valkey(settings_with: Any, tmp_path: Path) -> None:
    found = settings_with()
    assert found["BROKER_URL"] == f"redis+socket://{tmp_path}/valkey.sock?virtual_host=0"
    assert found["CACHES"]["default"]["LOCATION"] == f"unix://{tmp_path}/valkey.sock?db=1"


def test_secrets_file_is_read(settings_with: Any, tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SECRET_KEY=mine\n")
    assert settings_with()["SECRET_KEY"] == "mine"


def test_environment_wins_over_the_secrets_file(settings_with: Any, tmp_path: Path) -> None:
    (tmp_path / "secrets.env").write_text("SECRET_KEY=mine\n")
    assert settings_with(SECRET_KEY="other")["SECRET_KEY"] == "other"


def test_broker_may_not_hold_a_request(settings_with: Any) -> None:
    options = settings_with()["CELERY_BROKER_TRANSPORT_OPTIONS"]
    assert options["socket_timeout"] <= 1
    assert options["socket_connect_timeout"] <= 1


def test_celery_takes_json_only(settings_with: Any) -> None:
    assert settings_with()["CELERY_ACCEPT_CONTENT"] == ["json"]
