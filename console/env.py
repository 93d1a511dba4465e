"""Reading settings from the environment, loudly: a wrong value stops the start in one sentence."""

import hashlib
import tempfile
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

# The kernel allows 108 bytes for a Unix socket's path (man 7 unix), the final NUL included.
LONGEST_SOCKET_PATH = 100
# A process that froze inside a transaction holds its locks: the server takes them back (R2.10).
NO_LONG_IDLING = "-c idle_in_transaction_session_timeout=10s"
# A server or a network that says nothing more is noticed by the kernel (seconds; the last in milliseconds).
NO_DEAD_PEERS: dict[str, Any] = {
    "connect_timeout": 5,
    "keepalives_idle": 10,
    "keepalives_interval": 5,
    "keepalives_count": 3,
    "tcp_user_timeout": 20_000,
}


class SettingError(ImproperlyConfigured):
    """A setting has a value that cannot be used; the message says which, why, and what would do."""


class Env:
    """The environment as typed settings; what a secrets file holds fills the gaps."""

    def __init__(self, values: Mapping[str, str]) -> None:
        self.values = {name: value.strip() for name, value in values.items()}

    def with_file(self, path: Path) -> "Env":
        """The same environment over the `NAME=value` lines of a file, if there is one."""
        if not path.is_file():
            return self
        lines = path.read_text(encoding="utf-8").splitlines()
        pairs = (line.partition("=") for line in lines if "=" in line and line[0] != "#")
        return Env({name.strip(): value for name, _, value in pairs} | self.values)

    def text(self, name: str, default: str = "", choices: tuple[str, ...] = ()) -> str:
        """A string; one of `choices` where they are given."""
        value = self.values.get(name) or default
        if choices and value not in choices:
            raise SettingError(f"{name} must be one of {', '.join(choices)}; it is {value!r}.")
        return value

    def number(self, name: str, default: int, at_least: int, at_most: int) -> int:
        """A whole number within bounds."""
        value = self.values.get(name) or str(default)
        if not (value.isascii() and value.isdigit() and at_least <= int(value) <= at_most):
            raise SettingError(
                f"{name} must be a whole number from {at_least} to {at_most}; it is {value!r}."
            )
        return int(value)

    def flag(self, name: str, default: bool = False) -> bool:
        """True or False, written as 1/0, true/false, yes/no or on/off."""
        value = (self.values.get(name) or str(default)).lower()
        if value in {"1", "true", "yes", "on"}:
            return True
        if value in {"0", "false", "no", "off"}:
            return False
        raise SettingError(f"{name} must be true or false; it is {value!r}.")

    def words(self, name: str, default: tuple[str, ...] = ()) -> list[str]:
        """A list, separated by commas."""
        words = [word.strip() for word in self.values.get(name, "").split(",")]
        return [word for word in words if word] or list(default)

    def folder(self, name: str, default: Path) -> Path:
        """An absolute folder; a relative one is taken from where the command was started."""
        return Path(self.values.get(name) or default).expanduser().absolute()

    def origin(self, name: str, default: str) -> str:
        """The origin of a web site: scheme and host, no path, as in https://calls.example."""
        value = (self.values.get(name) or default).rstrip("/")
        parts = urlsplit(value)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.path:
            raise SettingError(f"{name} must look like https://calls.example; it is {value!r}.")
        return value


def postgresql(
    url: str, pool_size: int, *, statement_seconds: int = 0, lock_seconds: int = 0
) -> dict[str, Any]:
    """Django's settings for a database such as postgresql://user:password@host:5432/name?option=x.

    Connections come from psycopg's pool, one per process, so `CONN_MAX_AGE` stays 0. A statement may take
    so many seconds, and wait so many for a lock; 0: as long as it likes. The URL's options win.
    """
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"} or not parts.path.strip("/"):
        raise SettingError(
            "DATABASE_URL must look like postgresql://user:password@host:5432/name"
            f" (leave it out for SQLite); its scheme is {parts.scheme!r}."
        )
    pool = {"min_size": 1, "max_size": pool_size, "timeout": 5}
    options = dict(parse_qsl(parts.query))
    limits = f"-c statement_timeout={statement_seconds}s -c lock_timeout={lock_seconds}s"
    options["options"] = f"{NO_LONG_IDLING} {limits} {options.get('options', '')}".strip()
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.strip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": unquote(parts.hostname or ""),
        "PORT": str(parts.port or ""),
        "CONN_MAX_AGE": 0,
        "OPTIONS": {"pool": pool, **NO_DEAD_PEERS, **options},
    }


def sqlite(path: Path) -> dict[str, Any]:
    """Django's settings for SQLite as this product needs it.

    `IMMEDIATE`, because a transaction that reads first and writes later fails under load otherwise;
    `FULL`, because a call once accepted must survive a power cut.
    """
    pragmas = ("journal_mode=WAL", "synchronous=FULL", "cache_size=-20000", "temp_store=MEMORY")
    return {
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": path,
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": ";".join(f"PRAGMA {pragma}" for pragma in pragmas),
        },
    }


def socket_path(data_dir: Path) -> Path:
    """Where the embedded Valkey listens: the data folder, or a shorter one if that is too long."""
    path = data_dir / "valkey.sock"
    if len(str(path).encode()) <= LONGEST_SOCKET_PATH:
        return path
    mark = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return Path(tempfile.gettempdir()) / f"greenlight-{mark}" / "valkey.sock"
