"""Allowing a number again: the entry stays on record."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.dnc import actions
from calls.dnc.models import DncEntry
from calls.lib.errors import NotFound, NotPermitted
from calls.placing.actions import CallRefused
from tests.audit.entries import entry, told
from tests.world import NEW_YORKER, NOW, World


def forbid(world: World) -> DncEntry:
    return actions.add_number(
        tenant=world.acme, number=NEW_YORKER, reason="", source="test", actor=world.bob, now=NOW
    )


def test_who_lifted_it_and_when_is_kept(world: World) -> None:
    lifted = actions.lift_number(entry=forbid(world), actor=world.alice, now=NOW)
    lifted.refresh_from_db()
    assert (lifted.lifted_at, lifted.lifted_by) == (NOW, "Alice")
    assert entry(lifted, "dnc.lifted").tenant_id == world.acme.pk


def test_lifting_twice_keeps_the_first(world: World) -> None:
    first = forbid(world)
    stale = DncEntry.objects.get(pk=first.pk)
    actions.lift_number(entry=first, actor=world.alice, now=NOW)
    again = actions.lift_number(entry=stale, actor=world.ada, now=NOW + timedelta(hours=1))
    assert (again.lifted_at, again.lifted_by) == (NOW, "Alice")
    assert AuditEntry.objects.filter(verb="dnc.lifted").count() == 1


def test_a_call_is_refused_until_then(world: World) -> None:
    listed = forbid(world)
    with pytest.raises(CallRefused) as refused:
        world.place(to=NEW_YORKER)
    assert refused.value.code == "dnc_listed"
    actions.lift_number(entry=listed, actor=world.alice, now=NOW)
    assert world.place(to=NEW_YORKER, allow_duplicate=True).call.state == "queued"


def test_the_reason_is_kept(world: World) -> None:
    lifted = actions.lift_number(entry=forbid(world), actor=world.ada, now=NOW, reason="Wrote so")
    assert told(lifted, "dnc.lifted") == ("Ada", {}, {"reason": "Wrote so"})


@pytest.mark.parametrize("who", ["bob", "aurel", "charlie", "program"])
def test_it_takes_an_owner_or_admin(world: World, who: str) -> None:
    listed = forbid(world)
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        actions.lift_number(entry=listed, actor=getattr(world, who), now=NOW)
    listed.refresh_from_db()
    assert listed.lifted_at is None
