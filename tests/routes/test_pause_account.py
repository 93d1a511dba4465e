"""Stopping and resuming a carrier account."""

from datetime import timedelta

from calls.audit.models import AuditEntry
from calls.dispatch import queries as dispatch
from calls.routes import actions
from calls.routes.models import CarrierAccount
from tests.audit.entries import entry, told
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
        actions.resume_account(account=world.account, actor=world.bob, now=NOW)
