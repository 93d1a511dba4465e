"""The other side means harm: whatever a server does, the one who asked is free within the total time (F39)."""

import gzip
import os
import socket
import time

import pytest

from calls.lib.dialler import MOST_BYTES, post
from calls.lib.http import Reply
from tests.lib.names import names
from tests.lib.wire import Talk, listening, read_request, saying

TOTAL = 1.5  # for these tests; TOTAL_SECONDS otherwise
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"


def sent(talk: Talk, *, total: float = TOTAL, host: str = "127.0.0.1") -> tuple[Reply, float]:
    """What came of one POST to a server that does this, and how many seconds it took."""
    with listening(talk) as port:
        began = time.monotonic()
        url = f"http://{host}:{port}/hooks?a=b"
        found = post(url, body=b'{"a":1}', headers={"x-a": "b"}, loopback=True, total=total)
        return found, time.monotonic() - began


def dripping(first: bytes, drop: bytes) -> Talk:
    """Say something, then a drop every now and then, for much longer than anybody should wait."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(first)
        for _ in range(200):
            connection.sendall(drop)
            time.sleep(0.05)

    return talk


def pouring(head: bytes) -> Talk:
    """A body of a gigabyte."""

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        for _ in range(1024):
            connection.sendall(b"x" * 1024 * 1024)

    return talk


def silent(connection: socket.socket) -> None:
    """Take the request and say nothing for as long as the other side stays."""
    read_request(connection)
    connection.recv(1)


def resetting(connection: socket.socket) -> None:
    """End the connection without a word."""
    read_request(connection)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def test_an_honest_one_is_answered() -> None:
    reply, _ = sent(saying(OK))
    assert (reply.status, reply.body, reply.trouble) == (200, b"ok", "")


def test_it_is_asked_as_it_should_be() -> None:
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        got.append(read_request(connection))
        connection.sendall(OK)

    sent(talk)
    head, _, body = got[0].partition(b"\r\n\r\n")
    lines = [line.lower() for line in head.split(b"\r\n")]
    assert lines[0] == b"post /hooks?a=b http/1.1"
    assert {b"x-a: b", b"accept-encoding: identity", b"content-length: 7"} <= set(lines)
    assert body == b'{"a":1}'


def test_the_name_stays_in_the_host_header(monkeypatch: pytest.MonkeyPatch) -> None:
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        got.append(read_request(connection))
        connection.sendall(OK)

    names(monkeypatch, shop=["127.0.0.1"])
    reply, _ = sent(talk, host="shop.example")
    assert reply.status == 200
    assert b"host: shop.example:" in got[0].lower()


@pytest.mark.parametrize(
    "talk",
    [
        silent,
        dripping(b"", b"H"),
        dripping(b"HTTP/1.1 200 OK\r\n", b"x: y\r\n"),
        dripping(b"HTTP/1.1 200 OK\r\ncontent-length: 999\r\n\r\n", b"x"),
        dripping(b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n", b"1\r\nx\r\n"),
    ],
    ids=["silence", "a drop of a status", "a drop of headers", "a drop of a body", "chunks"],
)
def test_f39_a_slow_one_is_cut_off(talk: Talk) -> None:
    reply, seconds = sent(talk)
    assert reply.trouble == "ReadTimeout"
    assert seconds < TOTAL + 1


def test_f39_the_total_is_fifteen_seconds() -> None:
    reply, seconds = sent(dripping(b"", b"H"), total=0.2)
    assert (reply.status, reply.trouble) == (None, "ReadTimeout")
    assert seconds < 1.5
    assert post.__kwdefaults__["total"] == 15.0


@pytest.mark.parametrize(
    "head",
    [b"HTTP/1.1 200 OK\r\ncontent-length: 1073741824\r\n\r\n", b"HTTP/1.0 200 OK\r\n\r\n"],
    ids=["announced", "unannounced"],
)
def test_f39_a_gigabyte_is_read_no_further_than_the_cap(head: bytes) -> None:
    reply, seconds = sent(pouring(head), total=10)
    assert (reply.status, reply.trouble, len(reply.body)) == (200, "AnswerTooLong", MOST_BYTES)
    assert seconds < 8


def test_f39_a_gzip_bomb_stays_packed() -> None:
    bomb = gzip.compress(b"\0" * 50_000_000)
    head = b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: %d\r\n\r\n" % len(bomb)
    reply, _ = sent(saying(head, bomb))
    assert (reply.status, reply.body) == (200, bomb[:MOST_BYTES])


def test_f39_headers_without_end_are_given_up() -> None:
    reply, seconds = sent(dripping(b"HTTP/1.1 200 OK\r\n", b"x: " + b"y" * 60_000 + b"\r\n"))
    assert (reply.status, reply.trouble) == (None, "RemoteProtocolError")
    assert seconds < TOTAL


def test_f39_a_reset_is_told() -> None:
    reply, _ = sent(resetting)
    assert (reply.status, reply.trouble) == (None, "ReadError")


def test_f39_a_redirect_is_not_followed() -> None:
    where = b"http://169.254.169.254/latest/meta-data/"
    reply, _ = sent(
        saying(b"HTTP/1.1 302 Found\r\nlocation: " + where + b"\r\ncontent-length: 0\r\n\r\n")
    )
    assert (reply.status, reply.headers["location"]) == (302, where.decode())


def test_f39_no_proxy_is_asked(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("http_proxy", "HTTP_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert sent(saying(OK))[0].status == 200
    assert os.environ["ALL_PROXY"]


def test_f39_no_cookie_is_kept() -> None:
    got: list[bytes] = []

    def talk(connection: socket.socket) -> None:
        got.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 200 OK\r\nset-cookie: a=b\r\ncontent-length: 0\r\n\r\n")

    with listening(talk) as port:
        for _ in range(2):
            post(f"http://127.0.0.1:{port}/", body=b"", headers={}, loopback=True)
    assert [b"cookie" in request.lower() for request in got] == [False, False]


def test_f39_what_is_no_http_is_told() -> None:
    assert sent(saying(b"+OK redis\r\n"))[0].trouble == "RemoteProtocolError"


def test_nobody_listens() -> None:
    with listening(silent) as port:
        pass
    reply = post(f"http://127.0.0.1:{port}/", body=b"{}", headers={}, loopback=True)
    assert (reply.status, reply.trouble) == (None, "ConnectError")
