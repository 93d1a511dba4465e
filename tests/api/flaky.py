"""A server in between that loses requests and answers, as its script says, and then passes everything on."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import httpx

# What may happen to one request, and whether the server behind ever sees it.
LOST, DROPPED, BROKEN, BUSY, LIMITED = "lost", "dropped", "broken", "busy", "limited"
SEEN = {LOST: False, DROPPED: True, BROKEN: True, BUSY: False, LIMITED: False}
SAID: dict[str, tuple[int, dict[str, str]]] = {
    BROKEN: (502, {}),
    BUSY: (503, {"Retry-After": "1"}),
    LIMITED: (429, {"Retry-After": "1"}),
}


class Flaky(ThreadingHTTPServer):
    """What it does with the next requests, and what came: `(method, path, idempotency key)`."""

    daemon_threads = True

    def __init__(self, behind: str, *script: str) -> None:
        super().__init__(("127.0.0.1", 0), Passing)
        self.behind, self.script = behind, list(script)
        self.came: list[tuple[str, str, str]] = []
        self.url = f"http://127.0.0.1:{self.server_port}"

    def next(self) -> str:
        """What to do with this one."""
        return self.script.pop(0) if self.script else ""


class Passing(BaseHTTPRequestHandler):
    """One connection."""

    server: Flaky

    def do_GET(self) -> None:
        """Passed on, or not."""
        body = self.rfile.read(int(self.headers.get("content-length", 0)))
        key = self.headers.get("idempotency-key", "")
        self.server.came.append((self.command, self.path, key))
        fate = self.server.next()
        answer = self.behind(body) if SEEN.get(fate, True) else None
        if fate in (LOST, DROPPED):
            self.close_connection = True
            self.connection.shutdown(socket.SHUT_RDWR)
        elif fate:
            self.tell(*SAID[fate], b"{}")
        elif answer is not None:
            told = {n: v for n, v in answer.headers.items() if n.lower() == "retry-after"}
            self.tell(answer.status_code, told, answer.content)

    def do_POST(self) -> None:
        """The same."""
        self.do_GET()

    def behind(self, body: bytes) -> httpx.Response:
        """What the server behind says."""
        left_out = ("host", "accept-encoding")
        kept = {n: v for n, v in self.headers.items() if n.lower() not in left_out}
        with httpx.Client(trust_env=False, timeout=30) as client:
            url = self.server.behind + self.path
            return client.request(self.command, url, content=body, headers=kept)

    def tell(self, status: int, headers: dict[str, str], body: bytes) -> None:
        """An answer."""
        self.send_response(status)
        for name, value in (headers | {"Content-Length": str(len(body))}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: Any) -> None:
        """Nothing."""


@contextmanager
def flaky(behind: str, *script: str) -> Iterator[Flaky]:
    """Stands before `behind` on a port of its own."""
    server = Flaky(behind, *script)
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
