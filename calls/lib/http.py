"""A kept HTTP client whose every request tells how much of it left this machine.

Asking a carrier for a call twice is worse than not asking at all, so "was anything sent?" is
counted at the socket (`meter`), and never guessed from the name of an exception.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import urlencode

import httpcore
import httpx

from calls.lib.meter import MeteredBackend, MeteredTransport, metered, new_meter
from calls.lib.public import OnlyPublic


@dataclass(frozen=True, slots=True)
class Timeouts:
    """Seconds one request may take (RELIABILITY R1.11): each wait, and all of them together."""

    connect: float = 5.0
    write: float = 10.0
    read: float = 45.0
    total: float = 60.0


@dataclass(slots=True)
class Reply:
    """What came of one request. `status` is None where no answer came; `trouble` names what broke.

    Header names are in lower case; `body` is never longer than the cap that was asked for.
    """

    status: int | None = None
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""
    bytes_written: int = 0
    trouble: str = ""

    @property
    def whole(self) -> bool:
        """Tell whether an answer came and was read to its end, within the cap."""
        return self.status is not None and not self.trouble


# Everything that can go wrong on the way; ValueError and TypeError are headers that cannot be sent.
TROUBLE = (
    httpx.HTTPError,
    httpx.InvalidURL,
    httpx.StreamError,
    httpcore.TimeoutException,
    httpcore.NetworkError,
    httpcore.ProtocolError,
    httpcore.UnsupportedProtocol,
    OSError,
    ValueError,
    TypeError,
    RuntimeError,
)


class KeptClient:
    """One per carrier account and process, shared by threads: no retry, no redirect, no proxy.

    It reaches the internet at large alone, unless it may go `inside`: to this machine and its network,
    where a sandbox is. A `transport` handed in by a test replaces the network, and with it the counting
    of bytes.
    """

    def __init__(
        self,
        *,
        timeouts: Timeouts | None = None,
        transport: httpx.BaseTransport | None = None,
        inside: bool = False,
    ) -> None:
        backend = MeteredBackend() if inside else OnlyPublic()
        self.timeouts = timeouts or Timeouts()
        self._client = httpx.Client(
            transport=transport or MeteredTransport(backend=backend),
            trust_env=False,
            follow_redirects=False,
            timeout=httpx.Timeout(
                self.timeouts.connect, write=self.timeouts.write, read=self.timeouts.read
            ),
            headers={"accept": "application/json", "accept-encoding": "identity"},
        )

    def ask(
        self,
        method: str,
        url: str,
        *,
        cap: int,
        headers: Mapping[str, str],
        params: Mapping[str, str] | None = None,
        payload: Mapping[str, object] | None = None,
        form: Sequence[tuple[str, str]] | None = None,
    ) -> Reply:
        """Make one request and read at most `cap` bytes of its answer; trouble is told, not raised.

        `payload` is sent as JSON, `form` as a form, its names as often as they stand in it.
        """
        head = dict(headers)
        content = None
        if payload is not None:
            head["content-type"] = "application/json"
            content = json.dumps(payload).encode()
        elif form is not None:
            head["content-type"] = "application/x-www-form-urlencoded"
            content = urlencode(form).encode()
        meter = new_meter(total=self.timeouts.total, asks=method == "POST")
        reply = Reply()
        with metered(meter):
            try:
                request = self._client.build_request(
                    method, url, headers=head, params=params, content=content
                )
                self._exchange(request, reply, cap)
            except TROUBLE as trouble:
                reply.trouble = type(trouble).__name__
        reply.bytes_written = meter.bytes_written
        return reply

    def _exchange(self, request: httpx.Request, reply: Reply, cap: int) -> None:
        """Fill in `reply` as it comes, so that trouble on the way leaves what was already known."""
        answer = self._client.send(request, stream=True)
        try:
            reply.status, reply.headers = answer.status_code, dict(answer.headers)
            for piece in answer.iter_raw():
                reply.body = (reply.body + piece)[:cap]
                if answer.num_bytes_downloaded > cap:
                    reply.trouble = "AnswerTooLong"
                    return
        finally:
            answer.close()

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()
