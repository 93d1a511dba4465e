"""The kept client over real sockets: how much left this machine, and when it gives up."""

import socket
import ssl
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec

from calls.lib.http import KeptClient, Reply, Timeouts
from calls.lib.meter import limited
from tests.lib.wire import Talk, listening, read_request, saying

QUICK = Timeouts(connect=1.0, write=1.0, read=0.3, total=1.0)
OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}"


@contextmanager
def client(timeouts: Timeouts = QUICK) -> Iterator[KeptClient]:
    """A kept client that is closed at the end."""
    kept = KeptClient(timeouts=timeouts, inside=True)
    try:
        yield kept
    finally:
        kept.close()


def ask(port: int, *, scheme: str = "http", cap: int = 1000, timeouts: Timeouts = QUICK) -> Reply:
    """Send one small POST to a port of this machine."""
    with client(timeouts) as kept:
        return kept.ask(
            "POST", f"{scheme}://127.0.0.1:{port}/", cap=cap, headers={}, payload={"a": 1}
        )


def answering_late(connection: socket.socket) -> None:
    read_request(connection)
    time.sleep(0.2)
    connection.sendall(OK)


def silent(connection: socket.socket) -> None:
    connection.recv(1)
    time.sleep(1)


def closed_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def test_a_good_answer_is_read_whole() -> None:
    with listening(saying(OK)) as port:
        reply = ask(port)
    assert (reply.status, reply.body, reply.whole, reply.trouble) == (200, b"{}", True, "")
    assert reply.bytes_written > 0


def test_every_byte_that_left_is_counted() -> None:
    got: list[bytes] = []

    def keep(connection: socket.socket) -> None:
        got.append(read_request(connection))
        connection.sendall(OK)

    with listening(keep) as port:
        assert ask(port).bytes_written == len(got[0])


def test_a_refused_connection_wrote_nothing() -> None:
    reply = ask(closed_port())
    assert (reply.status, reply.bytes_written, reply.trouble) == (None, 0, "ConnectError")


def test_an_unknown_name_wrote_nothing() -> None:
    with client() as kept:
        reply = kept.ask("POST", "http://nowhere.invalid/", cap=10, headers={}, payload={})
    assert (reply.status, reply.bytes_written) == (None, 0)
    assert reply.trouble


@pytest.mark.parametrize(
    "url", ["", "nonsense", "ftp://127.0.0.1/", "http://", "http://[::1", "http://127.0.0.1:99999/"]
)
def test_an_impossible_address_wrote_nothing(url: str) -> None:
    with client() as kept:
        reply = kept.ask("POST", url, cap=10, headers={}, payload={})
    assert (reply.status, reply.bytes_written) == (None, 0)
    assert reply.trouble


@pytest.mark.parametrize("value", ["a\r\nb: c", "ü€", "\x00"])
def test_an_impossible_header_wrote_nothing(value: str) -> None:
    with listening(saying(OK)) as port, client() as kept:
        url = f"http://127.0.0.1:{port}/"
        reply = kept.ask("POST", url, cap=10, headers={"x": value}, payload={})
    assert (reply.status, reply.bytes_written) == (None, 0)
    assert reply.trouble


def test_a_certificate_that_nobody_vouches_for_wrote_nothing(tmp_path: Path) -> None:
    got: list[bytes] = []
    tls = self_signed(tmp_path)
    with listening(lambda connection: got.append(read_request(connection)), tls=tls) as port:
        reply = ask(port, scheme="https")
    assert (reply.status, reply.bytes_written, reply.trouble) == (None, 0, "ConnectError")
    assert got == []


def test_a_server_that_speaks_no_tls_got_nothing() -> None:
    with listening(saying(b"HTTP/1.1 400 Bad\r\n\r\n")) as port:
        reply = ask(port, scheme="https")
    assert (reply.status, reply.bytes_written) == (None, 0)


def test_a_connection_dropped_after_the_request_had_bytes() -> None:
    with listening(saying()) as port:
        reply = ask(port)
    assert reply.status is None
    assert reply.bytes_written > 0


def test_a_connection_dropped_before_reading_had_bytes_all_the_same() -> None:
    """Whether the other side read them cannot be known from here."""
    with listening(lambda connection: None) as port:
        reply = ask(port)
    assert reply.status is None
    assert reply.bytes_written > 0


def test_silence_ends_at_the_read_timeout() -> None:
    def hang(connection: socket.socket) -> None:
        read_request(connection)
        connection.recv(1)

    with listening(hang) as port:
        reply = ask(port)
    assert (reply.status, reply.trouble) == (None, "ReadTimeout")
    assert reply.bytes_written > 0


def trickling(head: bytes) -> tuple[threading.Event, Talk]:
    """A talk that sends `head` and then a byte now and then, faster than the read timeout."""
    over = threading.Event()

    def talk(connection: socket.socket) -> None:
        read_request(connection)
        connection.sendall(head)
        while not over.wait(0.1):
            connection.sendall(b"x")

    return over, talk


@pytest.mark.parametrize(
    ("head", "status"),
    [(b"HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n", 200), (b"HTTP/1.1 200 OK\r\nx-a: ", None)],
)
def test_a_trickle_ends_at_the_total(head: bytes, status: int | None) -> None:
    over, talk = trickling(head)
    began = time.monotonic()
    with listening(talk) as port:
        reply = ask(port, timeouts=Timeouts(read=0.3, total=0.6))
        took = time.monotonic() - began
        over.set()
    assert (reply.status, reply.whole, reply.trouble) == (status, False, "ReadTimeout")
    assert 0.5 < took < 3


def test_nothing_is_written_once_the_time_is_up() -> None:
    with listening(saying(OK)) as port:
        reply = ask(port, timeouts=Timeouts(total=0.0))
    assert (reply.status, reply.bytes_written, reply.trouble) == (None, 0, "ConnectTimeout")


def test_half_an_answer_keeps_its_status() -> None:
    with listening(saying(b"HTTP/1.1 200 OK\r\ncontent-length: 50\r\n\r\n{")) as port:
        reply = ask(port)
    assert (reply.status, reply.body, reply.whole) == (200, b"{", False)


def test_an_answer_over_the_cap_is_cut_and_not_whole() -> None:
    long = b"HTTP/1.1 200 OK\r\ncontent-length: 5000\r\n\r\n" + b"x" * 5000
    with listening(saying(long)) as port:
        reply = ask(port, cap=1000)
    assert (reply.status, len(reply.body), reply.whole) == (200, 1000, False)
    assert reply.trouble == "AnswerTooLong"


def test_an_answer_of_just_the_cap_is_whole() -> None:
    full = b"HTTP/1.1 200 OK\r\ncontent-length: 1000\r\n\r\n" + b"x" * 1000
    with listening(saying(full)) as port:
        assert ask(port, cap=1000).whole


@pytest.mark.parametrize("answer", [b"SSH-2.0-x\r\n", b"\x00" * 40, b"HTTP/1.1 abc\r\n\r\n"])
def test_what_is_not_http_is_no_answer(answer: bytes) -> None:
    with listening(saying(answer)) as port:
        reply = ask(port)
    assert (reply.status, reply.whole) == (None, False)
    assert reply.bytes_written > 0


def test_a_redirect_is_an_answer_and_is_not_followed() -> None:
    asked: list[bytes] = []

    def redirect(connection: socket.socket) -> None:
        asked.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 307 Go\r\nlocation: /elsewhere\r\ncontent-length: 0\r\n\r\n")

    with listening(redirect) as port:
        assert ask(port).status == 307
    assert len(asked) == 1


@pytest.mark.parametrize("status", [500, 502, 503, 504, 429, 408])
def test_no_error_is_tried_again(status: int) -> None:
    asked: list[bytes] = []

    def fail(connection: socket.socket) -> None:
        asked.append(read_request(connection))
        connection.sendall(b"HTTP/1.1 %d No\r\ncontent-length: 0\r\n\r\n" % status)

    with listening(fail) as port:
        assert ask(port).status == status
    assert len(asked) == 1


def test_a_second_answer_to_the_first_question_does_not_answer_the_second() -> None:
    """Two answers in one packet: the spare one lies ready when the next request begins."""

    def twice(connection: socket.socket) -> None:
        while read_request(connection):
            connection.sendall(OK + OK)

    with listening(twice) as port, client() as kept:
        url = f"http://127.0.0.1:{port}/"
        first = kept.ask("POST", url, cap=100, headers={}, payload={})
        second = kept.ask("POST", url, cap=100, headers={}, payload={})
    assert first.status == 200
    assert (second.status, second.bytes_written > 0) == (None, True)


def test_one_connection_serves_many_requests() -> None:
    connections: list[int] = []

    def keep_alive(connection: socket.socket) -> None:
        connections.append(1)
        while read_request(connection):
            connection.sendall(OK)

    with listening(keep_alive) as port, client() as kept:
        url = f"http://127.0.0.1:{port}/"
        replies = [kept.ask("POST", url, cap=9, headers={}, payload={}) for _ in range(5)]
    assert [reply.status for reply in replies] == [200] * 5
    assert len(connections) == 1
    assert len({reply.bytes_written for reply in replies}) == 1


def test_the_environment_names_no_proxy_for_us(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HTTP_PROXY", "http_proxy", "ALL_PROXY", "all_proxy"):
        monkeypatch.setenv(name, f"http://127.0.0.1:{closed_port()}")
    with listening(saying(OK)) as port:
        assert ask(port).status == 200


def test_a_transport_can_be_handed_in() -> None:
    hello = httpx.Response(200, stream=httpx.ByteStream(b"hello"))
    kept = KeptClient(transport=httpx.MockTransport(lambda _: hello))
    assert kept.ask("GET", "http://carrier.test/", cap=99, headers={}).body == b"hello"
    kept.close()


def test_the_limits_are_those_of_the_rule() -> None:
    assert Timeouts() == Timeouts(connect=5, write=10, read=45, total=60)


def self_signed(folder: Path) -> ssl.SSLContext:
    """A server's TLS context with a certificate of its own making."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, "127.0.0.1")])
    now = datetime.now(UTC)
    certificate = (
        x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
        .not_valid_before(now - timedelta(days=1))
        .not_valid_after(now + timedelta(days=1))
        .sign(key, hashes.SHA256())
    )
    pem = folder / "certificate.pem"
    pem.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
        + certificate.public_bytes(serialization.Encoding.PEM)
    )
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(pem)
    return context


@pytest.mark.parametrize("scheme", ["http", "https"])
def test_nothing_leaves_after_the_instant_by_which_it_must_have_begun(scheme: str) -> None:
    """A process that was frozen on the way asks nobody, and knows that it did not."""
    asked: list[bytes] = []
    with (
        listening(lambda connection: asked.append(read_request(connection))) as port,
        limited(first_byte_by=time.monotonic() - 0.001),
    ):
        reply = ask(port, scheme=scheme)
    assert (reply.status, reply.bytes_written, "Timeout" in reply.trouble) == (None, 0, True)
    assert not any(asked)


def test_a_kept_connection_is_no_way_round_it() -> None:
    asked: list[bytes] = []

    def serve(connection: socket.socket) -> None:
        while body := read_request(connection):
            asked.append(body)
            connection.sendall(OK)

    with listening(serve) as port, client() as kept:
        url = f"http://127.0.0.1:{port}/"
        assert kept.ask("POST", url, cap=10, headers={}, payload={}).status == 200
        with limited(first_byte_by=time.monotonic() - 0.001):
            reply = kept.ask("POST", url, cap=10, headers={}, payload={})
    assert (reply.status, reply.bytes_written, len(asked)) == (None, 0, 1)


def test_what_began_in_time_is_finished_after_it() -> None:
    with listening(answering_late) as port, limited(first_byte_by=time.monotonic() + 0.1):
        reply = ask(port, timeouts=Timeouts(total=5.0))
    assert (reply.status, reply.whole) == (200, True)


def test_a_silent_handshake_ends_by_the_first_bytes_instant() -> None:
    started = time.monotonic()
    with listening(silent) as port, limited(first_byte_by=started + 0.2):
        reply = ask(port, scheme="https", timeouts=Timeouts(connect=5.0, total=5.0))
        took = time.monotonic() - started
    assert (reply.status, reply.bytes_written, took < 0.9) == (None, 0, True)


def test_several_requests_together_may_have_an_end() -> None:
    started = time.monotonic()
    with listening(silent) as port, limited(over_by=started + 0.2):
        reply = ask(port, timeouts=Timeouts(read=5.0, total=5.0))
        took = time.monotonic() - started
    assert (reply.status, took < 0.9) == (None, True)
