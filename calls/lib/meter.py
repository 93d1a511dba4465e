"""Counting where bytes meet the socket, and cutting every wait at the request's deadline.

A transport for httpx over httpcore's own network backend. Nothing is patched, so an upgrade that
moved something would break loudly instead of counting nothing.
"""

from __future__ import annotations

import math
import ssl
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from functools import cache

import httpcore
import httpx

from calls.lib import cut


@dataclass(slots=True)
class Meter:
    """What one request has done on its socket, and when it must be over (monotonic seconds).

    `asks`: it asks for something to be done, so that it matters how far it came. Nothing leaves after
    `first_byte_by`, unless a part has left before.
    """

    deadline: float = math.inf
    first_byte_by: float = math.inf
    asks: bool = False
    bytes_written: int = 0
    bytes_read: int = 0

    def cut(self, timeout: float | None, too_late: type[Exception]) -> float | None:
        """Shorten `timeout` to what the request has left; raises `too_late` when it has nothing."""
        latest = self.deadline if self.bytes_written else min(self.deadline, self.first_byte_by)
        left = latest - time.monotonic()
        if left <= 0:
            raise too_late("The request's total time is used up.")
        shortest = min(left, math.inf if timeout is None else timeout)
        return None if shortest == math.inf else shortest


# One request runs on one thread from start to end, so its meter travels with the context.
_running: ContextVar[Meter] = ContextVar("_running")


@dataclass(frozen=True, slots=True)
class Limits:
    """Until when (monotonic seconds) whatever this thread asks must be over, and have begun."""

    over_by: float = math.inf
    first_byte_by: float = math.inf


_limits: ContextVar[Limits] = ContextVar("_limits", default=Limits())  # noqa: B039 - frozen


@contextmanager
def limited(*, over_by: float = math.inf, first_byte_by: float = math.inf) -> Iterator[None]:
    """Give every request of this thread these limits, beside its own timeouts."""
    token = _limits.set(Limits(over_by, first_byte_by))
    try:
        yield
    finally:
        _limits.reset(token)


def new_meter(*, total: float, asks: bool) -> Meter:
    """The meter of a request that begins now and takes `total` seconds at most."""
    limits = _limits.get()
    deadline = min(time.monotonic() + total, limits.over_by)
    return Meter(deadline, limits.first_byte_by, asks=asks)


@contextmanager
def metered(meter: Meter) -> Iterator[None]:
    """Let `meter` follow what this thread does on its sockets."""
    token = _running.set(meter)
    try:
        yield
    finally:
        _running.reset(token)


def seconds_left(timeout: float | None) -> float | None:
    """What the running request may still wait for a connection, at most `timeout`. Raises ConnectTimeout."""
    return _running.get().cut(timeout, httpcore.ConnectTimeout)


class MeteredTransport(httpx.BaseTransport):
    """httpx's way to the network over httpcore, with the meter at the socket."""

    def __init__(
        self,
        *,
        ssl_context: ssl.SSLContext | None = None,
        backend: httpcore.NetworkBackend | None = None,
    ) -> None:
        self._pool = httpcore.ConnectionPool(
            ssl_context=ssl_context or trusted(),
            max_connections=100,
            max_keepalive_connections=100,
            keepalive_expiry=20.0,  # shorter than most servers keep an idle connection
            retries=0,
            network_backend=backend or MeteredBackend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request; an answer that was there before we asked does not answer it."""
        url = request.url
        answer = self._pool.handle_request(
            httpcore.Request(
                method=request.method,
                url=httpcore.URL(
                    scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path
                ),
                headers=request.headers.raw,
                content=request.read(),
                extensions=request.extensions,
            )
        )
        if not _running.get().bytes_read:
            answer.close()
            raise httpx.RemoteProtocolError("The answer was there before the question.")
        return httpx.Response(
            answer.status,
            headers=answer.headers,
            stream=_Body(answer),
            extensions=answer.extensions,
        )

    def close(self) -> None:
        """Close every connection of the pool."""
        self._pool.close()


@cache
def trusted() -> ssl.SSLContext:
    """The authorities everybody trusts; the environment adds none."""
    return httpx.create_ssl_context(trust_env=False)


class _Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        return self._answer.iter_stream()

    def close(self) -> None:
        self._answer.close()


class MeteredBackend(httpcore.NetworkBackend):
    """Sockets that the running request's meter follows."""

    def __init__(self) -> None:
        self._inner = httpcore.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        within = seconds_left(timeout)
        stream = self._inner.connect_tcp(host, port, within, local_address, socket_options)
        return _MeteredStream(stream)


class _MeteredStream(httpcore.NetworkStream):
    def __init__(self, inner: httpcore.NetworkStream) -> None:
        self._inner = inner

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """Count before writing: an error may come after a part of the bytes has left."""
        meter = _running.get()
        within = meter.cut(timeout, httpcore.WriteTimeout)
        is_head = not meter.bytes_written
        meter.bytes_written += len(buffer)
        self._inner.write(buffer, within)
        if meter.asks and is_head:
            cut.here("mid_request")

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        meter = _running.get()
        if meter.asks and not meter.bytes_read:
            cut.here("after_send")
        piece = self._inner.read(max_bytes, meter.cut(timeout, httpcore.ReadTimeout))
        meter.bytes_read += len(piece)
        return piece

    def start_tls(
        self,
        ssl_context: ssl.SSLContext,
        server_hostname: str | None = None,
        timeout: float | None = None,
    ) -> httpcore.NetworkStream:
        within = _running.get().cut(timeout, httpcore.ConnectTimeout)
        return _MeteredStream(self._inner.start_tls(ssl_context, server_hostname, within))

    def get_extra_info(self, info: str) -> object:
        return self._inner.get_extra_info(info)

    def close(self) -> None:
        self._inner.close()
