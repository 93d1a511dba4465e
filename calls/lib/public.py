"""Which addresses are the internet at large, where a name leads, and how to connect to nothing else.

A name is looked up by us, and the connection goes to exactly what was judged: whatever the name says a
moment later is not asked.
"""

from __future__ import annotations

import ipaddress
import socket
import threading
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

import httpcore

from calls.lib.errors import Refusal
from calls.lib.meter import MeteredBackend, seconds_left

PORTS = (443, 8443)
LOOKUP_SECONDS = 5.0
MOMENT = 0.2  # most names are looked up in less

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_UNICAST = ipaddress.ip_network("2000::/3")
# What some versions of Python take for global: protocols, the former relays of 6to4, documentation.
_SPECIAL = tuple(map(ipaddress.ip_network, ("192.0.0.0/24", "192.88.99.0/24", "3fff::/20")))
# Addresses of IPv6 that carry one of IPv4, by where it stands (bits from the right).
_NAT64 = (ipaddress.ip_network("64:ff9b::/96"), 0)
_SIX_TO_FOUR = (ipaddress.ip_network("2002::/16"), 80)


class NoPublicAddress(httpcore.ConnectError):
    """The name leads nowhere, or not only to the internet at large; which of these is not told."""


class Busy(Refusal):
    """One of us waits for the network already, and the others are for everybody else's requests."""

    code = "unavailable"
    status = 503
    message = "An address is being tried for somebody else. Send it again in a few seconds."
    retry_after = 5


class Turn:
    """One at a time in this process; whoever comes meanwhile is refused, and holds no thread for long."""

    def __init__(self) -> None:
        self._free = threading.BoundedSemaphore(1)

    def take(self) -> None:
        """Raises Busy while somebody has it, and does not give it back within a moment."""
        if not self._free.acquire(timeout=MOMENT):
            raise Busy

    def give_back(self) -> None:
        """Let the next one have it."""
        self._free.release()

    @contextmanager
    def taken(self) -> Iterator[None]:
        """Have it for a while. Raises Busy."""
        self.take()
        try:
            yield
        finally:
            self.give_back()


def is_public(address: Address) -> bool:
    """Whether this is an address of the internet at large, also by what it carries inside."""
    if isinstance(address, ipaddress.IPv6Address):
        inner = address.ipv4_mapped or _carried(address)
        if inner is not None:
            return address.ipv4_mapped is None and is_public(inner)
        if address not in _UNICAST:
            return False
    special = address.is_multicast or address.is_reserved or any(address in n for n in _SPECIAL)
    return address.is_global and not special


def look_up(
    host: str, port: int, *, seconds: float | None = None, turn: Turn | None = None
) -> list[Address]:
    """Every address of a name, none when there is none in time: resolvers keep no time limit.

    Only one look-up at a time has the `turn`, and has it until the resolver is through, however long
    after we left. Raises Busy.
    """
    found: list[Address] = []
    if turn:
        turn.take()

    def ask() -> None:
        try:
            found.extend(_addresses(host, port))
        finally:
            if turn:
                turn.give_back()

    thread = threading.Thread(target=ask, name="look-up", daemon=True)
    thread.start()
    thread.join(LOOKUP_SECONDS if seconds is None else min(seconds, LOOKUP_SECONDS))
    return [] if thread.is_alive() else found


class OnlyPublic(MeteredBackend):
    """Connects to the internet at large alone: the name is looked up for each connection, and judged."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> httpcore.NetworkStream:
        within = seconds_left(timeout)
        found = look_up(host, port, seconds=within) if port in PORTS else []
        if not (found and all(map(is_public, found))):
            raise NoPublicAddress("The name does not lead to a public address.")
        return self.connect_to(list(map(str, found)), port, timeout, local_address, socket_options)

    def connect_to(
        self, addresses: Sequence[str], port: int, timeout: float | None, *options: Any
    ) -> httpcore.NetworkStream:
        """Connect to the first of these addresses that lets us."""
        *others, last = addresses
        brief = LOOKUP_SECONDS if timeout is None else min(timeout, LOOKUP_SECONDS)
        for address in others:
            try:
                return super().connect_tcp(address, port, brief, *options)
            except (httpcore.ConnectError, httpcore.ConnectTimeout):
                continue
        return super().connect_tcp(last, port, timeout, *options)


def _carried(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    for network, shift in (_NAT64, _SIX_TO_FOUR):
        if address in network:
            return ipaddress.IPv4Address((int(address) >> shift) & 0xFFFFFFFF)
    return None


def _addresses(host: str, port: int) -> list[Address]:
    try:
        answers = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError):
        return []
    texts: Iterable[Any] = dict.fromkeys(answer[4][0] for answer in answers)
    return [ipaddress.ip_address(str(text)) for text in texts]
