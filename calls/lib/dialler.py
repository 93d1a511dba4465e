"""The only way to an address that a tenant typed: never into our own network (RELIABILITY R3.9).

The name is resolved here, every address it stands for must be public, and the connection goes to exactly
one of those: whatever the name says a moment later is not asked. No redirect is followed, no proxy is used,
no cookie is kept, nothing is unpacked, and after the total time it is over, however slowly the other side
speaks.
"""

from __future__ import annotations

import ipaddress
import re
import socket
import threading
import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

import httpcore

from calls.lib.http import TROUBLE, Reply
from calls.lib.meter import Meter, MeteredBackend, metered, trusted

PORTS = (443, 8443)
USUAL = {"https": 443, "http": 80}
LONGEST_URL = 1000
LOOKUP_SECONDS = 5.0
TOTAL_SECONDS = 15.0
MOST_BYTES = 64 * 1024
MOST_ADDRESSES = 4  # of one name that are tried, one after the other

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_LEGIBLE = re.compile(r"[!-\[\]-~]+")  # printable ASCII; a backslash means a slash to some
_NAME = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)(\.(?!-)[a-z0-9_-]{1,63}(?<!-))*", re.IGNORECASE)
# What a lenient reader takes for an address: 127.1, 0x7f000001, 2130706433, 0.
_LIKE_A_NUMBER = re.compile(r"[0-9]+|0x[0-9a-f]*", re.IGNORECASE)
_UNICAST = ipaddress.ip_network("2000::/3")
_PROTOCOLS = ipaddress.ip_network("192.0.0.0/24")  # which some versions of Python take for global
# Addresses of IPv6 that carry one of IPv4, by where it stands (bits from the right).
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), 0)
_SIX_TO_FOUR = (ipaddress.ip_network("2002::/16"), 80)


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


def check(url: str, *, loopback: bool = False) -> Target:
    """Resolve an address and let it pass only if all of it is public. Raises NotAllowed.

    `loopback` lets a sandbox speak to this machine besides, on any port and without TLS.
    """
    found = _read(url, loopback)
    addresses = _lookup(found.host, found.port)
    if not addresses:
        raise NotAllowed("Its name leads nowhere: it could not be resolved.")
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


def is_public(address: Address) -> bool:
    """Whether this is an address of the internet at large, also by what it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or _carried(address)
        if inner is not None:
            return address.ipv4_mapped is None and is_public(inner)
        if address not in _UNICAST:
            return False
    special = address.is_multicast or address.is_reserved or address in _PROTOCOLS
    return address.is_global and not special


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    for network, shift in (_NAT64, _SIX_TO_FOUR):
        if address in network:
            return ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return None


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
        raise NotAllowed("It leads to an address that is not public.")


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


def _lookup(host: str, port: int) -> list[Address]:
    """Every address of a name, none when there is none in time: resolvers keep no time limit."""
    found: list[Address] = []

    def ask() -> None:
        found.extend(_addresses(host, port))

    thread = threading.Thread(target=ask, name="lookup", daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS)
    return [] if thread.is_alive() else found


def _addresses(host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    texts: Iterable[Any] = dict.fromkeys(answer[4][0] for answer in answers)
    return [ipaddress.ip_address(str(text)) for text in texts]


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


class _Pinned(MeteredBackend):
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
        *others, last = self._addresses
        for address in others:
            try:
                return super().connect_tcp(
                    address, port, LOOKUP_SECONDS, local_address, socket_options
                )
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(last, port, timeout, local_address, socket_options)
