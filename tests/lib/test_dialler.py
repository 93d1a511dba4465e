"""Addresses that tenants type: everything of RELIABILITY R3.9 that must be refused, and what may pass (F39)."""

import socket
import threading
import time
from ipaddress import ip_address
from typing import Any

import pytest

from calls.lib import public
from calls.lib.dialler import NotAllowed, check, post
from calls.lib.public import Busy, Turn, is_public
from tests.carriers.world import until
from tests.lib.names import names

PUBLIC = "93.184.216.34"
NOWHERE = INSIDE = "does not lead to a public address"
SPELLED = "usual spelling"

# The vectors of R3.9, and their neighbours: the address, and why it is refused.
REFUSED = {
    "https://127.0.0.1/": INSIDE,
    "https://127.1/": SPELLED,
    "https://0x7f000001/": SPELLED,
    "https://0x7f.0.0.1/": SPELLED,
    "https://2130706433/": SPELLED,
    "https://0/": SPELLED,
    "https://0.0.0.0/": INSIDE,
    "https://0177.0.0.1/": SPELLED,
    "https://127.0.0.01/": SPELLED,
    "https://10.0.0.1/": INSIDE,
    "https://172.16.0.1/": INSIDE,
    "https://192.168.1.1/": INSIDE,
    "https://192.0.0.8/": INSIDE,
    "https://198.18.0.1/": INSIDE,
    "https://100.64.0.1/": INSIDE,
    "https://169.254.169.254/latest/meta-data/": INSIDE,
    "https://224.0.0.1/": INSIDE,
    "https://255.255.255.255/": INSIDE,
    "https://[::]/": INSIDE,
    "https://[::1]/": INSIDE,
    "https://[::ffff:10.0.0.1]/": INSIDE,
    "https://[::ffff:93.184.216.34]/": INSIDE,
    "https://[::10.0.0.1]/": INSIDE,
    "https://[fd00:ec2::254]/": INSIDE,
    "https://[fe80::1]/": INSIDE,
    "https://[fe80::1%25eth0]/": "host must be a name",
    "https://[fec0::1]/": INSIDE,
    "https://[ff02::1]/": INSIDE,
    "https://[64:ff9b::a00:1]/": INSIDE,
    "https://[64:ff9b:1::a00:1]/": INSIDE,
    "https://[2002:a00:1::1]/": INSIDE,
    "https://[2001:0:a00:1::1]/": INSIDE,
    "https://[2001:db8::1]/": INSIDE,
    "https://user:pw@93.184.216.34/": "no user name",
    "https://93.184.216.34@10.0.0.1/": "no user name",
    "https://93.184.216.34:6379/": "443 or 8443",
    "https://93.184.216.34:80/": "443 or 8443",
    "https://93.184.216.34:0/": "443 or 8443",
    "https://93.184.216.34:99999/": "no address of the web",
    "http://93.184.216.34/": "begin with https",
    "ftp://93.184.216.34/": "begin with https",
    "file:///etc/passwd": "begin with https",
    "gopher://93.184.216.34/": "begin with https",
    "//93.184.216.34/": "begin with https",
    "https:///hooks": SPELLED,
    "https://93.184.216.34\\@10.0.0.1/": "plain ASCII",
    "https://93.184.216.34/a b": "plain ASCII",
    "https://93.184.216.34/\r\nHost: x": "plain ASCII",
    "https://１２７.0.0.1/": "plain ASCII",
    "https://127。0。0。1/": "plain ASCII",
    "https://93.184.216.34/#part": "no fragment",
    "https://[not-an-address]/": "no address of the web|host must be a name",
    "https://exa%6dple.com/": SPELLED,
    "https://-a.example/": SPELLED,
    "https://a..example/": SPELLED,
    "https://example.com./": SPELLED,
    "https://" + "a" * 1000 + ".example/": "at most 1000",
    "": "plain ASCII",
}


@pytest.mark.parametrize("url", REFUSED)
def test_f39_it_is_refused(url: str) -> None:
    with pytest.raises(NotAllowed, match=REFUSED[url]):
        check(url)


@pytest.mark.parametrize(
    ("url", "port", "path"),
    [
        ("https://93.184.216.34", 443, "/"),
        ("https://93.184.216.34:8443/hooks?a=b", 8443, "/hooks?a=b"),
        ("HTTPS://93.184.216.34:443/", 443, "/"),
        ("https://[2606:2800:220:1:248:1893:25c8:1946]/", 443, "/"),
    ],
)
def test_what_is_public_passes(url: str, port: int, path: str) -> None:
    found = check(url)
    assert (found.port, found.path, len(found.addresses)) == (port, path, 1)


def test_a_name_passes_with_every_address_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, shop=[PUBLIC, "2606:2800:220:1::1"])
    assert check("https://shop.example/").addresses == (PUBLIC, "2606:2800:220:1::1")


@pytest.mark.parametrize(
    "addresses", [["10.0.0.1"], [PUBLIC, "10.0.0.1"], [PUBLIC, "::1"], [PUBLIC, "64:ff9b::a00:1"]]
)
def test_f39_one_address_inside_is_enough(
    monkeypatch: pytest.MonkeyPatch, addresses: list[str]
) -> None:
    names(monkeypatch, shop=addresses)
    with pytest.raises(NotAllowed, match=INSIDE):
        check("https://shop.example/")


def test_f39_a_name_that_leads_nowhere_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch)
    with pytest.raises(NotAllowed, match=NOWHERE):
        check("https://shop.example/")


def test_f39_a_resolver_that_hangs_is_left_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    done = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(30) and [])
    monkeypatch.setattr(public, "LOOKUP_SECONDS", 0.1)
    began = time.monotonic()
    with pytest.raises(NotAllowed, match=NOWHERE):
        check("https://shop.example/")
    done.set()
    assert time.monotonic() - began < 5


def test_a_look_up_has_its_turn_until_the_resolver_is_through(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    done, turn = threading.Event(), Turn()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: done.wait(30) and [])
    monkeypatch.setattr(public, "LOOKUP_SECONDS", 0.05)
    with pytest.raises(NotAllowed, match=NOWHERE):
        check("https://slow.example/", turn=turn)
    with pytest.raises(Busy) as told:
        check("https://other.example/", turn=turn)
    assert (told.value.status, told.value.retry_after) == (503, 5)
    done.set()
    assert until(lambda: refusal_of(turn) is None)
    with pytest.raises(NotAllowed, match=NOWHERE):
        check("https://other.example/", turn=turn)


def refusal_of(turn: Turn) -> Busy | None:
    """What is said to whoever wants a turn now."""
    try:
        with turn.taken():
            return None
    except Busy as refusal:
        return refusal


def test_two_names_inside_and_nowhere_are_told_apart_by_nothing(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, postgres=["10.0.0.5"])
    told = []
    for host in ("postgres.example", "nothing.example"):
        with pytest.raises(NotAllowed) as refused:
            check(f"https://{host}/")
        told.append(str(refused.value))
    assert told[0] == told[1]


def test_f39_a_name_that_flips_is_refused_when_it_is_used(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    names(monkeypatch, flips=[[PUBLIC], ["169.254.169.254"]])
    check("https://flips.example/")
    told = post("https://flips.example/", body=b"{}", headers={})
    assert (told.status, told.bytes_written) == (None, 0)
    assert told.trouble.startswith("NotAllowed: It does not lead to a public address")


def test_f39_what_was_checked_is_what_is_dialled(monkeypatch: pytest.MonkeyPatch) -> None:
    """The name is looked up once for a request; a second look-up, which lies, never happens."""
    asked, dialled = names(monkeypatch, flips=[[PUBLIC], ["127.0.0.1"]]), []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        dialled.append(address)
        raise ConnectionRefusedError

    monkeypatch.setattr(socket, "create_connection", connect)
    assert post("https://flips.example/", body=b"{}", headers={}).trouble == "ConnectError"
    assert (dialled, asked.asked) == ([(PUBLIC, 443)], 1)


def test_each_checked_address_is_tried(monkeypatch: pytest.MonkeyPatch) -> None:
    dialled = []

    def connect(address: tuple[str, int], *_: Any, **__: Any) -> socket.socket:
        dialled.append(address[0])
        raise ConnectionRefusedError

    names(monkeypatch, shop=[PUBLIC, "93.184.216.35"])
    monkeypatch.setattr(socket, "create_connection", connect)
    post("https://shop.example/", body=b"{}", headers={})
    assert dialled == [PUBLIC, "93.184.216.35"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (PUBLIC, True),
        ("2606:2800:220:1::1", True),
        ("64:ff9b::5db8:d822", True),  # NAT64 of 93.184.216.34
        ("2002:5db8:d822::1", True),  # 6to4 of it
        ("64:ff9b::7f00:1", False),
        ("2002:7f00:1::1", False),
        ("::ffff:5db8:d822", False),
        ("240.0.0.1", False),
        ("4000::1", False),
        ("192.88.99.1", False),  # the former relays of 6to4
        ("3fff::1", False),  # documentation
        ("3ffe:ffff::1", True),
    ],
)
def test_an_address_is_judged_by_what_it_carries(text: str, expected: bool) -> None:
    assert is_public(ip_address(text)) is expected


@pytest.mark.parametrize("url", ["http://127.0.0.1:9/", "https://127.0.0.1:6379/", "http://[::1]/"])
def test_the_flag_lets_a_sandbox_reach_this_machine(url: str) -> None:
    assert check(url, loopback=True).addresses
    with pytest.raises(NotAllowed):
        check(url)


@pytest.mark.parametrize(
    ("url", "why"),
    [
        ("http://10.0.0.1/", "begin with https"),
        ("https://10.0.0.1/", INSIDE),
        ("https://169.254.169.254/", INSIDE),
        ("http://93.184.216.34/", "begin with https"),
        ("https://93.184.216.34:6379/", "443 or 8443"),
        ("https://[::ffff:127.0.0.1]:6379/", "443 or 8443"),
        ("https://user@127.0.0.1/", "no user name"),
    ],
)
def test_f39_the_flag_opens_nothing_else(url: str, why: str) -> None:
    with pytest.raises(NotAllowed, match=why):
        check(url, loopback=True)


def test_f39_nor_for_a_name_that_leads_elsewhere_too(monkeypatch: pytest.MonkeyPatch) -> None:
    names(monkeypatch, shop=["127.0.0.1", "10.0.0.1"])
    with pytest.raises(NotAllowed, match=INSIDE):
        check("https://shop.example/", loopback=True)
