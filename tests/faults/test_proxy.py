"""The proxy the fault tests lean on: each illness is what it says, and passes."""

import contextlib
import socket
import threading
import time
from collections.abc import Iterator

import pytest

from tests.faults.proxy import Proxy


def echo(listener: socket.socket) -> None:
    """Answers every piece with itself, for as long as the listener is open."""

    def serve(connection: socket.socket) -> None:
        with connection, contextlib.suppress(OSError):
            while piece := connection.recv(65536):
                connection.sendall(piece)

    with contextlib.suppress(OSError):
        while True:
            threading.Thread(target=serve, args=(listener.accept()[0],), daemon=True).start()


@pytest.fixture
def proxy() -> Iterator[Proxy]:
    listener = socket.create_server(("127.0.0.1", 0))
    thread = threading.Thread(target=echo, args=(listener,), daemon=True)
    thread.start()
    found = Proxy(listener.getsockname()[:2])
    yield found
    found.end()
    listener.shutdown(socket.SHUT_RDWR)
    listener.close()
    thread.join(5)


@pytest.fixture
def line(proxy: Proxy) -> Iterator[socket.socket]:
    with connected(proxy) as found:
        assert said(found, b"hello") == b"hello"
        yield found


def connected(proxy: Proxy) -> socket.socket:
    return socket.create_connection(("127.0.0.1", proxy.port), timeout=5)


def said(line: socket.socket, words: bytes) -> bytes:
    line.sendall(words)
    return line.recv(65536)


def test_well_it_passes_everything_on(line: socket.socket) -> None:
    words = bytes(range(256)) * 4000
    threading.Thread(target=line.sendall, args=(words,), daemon=True).start()
    got = b""
    while len(got) < len(words):
        got += line.recv(65536)
    assert got == words


def test_down_it_refuses_and_resets_and_comes_back_on_its_port(
    proxy: Proxy, line: socket.socket
) -> None:
    proxy.down()
    with pytest.raises(ConnectionResetError):
        line.recv(1)
    with pytest.raises(ConnectionRefusedError):
        connected(proxy)
    proxy.up()
    with connected(proxy) as again:
        assert said(again, b"x") == b"x"


def test_a_reset_is_a_reset(proxy: Proxy, line: socket.socket) -> None:
    proxy.reset()
    with pytest.raises(ConnectionResetError):
        line.recv(1)


def test_latency_is_added_each_way(proxy: Proxy, line: socket.socket) -> None:
    proxy.be(latency=0.1)
    began = time.monotonic()
    assert said(line, b"x") == b"x"
    assert 0.2 <= time.monotonic() - began < 2


def test_a_black_hole_takes_everything_and_gives_nothing(proxy: Proxy, line: socket.socket) -> None:
    proxy.be(black_hole=True)
    line.settimeout(0.2)
    with pytest.raises(TimeoutError):
        said(line, b"x")
    proxy.well()
    assert said(line, b"y") == b"y"


def test_an_answer_is_cut_short(proxy: Proxy) -> None:
    proxy.be(truncate=3)
    with connected(proxy) as line:
        assert said(line, b"abcdef") == b"abc"
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1) == b""


def test_an_end_is_passed_on_late(proxy: Proxy, line: socket.socket) -> None:
    proxy.be(slow_close=0.3)
    began = time.monotonic()
    line.shutdown(socket.SHUT_WR)
    assert line.recv(1) == b""
    assert time.monotonic() - began >= 0.3


def test_one_answer_is_kept_back_and_the_next_is_not(proxy: Proxy, line: socket.socket) -> None:
    proxy.reset_on_answer(b"COMMIT")
    assert said(line, b"BEGIN") == b"BEGIN"
    with pytest.raises(ConnectionResetError):
        said(line, b"COMMIT")
    assert proxy.resets == 1
    with connected(proxy) as again:
        assert said(again, b"COMMIT") == b"COMMIT"


def test_nobody_behind_it_is_a_closed_connection() -> None:
    with socket.create_server(("127.0.0.1", 0)) as gone:
        target = gone.getsockname()[:2]
    proxy = Proxy(target)
    with connected(proxy) as line, contextlib.suppress(ConnectionResetError):
        assert line.recv(1) == b""
    proxy.end()
