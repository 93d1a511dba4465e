"""A new secret, and a day in which the former one signs too (R3.10)."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.hooks import actions
from calls.hooks.actions import EndpointEnded, RotationUnderWay
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


def test_a_third_waits_for_the_first_to_end(world: World) -> None:
    row, _ = actions.rotate_secret(endpoint=endpoint(world), actor=world.ada, now=NOW)
    with pytest.raises(RotationUnderWay):
        actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW + DAY - timedelta(seconds=1))
    assert actions.rotate_secret(endpoint=row, actor=world.ada, now=NOW + DAY)


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
