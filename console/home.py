"""The folder an installation lives in: one run at a time, its own secrets, ports nobody else has."""

import fcntl
import os
import secrets
import socket
from pathlib import Path
from typing import TextIO

from cryptography.fernet import Fernet


class CannotStart(Exception):
    """Why nothing was started, in one sentence that says what to do."""


def claim(data_dir: Path) -> TextIO:
    """Makes the folder and locks it for as long as the returned file stays open."""
    try:
        data_dir.mkdir(parents=True, exist_ok=True)
        data_dir.chmod(0o700)
        lock = (data_dir / "run.lock").open("a+", encoding="ascii")
    except OSError as error:
        raise CannotStart(
            f"DATA_DIR {data_dir} cannot be written ({error.strerror}); choose another:"
            " DATA_DIR=/some/folder make run"
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        lock.seek(0)
        other = lock.read().strip()
        lock.close()
        raise CannotStart(
            f"Another `make run` (process {other}) works on {data_dir};"
            " end it, or choose another folder: DATA_DIR=var2 PORT=8001 SANDBOX_PORT=8011 make run"
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def write_secrets(path: Path) -> None:
    """Random keys for this installation, readable by its owner only; what is there already stays."""
    if path.exists():
        return
    new = path.with_suffix(".new")
    new.unlink(missing_ok=True)
    lines = (
        "# Made at the first start. Back this file up: sealed credentials cannot be read without it.",
        f"SECRET_KEY={secrets.token_urlsafe(50)}",
        f"ENCRYPTION_KEYS={Fernet.generate_key().decode()}",
    )
    with os.fdopen(os.open(new, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
        file.write("\n".join(lines) + "\n")
    new.rename(path)


def require_free(setting: str, port: int) -> None:
    """Refuses a port somebody listens on, naming the setting that moves ours."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError as error:
            raise CannotStart(
                f"Port {port} cannot be used ({error.strerror});"
                f" choose another: {setting}={port + 1 if port < 65535 else 8000} make run"
            ) from error
