"""A new secret, and a day in which the former one signs too (R3.10)."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.hooks import actions
from calls.hooks.actions import EndpointEnded
from calls.lib.secrets import unseal
from tests.hooks.steps import added, endpoint
from tests.world import NOW, World

DAY = timedelta(hours=24)


def test_both_are_kept_for_a_day(world: World) -> None:
    row, first = added(world)
    row, second = actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
    assert first != second
    assert (unseal(row.sealed_former_secret), unseal(row.sealed_secret)) == (first, second)
    assert row.former_until == NOW + DAY


def test_asked_again_within_the_day_the_first_signs_on(world: World) -> None:
    row, first = added(world)
    actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
    late = NOW + DAY - timedelta(seconds=1)
    row, third = actions.rotate_secret(endpoint=row, actor=world.ada, now=late)
    assert (unseal(row.sealed_former_secret), unseal(row.sealed_secret)) == (first, third)
    assert row.former_until == NOW + DAY


def test_after_it_the_second_becomes_the_former_one(world: World) -> None:
    row, second = actions.rotate_secret(endpoint=endpoint(world), actor=world.ada, now=NOW)
    row, third = actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW + DAY)
    assert (unseal(row.sealed_former_secret), unseal(row.sealed_secret)) == (second, third)
    assert row.former_until == NOW + 2 * DAY


@pytest.mark.parametrize("rotated", [0, 1])
def test_one_that_leaked_ends_at_once(world: World, rotated: int) -> None:
    row = endpoint(world)
    for _ in range(rotated):
        actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
    row, new = actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW, at_once=True)
    assert [unseal(text) for text in (row.sealed_secret,)] == [new]
    assert (row.sealed_former_secret, row.former_until) == ("", None)
    assert AuditEntry.objects.filter(verb="endpoint.secret_rotated", after={"former_until": None})


def test_neither_stands_in_the_audit_log(world: World) -> None:
    row, first = added(world)
    _, second = actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
    entry = AuditEntry.objects.get(verb="endpoint.secret_rotated")
    assert entry.after == {"former_until": (NOW + DAY).isoformat()}
    assert first not in str(entry.__dict__)
    assert second not in str(entry.__dict__)


def test_a_deleted_endpoint_gets_none(world: World) -> None:
    row = actions.end_endpoint(endpoint=endpoint(world), actor=world.ada, now=NOW)
    with pytest.raises(EndpointEnded):
        actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW)
