"""Which presented key opens anything: only one that was issued, is in force, and matches whole."""

from datetime import timedelta

import pytest

from calls.tenants import actions, keys, roles, scope
from calls.tenants.models import ApiKey
from tests.world import NOW, SEED, World


def test_the_key_that_was_issued_is_found(world: World) -> None:
    assert scope.get_key(presented=world.key, now=NOW) == world.runtime_key


@pytest.mark.parametrize(
    "presented",
    ["", "gl_test_", "Bearer", "x" * 5000, keys.mint("test")[0]],
    ids="empty prefix word long minted".split(),
)
def test_a_key_nobody_issued_is_not(world: World, presented: str) -> None:
    assert scope.get_key(presented=presented, now=NOW) is None


def test_the_right_id_with_another_secret_is_not(world: World) -> None:
    other, spelled = keys.mint("test")
    ApiKey.objects.filter(pk=world.runtime_key.pk).update(key_id=spelled.key_id)
    assert scope.get_key(presented=other, now=NOW) is None


@pytest.mark.parametrize(("seconds", "usable"), [(-1, True), (0, False), (1, False)])
def test_a_key_ends_at_its_last_instant(world: World, seconds: int, usable: bool) -> None:
    end = NOW + timedelta(days=1)
    _, key = actions.issue_runtime_key(
        tenant=world.acme, actor=world.ada, now=NOW, name="Short", expires_at=end
    )
    found = scope.get_key(presented=key, now=end + timedelta(seconds=seconds))
    assert (found is not None) is usable


def test_a_revoked_key_ends_at_once(world: World) -> None:
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    assert scope.get_key(presented=world.key, now=NOW) is None


def test_an_admin_key_has_no_tenant_and_no_scope(world: World) -> None:
    _, key = actions.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    found = scope.get_key(presented=key, now=NOW)
    assert found is not None
    assert (found.tenant, found.scopes) == (None, [])
    assert scope.key_actor(found).may == {roles.PLATFORM}
