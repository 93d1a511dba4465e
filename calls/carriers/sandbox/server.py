"""The sandbox's HTTP server: one thread per connection, which a page may ill-treat."""

from __future__ import annotations

import contextlib
import json
import socket
import sys
import threading
from collections.abc import Callable, Mapping
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, unquote, urlsplit

from calls.carriers.sandbox.control import Control
from calls.carriers.sandbox.ledger import Ledger
from calls.carriers.sandbox.placed import BadRequest

MOST_BYTES = 64 * 1024  # of a request's body

# A page takes the connection, what follows its path in the URL, and the query.
Page = Callable[["Handler", str, Mapping[str, str]], None]


class Server(ThreadingHTTPServer):
    """The listening socket, with what its threads share."""

    daemon_threads = True
    request_queue_size = 256

    def __init__(
        self, address: tuple[str, int], ledger: Ledger, pages: Mapping[tuple[str, str], Page]
    ) -> None:
        super().__init__(address, Handler)
        self.pages = pages  # by method and beginning of the path, the longest first
        self.ledger = ledger
        self.control = Control(ledger)
        self.over = threading.Event()
        self.connections: set[socket.socket] = set()

    def end(self) -> None:
        """Stop listening and end every connection, also the ones that wait."""
        self.over.set()
        self.shutdown()
        self.server_close()
        for connection in list(self.connections):
            with contextlib.suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: object, client_address: object) -> None:
        """Keep quiet about clients that went away; anything else is a bug to be seen."""
        if not self.over.is_set() and not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)  # type: ignore[arg-type]


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    server_version = "GreenlightSandbox"
    sys_version = ""
    wbufsize = -1  # one packet per answer
    disable_nagle_algorithm = True
    server: Server

    def setup(self) -> None:
        """Let the server know the connection, so that it can end it."""
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        """Forget the connection."""
        self.server.connections.discard(self.connection)
        super().finish()

    def end_headers(self) -> None:
        """Be loud in every answer."""
        self.send_header("X-Sandbox", "true")
        super().end_headers()

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002  # the library's name
        """Log nothing: the ledger is the log, and numbers belong in no other."""

    def answer(
        self, status: int, body: object, *, head: dict[str, str] | None = None, length: int = 0
    ) -> None:
        """Send one answer: bytes as they are, else JSON. `length` is claimed in place of the true.

        `head` may hold more header lines.
        """
        data = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "text/plain" if data is body else "application/json")
        self.send_header("Content-Length", str(length or len(data)))
        for name, value in (head or {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def refuse(self, status: int, message: str, *, retry_after: int | None = None) -> None:
        """Send an error as the contract has it."""
        head = {} if retry_after is None else {"Retry-After": str(retry_after)}
        error = {400: "bad_request", 401: "unauthorized", 429: "rate_limited"}.get(status, "error")
        body = {"ok": False, "error": error, "message": message, "details": {}}
        self.answer(status, body, head=head)

    def bearer(self) -> str:
        """Take the bearer key; "" when there is none."""
        scheme, _, key = self.headers.get("Authorization", "").partition(" ")
        return key.strip() if scheme.lower() == "bearer" else ""

    def read_body(self) -> bytes:
        """Read the request's body. Raises BadRequest when it is too long or of no stated length."""
        length = self.headers.get("Content-Length", "0")
        if not length.isdigit() or int(length) > MOST_BYTES or self.headers["Transfer-Encoding"]:
            self.close_connection = True
            raise BadRequest("A body of a stated length up to 64 KB is needed.")
        return self.rfile.read(int(length))

    def route(self) -> None:
        """Find the page for a request; what is wrong with it is a 400."""
        where = urlsplit(self.path)
        query = {name: values[-1] for name, values in parse_qs(where.query).items()}
        for (method, path), page in self.server.pages.items():
            if method == self.command and where.path.startswith(path):
                try:
                    page(self, unquote(where.path.removeprefix(path)), query)
                except BadRequest as wrong:
                    self.refuse(400, str(wrong))
                return
        self.close_connection = True  # an unread body would be taken for the next request
        self.refuse(404, "There is no such page in the sandbox.")

    do_GET = do_POST = do_PUT = do_DELETE = route  # noqa: N815  # the names the library calls
