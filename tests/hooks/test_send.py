"""Over the wire: what an endpoint receives, and what is kept of its answer."""

import json
from collections.abc import Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone
from standardwebhooks.webhooks import Webhook

from calls.hooks import actions, send
from calls.hooks.models import Delivery, Endpoint
from calls.hooks.send import deliver_next
from calls.lib.http import Reply
from calls.lib.signing import verify
from tests.hooks.steps import added, delivery, endpoint, fresh
from tests.lib.names import names
from tests.lib.wire import Talk, listening, read_request, saying
from tests.world import NOW, World

OK = b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok"
HEAD = b"HTTP/1.1 %d X\r\ncontent-length: %d\r\n\r\n"


class Receiver:
    """A program of Acme's that takes webhooks."""

    def __init__(self) -> None:
        self.got: list[bytes] = []
        self.answers = OK

    def talk(self, connection: Any) -> None:
        """Keep the request, answer."""
        self.got.append(read_request(connection))
        connection.sendall(self.answers)

    def headers(self) -> dict[str, str]:
        """Of the last request, in lower case."""
        head = self.got[-1].partition(b"\r\n\r\n")[0].decode()
        pairs = (line.partition(": ") for line in head.split("\r\n")[1:])
        return {name.lower(): value for name, _, value in pairs}

    def body(self) -> bytes:
        """Of the last request."""
        return self.got[-1].partition(b"\r\n\r\n")[2]


@pytest.fixture
def receiver(settings: Any) -> Iterator[tuple[Receiver, str]]:
    """It listens on this machine, where the setting lets a sandbox speak to it."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    found = Receiver()
    with listening(found.talk) as port:
        yield found, f"http://127.0.0.1:{port}/hooks"


def served(world: World, talk: Talk, settings: Any) -> Delivery:
    """What came of one delivery to a server that does this."""
    settings.WEBHOOKS_TO_LOOPBACK = True
    with listening(talk) as port:
        row = endpoint(world, url=f"http://127.0.0.1:{port}/")
        sent = delivery(row)
        deliver_next(endpoint_id=row.pk)
    return fresh(sent)


def test_it_is_signed_and_verified_by_the_schemes_own_package(
    world: World, receiver: tuple[Receiver, str]
) -> None:
    program, url = receiver
    row, secret = added(world, url=url)
    sent = delivery(row)
    assert deliver_next(endpoint_id=row.pk)
    assert Webhook(secret).verify(program.body(), program.headers()) == json.loads(sent.body)


def test_its_headers_are_the_contracts(world: World, receiver: tuple[Receiver, str]) -> None:
    program, url = receiver
    row = endpoint(world, url=url)
    sent = delivery(row)
    deliver_next(endpoint_id=row.pk)
    head = program.headers()
    assert head["x-idempotency-key"] == head["webhook-id"] == sent.event_id
    assert (head["content-type"], head["user-agent"]) == ("application/json", "Greenlight-Webhooks")
    assert {"cookie", "authorization", "accept"} & set(head) == set()


def test_the_body_is_what_is_kept(world: World, receiver: tuple[Receiver, str]) -> None:
    program, url = receiver
    row = endpoint(world, url=url)
    sent = delivery(row, body='{"summary": "Gr\\u00fc\\u00dfe"}')
    deliver_next(endpoint_id=row.pk)
    assert program.body().decode() == fresh(sent).body


@pytest.mark.parametrize(("hours", "signatures"), [(1, 2), (-1, 1)])
def test_both_secrets_sign_while_one_is_rotated(
    world: World, receiver: tuple[Receiver, str], hours: int, signatures: int
) -> None:
    program, url = receiver
    row, old = added(world, url=url)
    row, new = actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
    now = timezone.now()
    Endpoint.objects.update(former_until=now + timedelta(hours=hours))
    delivery(row)
    deliver_next(endpoint_id=row.pk)
    head, body = program.headers(), program.body()
    assert len(head["webhook-signature"].split()) == signatures
    assert verify(secrets=[new], headers=head, body=body, now=now)
    assert verify(secrets=[old], headers=head, body=body, now=now) is (signatures == 2)


def test_a_second_try_is_the_same_event_with_a_time_of_its_own(
    world: World, receiver: tuple[Receiver, str]
) -> None:
    program, url = receiver
    program.answers = HEAD % (500, 0)
    row, secret = added(world, url=url)
    sent = delivery(row)
    for _ in range(2):
        Delivery.objects.update(next_at=NOW)
        deliver_next(endpoint_id=row.pk)
        Webhook(secret).verify(program.body(), program.headers())
    assert program.headers()["webhook-id"] == sent.event_id
    assert [tried["status"] for tried in fresh(sent).tries] == [500, 500]


def test_of_the_answer_a_kilobyte_is_kept(world: World, settings: Any) -> None:
    found = served(world, saying(HEAD % (200, 5000), b"a" * 5000), settings)
    assert found.delivered_at
    assert found.tries[0]["answer"] == "a" * 1024


def test_an_answer_that_is_no_text_is_kept_as_well_as_can_be(world: World, settings: Any) -> None:
    found = served(world, saying(HEAD % (500, 4), b"\0\xff\xfeA"), settings)
    assert found.tries[0]["answer"] == "\ufffd\ufffd\ufffdA"


def test_a_redirect_is_a_failure(world: World, settings: Any) -> None:
    answer = b"HTTP/1.1 302 Found\r\nlocation: http://169.254.169.254/\r\ncontent-length: 0\r\n\r\n"
    found = served(world, saying(answer), settings)
    assert (found.tries[0]["status"], found.delivered_at) == (302, None)


def test_retry_after_is_heard(world: World, settings: Any) -> None:
    answer = b"HTTP/1.1 503 X\r\nretry-after: 3600\r\ncontent-length: 0\r\n\r\n"
    found = served(world, saying(answer), settings)
    at = found.next_at
    assert at is not None
    assert timedelta(minutes=59) < at - timezone.now() <= timedelta(hours=1)


def test_410_switches_it_off(world: World, settings: Any) -> None:
    served(world, saying(HEAD % (410, 0)), settings)
    assert Endpoint.objects.get().disabled_by == "gone"


def test_f39_a_name_that_leads_inside_by_now_is_not_dialled(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    names(monkeypatch, flips=[["93.184.216.34"], ["10.0.0.1"]])
    row = endpoint(world, url="https://flips.example/")
    sent = delivery(row)
    deliver_next(endpoint_id=row.pk)
    (tried,) = fresh(sent).tries
    assert (tried["status"], tried["trouble"][:10]) == (None, "NotAllowed")


def test_without_the_setting_this_machine_is_not_reached(
    world: World, receiver: tuple[Receiver, str], settings: Any
) -> None:
    program, url = receiver
    row = endpoint(world, url=url)
    delivery(row)
    settings.WEBHOOKS_TO_LOOPBACK = False
    deliver_next(endpoint_id=row.pk)
    assert program.got == []


def test_nor_by_a_tenant_that_is_live(world: World, receiver: tuple[Receiver, str]) -> None:
    program, url = receiver
    row = endpoint(world, url=url)
    type(world.acme).objects.update(mode="live")
    delivery(row)
    deliver_next(endpoint_id=row.pk)
    assert program.got == []


def test_a_secret_nobody_can_open_is_told_and_nothing_sent(
    world: World, receiver: tuple[Receiver, str]
) -> None:
    program, url = receiver
    row = endpoint(world, url=url)
    Endpoint.objects.update(sealed_secret="00000000:x")
    sent = delivery(row)
    deliver_next(endpoint_id=row.pk)
    assert program.got == []
    assert "ENCRYPTION_KEYS" in fresh(sent).tries[0]["trouble"]


def test_nothing_due_is_nothing_done(world: World) -> None:
    assert not deliver_next(endpoint_id=endpoint(world).pk)


def test_no_transaction_is_open_while_the_other_side_is_asked(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    depth: list[int] = []

    def post(*_: Any, **__: Any) -> Reply:
        depth.append(len(connection.savepoint_ids))
        return Reply(status=200)

    monkeypatch.setattr(send.dialler, "post", post)
    row = endpoint(world)
    delivery(row)
    before = len(connection.savepoint_ids)
    deliver_next(endpoint_id=row.pk)
    assert depth == [before]


def test_no_number_reaches_the_log(
    world: World, receiver: tuple[Receiver, str], caplog: pytest.LogCaptureFixture
) -> None:
    _, url = receiver
    row = endpoint(world, url=url)
    delivery(row, body='{"to_number": "+14155550123"}')
    caplog.set_level("DEBUG")
    deliver_next(endpoint_id=row.pk)
    assert "4155550123" not in caplog.text


def test_while_more_is_due_others_are_woken(
    world: World,
    receiver: tuple[Receiver, str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    sent: list[str] = []
    monkeypatch.setattr(send, "later", lambda task, **ids: sent.append(ids["endpoint_id"]))
    row = endpoint(world, url=receiver[1])
    delivery(row), delivery(row)
    deliver_next(endpoint_id=row.pk)
    assert sent == [row.public_id] * 2
    deliver_next(endpoint_id=row.pk)
    assert len(sent) == 2


@pytest.mark.parametrize("odd", ["Wed, 21 Oct 2015 07:28:00 +99999999999999", "9" * 400, "-5", "²"])
@pytest.mark.parametrize("status", [200, 503])
def test_an_odd_retry_after_changes_nothing(
    world: World, settings: Any, status: int, odd: str
) -> None:
    head = b"HTTP/1.1 %d X\r\nretry-after: %s\r\ncontent-length: 0\r\n\r\n"
    found = served(world, saying(head % (status, odd.encode("latin-1"))), settings)
    assert [tried["status"] for tried in found.tries] == [status]
    soon = found.next_at is not None and found.next_at < timezone.now() + timedelta(seconds=7)
    assert (found.state, soon) == (("delivered", False) if status == 200 else ("waiting", True))


@pytest.mark.django_db(transaction=True)
def test_no_connection_is_kept_while_an_endpoint_hangs(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held: list[bool] = []

    def post(*_: Any, **__: Any) -> Reply:
        held.append(connection.connection is not None)
        return Reply(status=200)

    monkeypatch.setattr(send.dialler, "post", post)
    row = endpoint(world)
    sent = delivery(row), delivery(row)
    deliver_next(endpoint_id=row.pk)
    assert held == [False]
    assert [bool(fresh(each).delivered_at) for each in sent] == [True, False]
