"""An endpoint that was switched off: the tenant's admins hear of it by mail, at least once."""

from datetime import timedelta

import pytest
from django.core import mail

from calls.hooks import actions
from calls.hooks.models import Endpoint
from calls.hooks.notify import tell_disabled
from tests.hooks.steps import URL, attempt, delivery, endpoint
from tests.mailing import Switch, mail_server
from tests.world import NOW, World

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def gone(world: World) -> Endpoint:
    """An endpoint that asked us to stop."""
    row = endpoint(world)
    delivery(row)
    attempt(row, 410)
    return row


def test_the_admins_hear_of_it(world: World, server: Switch) -> None:
    row = gone(world)
    tell_disabled(now=NOW)
    (letter,) = mail.outbox
    assert letter.to == ["ada@acme.example"]
    assert letter.subject == "Webhooks to an endpoint of Acme are switched off"
    assert URL in letter.body
    assert f"/t/acme/developers/endpoints/{row.public_id}" in letter.body
    assert "It answered 410 Gone" in letter.body


def test_why_it_was_is_told(world: World, server: Switch) -> None:
    row = endpoint(world)
    delivery(row)
    Endpoint.objects.update(failing_since=NOW - timedelta(days=5))
    attempt(row, 500)
    tell_disabled(now=NOW)
    assert "Every try of the last five days failed." in mail.outbox[0].body


def test_once(world: World, server: Switch) -> None:
    gone(world)
    for n in range(3):
        tell_disabled(now=NOW + n * MINUTE)
    assert len(mail.outbox) == 1


def test_who_switched_it_off_knows(world: World, server: Switch) -> None:
    actions.disable_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    tell_disabled(now=NOW)
    assert mail.outbox == []


def test_a_server_that_is_down_is_asked_again(world: World, server: Switch) -> None:
    gone(world)
    server.down()
    tell_disabled(now=NOW)
    server.up()
    tell_disabled(now=NOW + MINUTE)
    assert len(mail.outbox) == 1


def test_not_while_another_worker_tells(world: World, server: Switch) -> None:
    gone(world)
    row = Endpoint.objects.get()
    assert actions.take_disabled_telling(endpoint=row, now=NOW)
    tell_disabled(now=NOW)
    assert mail.outbox == []


def test_not_of_one_that_was_enabled_again(world: World, server: Switch) -> None:
    row = gone(world)
    actions.enable_endpoint(endpoint=row, actor=world.ada, now=NOW)
    tell_disabled(now=NOW)
    assert mail.outbox == []
