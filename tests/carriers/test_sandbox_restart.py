"""A sandbox with a folder goes on after a restart; one without forgets; as a process it ends well."""

import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from calls.carriers.base import Evidence
from calls.carriers.sandbox import Sandbox, start
from tests.carriers.world import (
    Receiver,
    announce,
    client_of,
    fetch,
    ledger,
    log_of,
    order,
    request,
    until,
)

ROOT = Path(__file__).parents[2]


@contextmanager
def running(data: Path | None, *, pace: float = 0.02) -> Iterator[Sandbox]:
    sandbox = start(data=data, pace=pace)
    try:
        yield sandbox
    finally:
        sandbox.stop()


def test_the_ledger_survives(tmp_path: Path) -> None:
    with running(tmp_path / "new" / "folder") as first, client_of(first.url) as carrier:
        placed = carrier.place(request("+15555555678"))
    with running(tmp_path / "new" / "folder") as second:
        rows = ledger(second, "+15555555678")
    assert [row["call_sid"] for row in rows] == [placed.carrier_call_id]


def test_an_unfinished_call_goes_on(tmp_path: Path) -> None:
    with running(tmp_path, pace=10) as first, client_of(first.url) as carrier:
        carrier.place(request("+15555555678"))
        assert log_of(carrier, "+15555555678")[0].state == "queued"
    with running(tmp_path) as second, client_of(second.url) as carrier:
        until(lambda: log_of(carrier, "+15555555678")[0].state == "completed")


def test_events_that_were_not_sent_are_sent(tmp_path: Path, receiver: Receiver) -> None:
    with running(tmp_path, pace=0.5) as first, client_of(first.url) as carrier:
        announce(first, name="acme", webhook_url=receiver.url)
        carrier.place(request("+15555550001"))
    with running(tmp_path):
        until(lambda: receiver.got)
    assert [event["data"]["status"] for event in receiver.events] == ["busy"]


def test_orders_survive(tmp_path: Path) -> None:
    with running(tmp_path) as first:
        order(first, "+15555555678", "rejected_400")
    with running(tmp_path) as second, client_of(second.url) as carrier:
        assert carrier.place(request("+15555555678")).evidence is Evidence.REFUSED


def test_without_a_folder_everything_is_forgotten() -> None:
    with running(None) as first, client_of(first.url) as carrier:
        carrier.place(request("+15555555678"))
    with running(None) as second:
        assert ledger(second, "+15555555678") == []


def test_a_hanging_answer_does_not_keep_it_from_ending() -> None:
    with running(None, pace=10) as sandbox:
        port = int(sandbox.url.rpartition(":")[2])
        hanging = socket.create_connection(("127.0.0.1", port))
        body = b'{"to": "+15555550106"}'
        hanging.sendall(
            b"POST /api/v1/make-call HTTP/1.1\r\nhost: x\r\nauthorization: Bearer k\r\n"
            b"content-length: %d\r\n\r\n%s" % (len(body), body)
        )
        until(lambda: ledger(sandbox, "+15555550106"))
    hanging.close()


@contextmanager
def process_of(command: list[str]) -> Iterator[tuple[subprocess.Popen[bytes], str]]:
    """Run Python; gives the process and its first line, and leaves nothing behind."""
    with subprocess.Popen([sys.executable, *command], cwd=ROOT, stdout=subprocess.PIPE) as process:
        try:
            assert process.stdout is not None
            yield process, process.stdout.readline().decode()
        finally:
            process.kill()


def test_a_port_that_is_taken_gets_one_clear_sentence() -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        command = ["-m", "calls.carriers.sandbox", "--port", str(listener.getsockname()[1])]
        ended = subprocess.run(
            [sys.executable, *command], cwd=ROOT, capture_output=True, text=True, check=False
        )
    assert ended.returncode == 1
    assert "cannot listen" in ended.stderr
    assert "Traceback" not in ended.stderr


def test_as_a_process_it_is_loud_and_ends_on_sigterm(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
    command = ["-m", "calls.carriers.sandbox", "--port", str(port), "--data", str(tmp_path)]
    with process_of(command) as (process, line):
        assert "no telephone rings" in line
        assert fetch(f"http://127.0.0.1:{port}/health")["sandbox"] is True
        process.send_signal(signal.SIGTERM)
        assert process.wait(20) == 0
