"""How often and after how long a call is dialled again; who may say so."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.lib.errors import BadField, NotPermitted
from calls.tenants import actions as tenants
from calls.tenants import redials
from tests.world import NOW, World

# minutes; what a sentence says is wrong with them
GAPS = [
    ([], ""),
    ([5], ""),
    ([5, 30, 120], ""),
    ([1, 1440], ""),
    ([5, 30, 120, 240], "3 times"),
    ([0], "at least a minute"),
    ([1441], "at most a day"),
    ([30, 5], "widen"),
    ([5, 5], "widen"),
]


@pytest.mark.parametrize(("gaps", "wrong"), GAPS)
def test_what_is_wrong_with_gaps(gaps: list[int], wrong: str) -> None:
    said = redials.what_is_wrong(gaps)
    assert (wrong in said) and bool(said) is bool(wrong)


@pytest.mark.parametrize(("made", "minutes"), [(0, 5), (1, 30), (2, None), (9, None)])
def test_the_next_gap(made: int, minutes: int | None) -> None:
    gap = redials.next_gap([5, 30], made=made)
    assert gap == (None if minutes is None else timedelta(minutes=minutes))


def test_nothing_is_dialled_again_unless_the_tenant_says_so(world: World) -> None:
    assert [world.acme.redial_gaps(o) for o in ("busy", "no_answer", "voicemail")] == [[], [], []]


def test_an_admin_sets_the_gaps_per_outcome(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=world.ada, now=NOW, redial_busy=[5, 30])
    world.acme.refresh_from_db()
    assert world.acme.redial_gaps("busy") == [5, 30]
    assert world.acme.redial_gaps("no_answer") == world.acme.redial_gaps("reached") == []
    assert AuditEntry.objects.get(verb="tenant.changed").after == {"redial_busy": "[5, 30]"}


def test_gaps_that_do_not_widen_are_refused(world: World) -> None:
    with pytest.raises(BadField) as refused:
        tenants.change_tenant(tenant=world.acme, actor=world.ada, now=NOW, redial_busy=[30, 5])
    assert refused.value.field == "redial_busy"


def test_support_sets_none(world: World) -> None:
    with pytest.raises(NotPermitted):
        tenants.change_tenant(tenant=world.acme, actor=world.bob, now=NOW, redial_busy=[5])
