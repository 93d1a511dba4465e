"""Stopping and resuming a carrier account."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.dispatch import queries as dispatch
from calls.lib.errors import NotFound, NotPermitted
from calls.routes import actions
from calls.routes.models import CarrierAccount
from tests.audit.entries import entry, told
from tests.tenants.units import limit_to
from tests.world import NOW, World


def test_who_paused_it_and_why_is_kept(world: World) -> None:
    paused = actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason="Noise")
    assert (paused.paused_at, paused.paused_reason) == (NOW, "Noise")
    assert told(paused, "account.paused") == ("Bob", {}, {"reason": "Noise"})


def test_the_first_reason_is_kept(world: World) -> None:
    stale = CarrierAccount.objects.get(pk=world.account.pk)
    actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason="First")
    again = actions.pause_account(
        account=stale, actor=world.ada, now=NOW + timedelta(hours=1), reason="Second"
    )
    assert (again.paused_at, again.paused_reason) == (NOW, "First")
    assert AuditEntry.objects.filter(verb="account.paused").count() == 1


def test_a_long_reason_is_cut_to_what_is_kept(world: World) -> None:
    paused = actions.pause_account(
        account=world.account, actor=world.bob, now=NOW, reason="x" * 500
    )
    assert paused.paused_reason == "x" * 200


def test_calls_are_accepted_and_wait(world: World) -> None:
    actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason="Noise")
    assert world.place().call.state == "queued"
    assert dispatch.accounts_with_due_calls(NOW) == []


def test_resumed_it_is_asked_again(world: World) -> None:
    world.place()
    actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason="Noise")
    resumed = actions.resume_account(account=world.account, actor=world.ada, now=NOW)
    resumed.refresh_from_db()
    assert (resumed.paused_at, resumed.paused_reason) == (None, "")
    assert dispatch.accounts_with_due_calls(NOW) == [world.account]
    assert entry(resumed, "account.resumed").actor_name == "Ada"


def test_it_can_be_paused_again_for_another_reason(world: World) -> None:
    for reason in ("First", "Second"):
        actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason=reason)
        assert world.account.paused_reason == reason
        actions.resume_account(account=world.account, actor=world.ada, now=NOW)


@pytest.mark.parametrize("who", ["alice", "bob", "aurel", "charlie"])
def test_to_stop_it_is_not_to_let_it_go(world: World, who: str) -> None:
    actions.pause_account(account=world.account, actor=world.bob, now=NOW, reason="Two for one")
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        actions.resume_account(account=world.account, actor=getattr(world, who), now=NOW)
    world.account.refresh_from_db()
    assert world.account.paused_at == NOW


def test_who_acts_for_one_unit_stops_it_and_does_not_let_it_go(world: World) -> None:
    limit_to(world, "north", "ada")
    actions.pause_account(account=world.account, actor=world.ada, now=NOW, reason="Two for one")
    with pytest.raises(NotPermitted, match="more than your business units"):
        actions.resume_account(account=world.account, actor=world.ada, now=NOW)
    assert world.account.paused_at == NOW
