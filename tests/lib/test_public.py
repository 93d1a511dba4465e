"""A carrier's name may lead to the internet at large alone, whenever a connection is made (R3.9)."""

import socket
import time
from typing import Any

import pytest

from calls.carriers.base import AccountAccess, Evidence, carrier_over, classify
from calls.carriers.stateset import StateSet
from calls.lib import public
from calls.lib.http import KeptClient, Reply, Timeouts
from calls.lib.meter import limited
from tests.carriers.world import request, spoken
from tests.lib.names import names
from tests.lib.test_http import OK
from tests.lib.wire import listening, read_request

PUBLIC, OTHER = "93.184.216.34", "93.184.216.35"
QUICK = Timeouts(connect=1.0, write=1.0, read=1.0, total=2.0)


def ask(url: str, kept: KeptClient | None = None) -> Reply:
    """One POST over connections of its own, or over these."""
    client = kept or KeptClient(timeouts=QUICK)
    try:
        return client.ask("POST", url, cap=1000, headers={}, payload={"a": 1})
    finally:
        if kept is None:
            client.close()


def dialled(monkeypatch: pytest.MonkeyPatch) -> list[tuple[str, int]]:
    """Where connections are asked for from now on; none is made."""
    found: list[tuple[str, int]] = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        found.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    return found


@pytest.mark.parametrize(
    "addresses",
    [["127.0.0.1"], ["10.0.0.1"], ["::1"], [PUBLIC, "10.0.0.1"], ["169.254.169.254"], ["fd00::1"]],
)
def test_a_name_that_leads_inside_is_not_connected_to(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    names(monkeypatch, voice=addresses)
    asked = dialled(monkeypatch)
    reply = ask("https://voice.example/")
    assert (asked, reply.bytes_written, reply.trouble) == ([], 0, "NoPublicAddress")


def test_one_that_leads_nowhere_is_told_in_the_same_words(monkeypatch: pytest.MonkeyPatch) -> None:
    """And nothing was sent, which is proof that there is no call."""
    names(monkeypatch)
    reply = ask("https://voice.example/")
    assert reply.trouble == "NoPublicAddress"
    proved = classify(status=reply.status, bytes_written=reply.bytes_written, call_id=None)
    assert proved is Evidence.NO_BYTE_SENT


def test_other_ports_are_not_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, voice=[PUBLIC])
    asked = dialled(monkeypatch)
    for port in (22, 80, 6443):
        assert ask(f"https://voice.example:{port}/").trouble == "NoPublicAddress"
    assert asked == []


def test_what_was_looked_up_is_what_is_connected_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each address in turn, of both families; a second look-up, which lies, comes only with a new connection."""
    asked = names(monkeypatch, voice=[["2606:2800:220:1::1", PUBLIC, OTHER], ["127.0.0.1"]])
    tried = dialled(monkeypatch)
    assert ask("https://voice.example:8443/").trouble == "ConnectError"
    assert tried == [("2606:2800:220:1::1", 8443), (PUBLIC, 8443), (OTHER, 8443)]
    assert asked.asked == 1
    assert ask("https://voice.example:8443/").trouble == "NoPublicAddress"
    assert len(tried) == 3


def test_a_connection_is_kept_and_its_bytes_are_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    connections = []

    def keep_alive(connection: socket.socket) -> None:
        connections.append(connection)
        while read_request(connection):
            connection.sendall(OK)

    asked = names(monkeypatch, voice=["127.0.0.1"])
    monkeypatch.setattr(public, "is_public", lambda address: True)
    with listening(keep_alive) as port:
        monkeypatch.setattr(public, "PORTS", (port,))
        kept = KeptClient(timeouts=QUICK)
        replies = [ask(f"http://voice.example:{port}/", kept) for _ in range(4)]
        kept.close()
    assert [(reply.status, reply.body) for reply in replies] == [(200, b"{}")] * 4
    assert (len(connections), asked.asked) == (1, 1)
    assert len({reply.bytes_written for reply in replies}) == 1
    assert replies[0].bytes_written > len(b'{"a": 1}')


def test_a_resolver_that_hangs_is_waited_for_no_longer_than_the_request_has(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    waited: list[float | None] = []

    def look_up(host: str, port: int, *, seconds: float | None = None) -> list[Any]:
        waited.append(seconds)
        return []

    monkeypatch.setattr(public, "look_up", look_up)
    with limited(first_byte_by=time.monotonic() + 0.2):
        assert ask("https://voice.example/").trouble == "NoPublicAddress"
    assert waited[0] is not None
    assert 0 < waited[0] <= 0.2


@pytest.mark.parametrize("carrier", ["stateset", "twilio"])
def test_an_account_of_a_real_carrier_reaches_nothing_of_this_machine(carrier: str) -> None:
    """Its address is a number here, which no account may have: the dialling stands by itself."""
    reached: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        reached.append(read_request(connection))
        connection.sendall(OK)

    key = "AC" + "0" * 32 + ":" + "a" * 32
    with listening(talk) as port:
        access = AccountAccess("real", carrier, f"http://127.0.0.1:{port}", key)
        client = carrier_over(access, None)
        answer = client.place(spoken("+12125550123"))
    assert (answer.evidence, reached) == (Evidence.NO_BYTE_SENT, [])


def test_the_sandbox_is_reached_as_ever() -> None:
    with listening(lambda connection: connection.sendall(read_request(connection) and OK)) as port:
        access = AccountAccess("mine", "sandbox", f"http://127.0.0.1:{port}", "key")
        answer = StateSet(access).place(request("+12125550123"))
    assert answer.http_status == 200
