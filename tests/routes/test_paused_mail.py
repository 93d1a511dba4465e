"""An account that paused by itself: whoever can resume it hears by mail, once, also when the server was down."""

from datetime import timedelta
from typing import Any

import pytest
from django.core import mail

from calls import tasks
from calls.audit.actor import Actor
from calls.dispatch.actions import DISPATCH
from calls.routes import actions, notify
from calls.routes.models import CarrierAccount
from calls.tenants import actions as tenants
from tests.console.signed_in import at
from tests.database.rows import change
from tests.mailing import Switch, mail_server
from tests.tenants.units import limit_to
from tests.world import NOW, SEED, World, person

MINUTE = timedelta(minutes=1)
ADA = "ada@acme.example"


def pause(world: World, actor: Actor = DISPATCH, **fields: Any) -> CarrierAccount:
    given: dict[str, Any] = {"reason": "The carrier rejected our credentials.", "now": NOW}
    return actions.pause_account(account=world.account, actor=actor, **given | fields)


def to() -> list[str]:
    return [address for message in mail.outbox for address in message.to]


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    return mail_server(monkeypatch)


def test_its_admin_hears_of_it_in_the_next_round(world: World, settings: Any) -> None:
    settings.PUBLIC_URL = "https://calls.example"
    pause(world)
    with at(NOW):
        tasks.tell_waiting()
    told = [one for one in mail.outbox if "is paused" in one.subject]
    assert [one.to for one in told] == [[ADA]]
    body = str(told[0].body)
    assert "The carrier rejected our credentials." in body
    assert "Tue 3 Nov 2026, 10:00 (America/New_York)" in body
    assert f"https://calls.example/admin/calls/carrieraccount/{world.account.pk}/change/" in body


def test_once(world: World) -> None:
    pause(world)
    for n in range(3):
        notify.tell_paused(now=NOW + n * MINUTE)
    assert to() == [ADA]


def test_the_second_refusal_of_a_batch_is_no_second_mail(world: World) -> None:
    for n in range(3):
        pause(world, now=NOW + timedelta(seconds=n))
        notify.tell_paused(now=NOW + n * MINUTE)
    assert to() == [ADA]


def test_another_reason_that_weighs_more_is_told_too(world: World) -> None:
    pause(world)
    notify.tell_paused(now=NOW)
    pause(world, reason="Two for one.", over=True)
    notify.tell_paused(now=NOW + 2 * MINUTE)
    assert to() == [ADA, ADA]
    assert "Two for one." in str(mail.outbox[-1].body)


def test_what_somebody_paused_is_told_to_nobody(world: World) -> None:
    pause(world, world.bob)
    notify.tell_paused(now=NOW)
    assert to() == []


def test_nor_what_was_resumed_meanwhile(world: World) -> None:
    actions.resume_account(account=pause(world), actor=SEED, now=NOW)
    notify.tell_paused(now=NOW)
    assert to() == []


def test_paused_once_more_it_is_told_once_more(world: World) -> None:
    for n in range(2):
        notify.tell_paused(now=NOW + n * MINUTE)
        actions.resume_account(account=pause(world), actor=SEED, now=NOW)
        pause(world, now=NOW + n * MINUTE)
    notify.tell_paused(now=NOW + 2 * MINUTE)
    assert to() == [ADA, ADA]


def test_while_the_mail_server_is_down_it_waits(world: World, server: Switch) -> None:
    server.down()
    pause(world)
    notify.tell_paused(now=NOW)
    server.up()
    notify.tell_paused(now=NOW + MINUTE - timedelta(seconds=1))
    assert to() == []
    notify.tell_paused(now=NOW + MINUTE)
    assert to() == [ADA]


def test_two_workers_send_one_mail(world: World) -> None:
    account = pause(world)
    assert actions.take_telling(account_id=account.pk, now=NOW)
    assert actions.take_telling(account_id=account.pk, now=NOW) is None


def test_who_acts_for_one_unit_cannot_resume_it_and_is_not_asked(world: World) -> None:
    world.members["amir"] = person("amir", world.acme, "admin")
    limit_to(world, "north", "amir")
    pause(world)
    notify.tell_paused(now=NOW)
    assert to() == [ADA]


def test_unless_there_is_nobody_else(world: World) -> None:
    limit_to(world, "north", "ada")
    pause(world)
    notify.tell_paused(now=NOW)
    assert to() == [ADA]


@pytest.mark.parametrize("gone", ["left", "inactive", "owner"])
def test_who_is_no_admin_any_more_hears_nothing(world: World, gone: str) -> None:
    if gone == "left":
        tenants.end_membership(member=world.members["ada"], actor=SEED, now=NOW)
    elif gone == "inactive":
        change(world.user("ada"), is_active=False)
    else:
        change(world.members["ada"], role="owner")
    pause(world)
    notify.tell_paused(now=NOW)
    assert to() == []


def test_of_a_shared_account_whoever_runs_the_installation_hears(world: World) -> None:
    tenants.create_user(
        actor=SEED, now=NOW, email="pat@greenlight.example", name="Pat", is_superuser=True
    )
    change(world.account, tenant=None)
    pause(world)
    notify.tell_paused(now=NOW)
    assert to() == ["pat@greenlight.example"]
    assert "(UTC)" in str(mail.outbox[0].body)


def test_a_name_of_two_lines_makes_no_second_header(world: World) -> None:
    change(world.account, name="Acme\nBcc: x@y.example")
    pause(world)
    notify.tell_paused(now=NOW)
    assert mail.outbox[0].subject.startswith("“Acme Bcc: x@y.example” is paused")
