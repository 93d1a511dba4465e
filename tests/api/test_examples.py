"""The examples in docs/examples do what they say, against a real server and a bad line."""

import importlib.util
import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import combinations_with_replacement
from types import ModuleType
from typing import Any

import httpx
import pytest
from django.core.cache import cache
from django.utils import timezone

from calls.lib.signing import new_secret, signed_headers
from calls.management.demo import Seeded, seed_acme
from calls.records import actions as records
from calls.records.models import Call
from calls.tenants.models import ApiKey
from tests.api.flaky import BROKEN, BUSY, DROPPED, LIMITED, LOST, Flaky, flaky
from tests.api.program import EXAMPLE
from tests.house.source import ROOT
from tests.patience import until

EXAMPLES = ROOT / "docs/examples"
FATES = (LOST, DROPPED, BROKEN, BUSY, LIMITED)


def example(name: str) -> ModuleType:
    """A file of the examples, as a module."""
    spec = importlib.util.spec_from_file_location(name, EXAMPLES / f"{name}.py")
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


make_call = example("make_call")
verify_webhook = example("verify_webhook")


@pytest.fixture
def acme(transactional_db: None) -> Seeded:
    """The demo tenant."""
    return seed_acme(sandbox_url="http://127.0.0.1:9", now=timezone.now() - timedelta(days=90))


@pytest.fixture
def line(acme: Seeded, live_server: Any) -> Iterator[Callable[..., Flaky]]:
    """`line(LOST, BUSY)` is a bad line to the server, which then is a good one."""
    open_lines: list[Any] = []

    def opened(*script: str) -> Flaky:
        open_lines.append(flaky(live_server.url, *script))
        found: Flaky = open_lines[-1].__enter__()
        return found

    yield opened
    for found in open_lines:
        found.__exit__(None, None, None)


def place(at: Flaky, key: str, **more: Any) -> tuple[dict[str, Any], list[float]]:
    """The example's call through this line, and how long it would have waited between tries."""
    waits: list[float] = []
    with make_call.client(at.url, key) as api:
        call = make_call.place(api, EXAMPLE, key="order-77", wait=waits.append, **more)
    return call, waits


@pytest.mark.parametrize(
    "script", [*combinations_with_replacement(FATES, 2)], ids=lambda fates: " ".join(fates)
)
def test_however_bad_the_line_one_call_is_placed(
    acme: Seeded, line: Callable[..., Flaky], script: tuple[str, ...]
) -> None:
    at = line(*script)
    call, waits = place(at, acme.api_key)
    assert [found.sid for found in Call.objects.all()] == [call["call_sid"]]
    assert {came[2] for came in at.came} == {"order-77"}
    assert len(at.came) == len(waits) + 1 == len(script) + 1


def test_it_waits_longer_each_time_and_never_as_long_as_others(
    acme: Seeded, line: Callable[..., Flaky]
) -> None:
    waits = [place(line(*[LOST] * 7), acme.api_key)[1] for _ in range(3)]
    for times in waits:
        assert len(times) == 7
        assert all(0 <= wait <= 0.5 * 2**n for n, wait in enumerate(times))
    assert len({tuple(times) for times in waits}) == 3


def test_retry_after_is_the_least_it_waits(acme: Seeded, line: Callable[..., Flaky]) -> None:
    _, waits = place(line(LIMITED, BUSY, LIMITED), acme.api_key)
    assert all(1 <= wait <= 1 + 0.5 * 2**n for n, wait in enumerate(waits))


def test_it_gives_up_and_may_go_on_later(acme: Seeded, line: Callable[..., Flaky]) -> None:
    with pytest.raises(make_call.NoAnswer, match="3 tries"):
        place(line(DROPPED, DROPPED, DROPPED), acme.api_key, tries=3)
    call, _ = place(line(), acme.api_key)
    assert [found.sid for found in Call.objects.all()] == [call["call_sid"]]


@pytest.mark.parametrize(
    ("change", "status", "code"),
    [
        ({"to": "nobody"}, 400, "invalid_number"),
        ({"to": "+15555550199"}, 409, "invalid_number"),
        ({"reference": "other"}, 422, "idempotency_key_reused"),
    ],
)
def test_what_is_refused_is_not_sent_again(
    acme: Seeded, line: Callable[..., Flaky], change: dict[str, str], status: int, code: str
) -> None:
    at = line()
    if status == 422:
        place(at, acme.api_key)
        at.came.clear()
    with make_call.client(at.url, acme.api_key) as api, pytest.raises(make_call.Refused) as refused:
        make_call.place(api, EXAMPLE | change, key="order-77")
    assert (refused.value.status, len(at.came)) == (status, 1)
    assert refused.value.body["message"]


def test_a_dead_key_is_not_tried_twice(acme: Seeded, line: Callable[..., Flaky]) -> None:
    at = line()
    with pytest.raises(make_call.Refused, match="401 invalid_credential"):
        place(at, acme.api_key[:-1])
    assert len(at.came) == 1


def test_the_servers_own_limit_is_kept_to(
    acme: Seeded, line: Callable[..., Flaky], settings: Any
) -> None:
    """A real 429 of ours, waited for as it says; the minute ends when the count is forgotten."""
    settings.RATE_LIMIT_PER_KEY = 1
    waits: list[float] = []

    def wait(seconds: float) -> None:
        waits.append(seconds)
        cache.clear()

    at = line()
    with make_call.client(at.url, acme.api_key) as api:
        first = make_call.place(api, EXAMPLE, key="order-77", wait=wait)
        again = make_call.place(api, EXAMPLE, key="order-77", wait=wait)
    assert (first == again, len(waits)) == (True, 1)
    assert 1 <= waits[0] <= 60 + 15 + 0.5


def ended(sid: str) -> None:
    """The call is over: its tenant canceled it."""
    call = Call.objects.get(pk=Call.objects.values_list("pk").get()[0])
    assert call.sid == sid
    records.move(call=call, to="canceled", what="canceled", source="test", now=timezone.now())


def test_it_waits_for_the_end(acme: Seeded, line: Callable[..., Flaky]) -> None:
    at = line()
    sid = place(at, acme.api_key)[0]["call_sid"]
    at.came.clear()

    def end() -> None:
        until(lambda: len(at.came) >= 2)
        ended(sid)

    thread = threading.Thread(target=end)
    thread.start()
    with make_call.client(at.url, acme.api_key) as api:
        call = make_call.wait_for_end(api, sid, every=0.05)
    thread.join()
    assert (call["call_sid"], call["status"]) == (sid, "canceled")


def test_it_does_not_wait_for_ever(acme: Seeded, line: Callable[..., Flaky]) -> None:
    at = line()
    sid = place(at, acme.api_key)[0]["call_sid"]
    with make_call.client(at.url, acme.api_key) as api, pytest.raises(TimeoutError, match=sid):
        make_call.wait_for_end(api, sid, at_most=0.2, every=0.05)


def run(command: list[str], url: str, key: str) -> "subprocess.Popen[str]":
    """An example as a program of its own."""
    env = {"PATH": os.environ["PATH"], "GREENLIGHT_URL": url, "GREENLIGHT_KEY": key}
    pipes: dict[str, Any] = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen(command, cwd=EXAMPLES, env=env, **pipes)


COMMANDS = {
    "sh": ["sh", "make_call.sh", "order-77", '{"to": "+15555555678"}'],
    "py": [sys.executable, "make_call.py", "order-77", "+15555555678"],
}


@pytest.mark.parametrize("kind", COMMANDS)
def test_as_a_program_over_a_bad_line(acme: Seeded, line: Callable[..., Flaky], kind: str) -> None:
    at = line(DROPPED, LIMITED, BROKEN)
    program = run(COMMANDS[kind], at.url, acme.api_key)
    until(lambda: any(method == "GET" for method, _, _ in at.came), 30)
    call = Call.objects.get()
    ended(call.sid)
    said, wrong = program.communicate(timeout=30)
    assert (program.returncode, wrong) == (0, "")
    first, last = said.splitlines()
    assert first == f"{call.sid} queued"
    assert last.startswith(f"{call.sid} canceled")
    assert [came for came in at.came if came[0] == "POST"] == [
        ("POST", "/api/v1/make-call", "order-77")
    ] * 4


@pytest.mark.parametrize("kind", COMMANDS)
def test_as_a_program_that_is_refused(acme: Seeded, line: Callable[..., Flaky], kind: str) -> None:
    at = line()
    program = run(COMMANDS[kind], at.url, acme.api_key[:-1])
    said, wrong = program.communicate(timeout=30)
    assert (program.returncode, said, len(at.came)) == (1, "", 1)
    assert "401 invalid_credential" in wrong


@pytest.mark.parametrize("kind", COMMANDS)
def test_as_a_program_whose_key_is_revoked_meanwhile(
    acme: Seeded, line: Callable[..., Flaky], kind: str
) -> None:
    at = line()
    program = run(COMMANDS[kind], at.url, acme.api_key)
    until(lambda: any(method == "GET" for method, _, _ in at.came), 30)
    ApiKey.objects.update(revoked_at=timezone.now())
    try:
        _, wrong = program.communicate(timeout=30)
    finally:
        program.kill()
    assert program.returncode == 1
    assert "401 invalid_credential" in wrong


def test_the_key_is_on_no_command_line() -> None:
    for line_ in (EXAMPLES / "make_call.sh").read_text().splitlines():
        assert "$GREENLIGHT_KEY" not in line_ or line_.lstrip().startswith("status=$(printf ")


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (httpx.Response(403, text="<html>Blocked</html>"), "403 not_ours: <html>Blocked</html>"),
        (httpx.Response(403, json=["no"]), "403 not_ours"),
        (httpx.Response(403, json={}), "403 not_ours"),
    ],
)
def test_a_refusal_of_a_proxy_is_read_too(answer: httpx.Response, said: str) -> None:
    assert str(make_call.Refused(answer)).startswith(said)


@pytest.mark.parametrize("problem", [make_call.NoAnswer("8 tries"), TimeoutError("CA1 goes on")])
def test_what_nobody_knows_ends_without_a_traceback(
    monkeypatch: Any, capsys: Any, problem: Exception
) -> None:
    def place(*_: Any, **__: Any) -> Any:
        raise problem

    monkeypatch.setattr(make_call, "place", place)
    monkeypatch.setattr(sys, "argv", ["make_call.py", "order-77", "+15555555678"])
    for name in ("GREENLIGHT_URL", "GREENLIGHT_KEY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert make_call.main() == 2
    assert capsys.readouterr().err.strip().endswith("Run this again with the same order-77.")


class TestWebhooks:
    """verify_webhook.py believes what we sign, and nothing else."""

    secret, body = new_secret(), b'{"id": "evt_1", "event": "voice.call.completed", "data": {}}'

    def headers(self, *secrets: str, late: float = 0) -> dict[str, str]:
        now = timezone.now() - timedelta(seconds=late)
        return signed_headers(
            secrets=secrets or [self.secret], message_id="evt_1", body=self.body, now=now
        )

    def verified(self, headers: dict[str, str], body: bytes = b"") -> Any:
        return verify_webhook.verify(body or self.body, headers, [self.secret])

    def test_ours(self) -> None:
        assert self.verified(self.headers())["id"] == "evt_1"

    def test_during_a_rotation(self) -> None:
        other = new_secret()
        assert self.verified(self.headers(other, self.secret))["id"] == "evt_1"
        either = [other, self.secret]
        assert verify_webhook.verify(self.body, self.headers(), either)["id"] == "evt_1"

    @pytest.mark.parametrize("late", [-400, 400, 40_000_000])
    def test_not_of_another_time(self, late: float) -> None:
        with pytest.raises(verify_webhook.NotGenuine):
            self.verified(self.headers(late=late))

    @pytest.mark.parametrize(
        "change",
        [
            {"webhook-signature": ""},
            {"webhook-signature": "v1,"},
            {"webhook-signature": "v1,AAAA v2,BBBB"},
            {"webhook-id": "evt_2"},
            {"webhook-timestamp": ""},
            {"webhook-timestamp": "soon"},
            {"webhook-timestamp": "²"},
            {"webhook-timestamp": "9" * 5000},
        ],
    )
    def test_not_forged(self, change: dict[str, str]) -> None:
        with pytest.raises(verify_webhook.NotGenuine):
            self.verified(self.headers() | change)

    def test_not_with_a_byte_changed(self) -> None:
        with pytest.raises(verify_webhook.NotGenuine):
            self.verified(self.headers(), self.body + b" ")

    def test_not_by_another_secret(self) -> None:
        with pytest.raises(verify_webhook.NotGenuine):
            self.verified(self.headers(new_secret()))

    def test_it_needs_the_standard_library_alone(self) -> None:
        source = (EXAMPLES / "verify_webhook.py").read_text()
        imported = {
            line.split()[1].split(".")[0]
            for line in source.splitlines()
            if line.startswith(("import ", "from "))
        }
        assert imported <= sys.stdlib_module_names

    @pytest.mark.parametrize("length", ["-1", "soon", "9" * 5000, "10000000"])
    def test_no_length_keeps_it_waiting(self, length: str) -> None:
        """The sender goes on holding its end open; the server has done with it all the same."""
        server = verify_webhook.HTTPServer(("127.0.0.1", 0), verify_webhook.Hook)
        thread = threading.Thread(target=server.handle_request, daemon=True)
        thread.start()
        with socket.create_connection(server.server_address, timeout=5) as sender:
            sender.sendall(f"POST / HTTP/1.1\r\ncontent-length: {length}\r\n\r\n".encode())
            assert b" 400 " in sender.recv(100)
            thread.join(5)
            assert not thread.is_alive()
        server.server_close()

    def test_as_a_server(self) -> None:
        """Each event is taken once, and what is forged is a 401."""
        hook = verify_webhook.Hook
        hook.secrets = (self.secret,)
        server = verify_webhook.HTTPServer(("127.0.0.1", 0), hook)
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()
        url = f"http://127.0.0.1:{server.server_port}/"
        with httpx.Client(trust_env=False) as sender:
            answers = [
                sender.post(url, content=self.body, headers=headers).status_code
                for headers in (self.headers(), self.headers(), self.headers(new_secret()))
            ]
        server.shutdown()
        server.server_close()
        thread.join()
        assert (answers, hook.seen) == ([204, 204, 401], {"evt_1"})
