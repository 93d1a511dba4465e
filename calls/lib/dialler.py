"""The only way to an address that a tenant typed: never into our own network (RELIABILITY R3.9).

Every address its name stands for must be public, and the connection goes to exactly one of those (`public`).
No redirect is followed, no proxy is used, no cookie is kept, nothing is unpacked, and after the total time
it is over, however slowly the other side speaks.
"""

from __future__ import annotations

import ipaddress
import re
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from calls.lib.http import TROUBLE, Reply
from calls.lib.meter import Meter, metered, trusted
from calls.lib.public import PORTS, Address, OnlyPublic, Turn, is_public, look_up

USUAL = {"https": 443, "http": 80}
LONGEST_URL = 1000
# The same for a name that leads nowhere: which names there are inside is not told.
NOT_PUBLIC = "It does not lead to a public address."
TOTAL_SECONDS = 15.0
MOST_BYTES = 64 * 1024
MOST_ADDRESSES = 4  # of one name that are tried, one after the other

_LEGIBLE = re.compile(r"[!-\[\]-~]+")  # printable ASCII; a backslash means a slash to some
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE)
# What a lenient reader takes for an address: 127.1, 0x7f000001, 2130706433, 0.
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)


class NotAllowed(Exception):
    """Nothing is ever sent to this address; the words say why, and name no address of ours."""


@dataclass(frozen=True, slots=True)
class Target:
    """An address that was checked: `addresses` are where its name leads right now."""

    scheme: str
    host: str
    port: int
    path: str
    addresses: tuple[str, ...]


def check(url: str, *, loopback: bool = False, turn: Turn | None = None) -> Target:
    """Resolve an address and let it pass only if all of it is public. Raises NotAllowed, Busy.

    `loopback` lets a sandbox speak to this machine besides, on any port and without TLS. Where somebody
    waits before a screen, look-ups take `turn`s.
    """
    found = _read(url, loopback)
    addresses = look_up(found.host, found.port, turn=turn)
    if not addresses:
        raise NotAllowed(NOT_PUBLIC)
    local = loopback and all(address.is_loopback for address in addresses)
    if not local:
        _must_be_public(found, addresses)
    texts = tuple(map(str, addresses))[:MOST_ADDRESSES]
    return Target(found.scheme, found.host, found.port, found.path, texts)


def post(
    url: str,
    *,
    body: bytes,
    headers: Mapping[str, str],
    loopback: bool = False,
    total: float = TOTAL_SECONDS,
) -> Reply:
    """Check the address again and send one POST there; trouble is told, not raised."""
    meter, reply = Meter(time.monotonic() + total), Reply()
    try:
        target = check(url, loopback=loopback)
    except NotAllowed as refusal:
        reply.trouble = f"NotAllowed: {refusal}"
        return reply
    with metered(meter):
        try:
            _exchange(target, body, headers, reply)
        except TROUBLE as trouble:
            reply.trouble = type(trouble).__name__
    reply.bytes_written = meter.bytes_written
    return reply


def _read(url: str, loopback: bool) -> Target:
    """The parts of a URL that has nothing two readers could read in two ways. Raises NotAllowed."""
    if len(url) > LONGEST_URL or not _LEGIBLE.fullmatch(url):
        raise NotAllowed(f"It must be at most {LONGEST_URL} plain ASCII characters, no spaces.")
    try:
        parts = urlsplit(url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        raise NotAllowed("It is no address of the web.") from None
    if parts.scheme not in USUAL:
        raise NotAllowed("It must begin with https://.")
    if "@" in parts.netloc or parts.fragment:
        raise NotAllowed("It must hold no user name, no password and no fragment.")
    if not (_is_name(host) or _is_ipv6(parts.netloc, host)):
        raise NotAllowed("Its host must be a name, or an address in its usual spelling.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    found = Target(parts.scheme, host, USUAL[parts.scheme] if port is None else port, path, ())
    if not loopback:
        _must_be_usual(found)
    return found


def _must_be_usual(target: Target) -> None:
    if target.scheme != "https":
        raise NotAllowed("It must begin with https://.")
    if target.port not in PORTS:
        raise NotAllowed("Its port must be 443 or 8443.")


def _must_be_public(target: Target, addresses: Sequence[Address]) -> None:
    _must_be_usual(target)
    if not all(map(is_public, addresses)):
        raise NotAllowed(NOT_PUBLIC)


def _is_ipv6(netloc: str, host: str) -> bool:
    if not netloc.startswith("["):
        return False
    try:
        return ipaddress.IPv6Address(host).scope_id is None
    except ValueError:
        return False


def _is_name(host: str) -> bool:
    """A name, or an IPv4 address written as usual: not a number that some readers take for one."""
    if not _NAME.fullmatch(host):
        return False
    if not _LIKE_A_NUMBER.fullmatch(host.rpartition(".")[2]):
        return True
    try:
        ipaddress.IPv4Address(host)
    except ValueError:
        return False
    return True


def _exchange(target: Target, body: bytes, headers: Mapping[str, str], reply: Reply) -> None:
    """Fill in `reply` as it comes, so that trouble on the way leaves what was already known."""
    url = httpcore.URL(scheme=target.scheme, host=target.host, port=target.port, target=target.path)
    head: Any = _head(target, headers)
    pool = httpcore.ConnectionPool(ssl_context=trusted(), network_backend=_Pinned(target.addresses))
    with pool, pool.stream("POST", url, headers=head, content=body) as answer:
        reply.status = answer.status
        reply.headers = {
            name.decode("latin-1").lower(): value.decode("latin-1")
            for name, value in answer.headers
        }
        for piece in answer.iter_stream():
            reply.body = (reply.body + piece)[: MOST_BYTES + 1]
            if len(reply.body) > MOST_BYTES:
                reply.trouble, reply.body = "AnswerTooLong", reply.body[:MOST_BYTES]
                return


def _head(target: Target, headers: Mapping[str, str]) -> dict[str, str]:
    host = f"[{target.host}]" if ":" in target.host else target.host
    at = host if target.port == USUAL[target.scheme] else f"{host}:{target.port}"
    return {"host": at, "accept-encoding": "identity", "connection": "close"} | dict(headers)


class _Pinned(OnlyPublic):
    """Connects to the addresses that were checked, whatever the name says by now."""

    def __init__(self, addresses: Sequence[str]) -> None:
        super().__init__()
        self._addresses = addresses

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        return self.connect_to(self._addresses, port, timeout, local_address, socket_options)
