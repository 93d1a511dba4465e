"""Whoever answers for a key hears that it was reported as leaked: at least once, and by whom it cannot matter."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.core import mail

from calls import tasks
from calls.tenants import actions, notify
from calls.tenants.models import ApiKey
from tests.mailing import Switch, mail_server
from tests.world import NOW, SEED, World, person

MINUTE = timedelta(minutes=1)


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


def leak(world: World, **fields: Any) -> ApiKey:
    found = actions.report_leak(**{"presented": world.key, "now": NOW} | fields)
    assert found is not None
    return found


def test_every_admin_of_the_tenant_and_nobody_else(world: World) -> None:
    person("abe", world.acme, "admin")
    person("gus", world.globex, "admin")
    leak(world)
    notify.tell_leaks(now=NOW)
    assert to() == ["abe@acme.example", "ada@acme.example"]


def test_it_says_which_key_and_where_to_look(world: World) -> None:
    key = leak(world)
    notify.tell_leaks(now=NOW)
    (message,) = mail.outbox
    assert message.subject == f"The key “Shop ({key.key_id})” leaked and is revoked"
    assert "Hello Ada, somebody reported the key" in message.body and "of Acme" in message.body
    assert "revoked at once (Tue 3 Nov 2026, 15:00 UTC)" in message.body
    assert f"/admin/calls/apikey/{key.pk}/change/" in message.body
    assert world.key not in message.body


def test_once(world: World) -> None:
    leak(world)
    for minutes in (0, 1, 5):
        notify.tell_leaks(now=NOW + minutes * MINUTE)
    assert (len(mail.outbox), ApiKey.objects.get().tell_leak_at) == (1, None)


def test_again_after_the_server_was_down(world: World, server: Switch) -> None:
    leak(world)
    server.down()
    notify.tell_leaks(now=NOW)
    server.up()
    notify.tell_leaks(now=NOW + MINUTE / 2)
    assert to() == []
    notify.tell_leaks(now=NOW + MINUTE)
    assert to() == ["ada@acme.example"]


def test_two_workers_send_one(world: World) -> None:
    key = leak(world)
    stale = ApiKey.objects.get()
    assert actions.take_leak_telling(key=key, now=NOW)
    assert not actions.take_leak_telling(key=stale, now=NOW)


def test_of_an_admin_key_whoever_runs_the_installation(world: World) -> None:
    more: dict[str, Any] = {"is_staff": True, "is_superuser": True}
    actions.create_user(actor=SEED, now=NOW, email="pat@g.example", name="Pat", **more)
    _, key = actions.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    leak(world, presented=key)
    notify.tell_leaks(now=NOW)
    assert to() == ["pat@g.example"]
    assert "of this installation" in mail.outbox[0].body


def test_a_tenant_without_admins_holds_nobody_up(world: World) -> None:
    actions.end_membership(member=world.members["ada"], actor=SEED, now=NOW)
    leak(world)
    notify.tell_leaks(now=NOW)
    assert (to(), ApiKey.objects.get().tell_leak_at) == ([], None)


def test_a_round_of_the_clock_tells_it(world: World) -> None:
    leak(world)
    with time_machine.travel(NOW + MINUTE, tick=False):
        tasks.tell_waiting()
    assert "ada@acme.example" in to()
    assert ApiKey.objects.get().tell_leak_at is None
