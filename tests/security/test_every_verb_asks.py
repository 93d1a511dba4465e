"""Every verb asks for the right it needs itself: whichever door forgot to look, nothing is done.

That no verb is forgotten here is seen to in tests/house/test_verbs_ask_for_rights.py.
"""

import pytest

from calls.agents.actions import CannotComplete
from calls.audit.actor import Actor
from calls.audit.models import AuditEntry
from calls.greetings.actions import CannotDecide
from calls.lib.errors import NotFound, NotPermitted
from calls.placing import actions as placing
from calls.placing.actions import CallRefused
from calls.tenants import roles
from tests.audit.test_no_act_without_entry import BY_PAT, PAT, VERBS, prepare
from tests.world import NOW, World


def nobody(world: World) -> Actor:
    """Somebody who works for Acme and may do nothing at all."""
    return Actor(kind="member", id="mb_0", name="Nobody", tenant_id=world.acme.pk)


def did(actor: Actor) -> list[str]:
    """What somebody did, as the audit log tells it."""
    return list(AuditEntry.objects.filter(actor_id=actor.id).values_list("verb", flat=True))


@pytest.mark.parametrize("verb", VERBS)
def test_who_has_no_right_is_refused(world: World, verb: str) -> None:
    prepare(world)
    actor = nobody(world)
    with pytest.raises((NotPermitted, CannotDecide, CannotComplete, CallRefused)) as told:
        VERBS[verb](world, {"actor": actor, "now": NOW})
    assert told.value.code in {"not_permitted", "cannot_decide", "cannot_complete"}
    assert did(actor) == (["call.refused"] if verb == "place_call" else [])


@pytest.mark.parametrize("verb", sorted(BY_PAT))
def test_what_is_the_installations_no_tenants_people_do(world: World, verb: str) -> None:
    """Not even who holds every right in the tenant; whoever runs the installation does."""
    prepare(world)
    may = frozenset().union(*roles.PERMISSIONS.values())
    mighty = Actor(kind="member", id="mb_2", name="M", may=may, tenant_id=world.acme.pk)
    with pytest.raises(NotPermitted, match="Only whoever runs this installation"):
        VERBS[verb](world, {"actor": mighty, "now": NOW})
    VERBS[verb](world, {"actor": PAT, "now": NOW})
    assert (did(mighty), len(did(PAT))) == ([], 1)


@pytest.mark.parametrize("verb", sorted(set(VERBS) - {"place_call"}))
def test_who_has_it_elsewhere_is_refused(world: World, verb: str) -> None:
    """All of it, but of Globex."""
    prepare(world)
    may = roles.permissions_of(roles.ADMIN) | roles.permissions_of(roles.OWNER)
    theirs = Actor(kind="member", id="mb_1", name="C", may=may, tenant_id=world.globex.pk)
    with pytest.raises((NotFound, NotPermitted)):
        VERBS[verb](world, {"actor": theirs, "now": NOW})
    assert did(theirs) == []


def test_a_call_is_not_canceled(world: World) -> None:
    call = world.place(actor=world.alice).call
    assert not placing.may_cancel(call=call, actor=nobody(world))
    with pytest.raises(NotPermitted):
        placing.cancel_call(call=call, actor=nobody(world), now=NOW)
