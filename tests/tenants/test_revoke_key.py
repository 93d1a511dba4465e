"""A revoked key ends at once and for good."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.tenants import actions
from calls.tenants.actions import KeyAlreadyRevoked
from calls.tenants.models import ApiKey
from tests.audit.entries import entry
from tests.world import NOW, World


def test_it_is_kept_with_who_and_when(world: World) -> None:
    key = actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    assert (key.revoked_at, key.revoked_by) == (NOW, "Ada")
    assert not key.is_usable(NOW)
    assert entry(key, "key.revoked").tenant_id == world.acme.pk


def test_twice_is_refused_and_the_first_stands(world: World) -> None:
    stale = ApiKey.objects.get(pk=world.runtime_key.pk)
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    with pytest.raises(KeyAlreadyRevoked) as refused:
        actions.revoke_key(key=stale, actor=world.ada, now=NOW + timedelta(hours=1))
    assert refused.value.code == "key_already_revoked"
    stale.refresh_from_db()
    assert (stale.revoked_at, stale.revoked_by) == (NOW, "Ada")
    assert AuditEntry.objects.filter(verb="key.revoked").count() == 1


def test_other_keys_go_on(world: World) -> None:
    other, _ = actions.issue_runtime_key(tenant=world.acme, actor=world.ada, now=NOW, name="B")
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    other.refresh_from_db()
    assert other.is_usable(NOW)


def test_that_it_leaked_is_said_with_the_revocation(world: World) -> None:
    key = actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW, leaked=True)
    assert (key.revoked_at, key.leaked_at) == (NOW, NOW)
    assert entry(key, "key.revoked").after == {"leaked": True}


def test_that_it_leaked_may_be_found_out_after_it_was_revoked(world: World) -> None:
    later = NOW + timedelta(hours=1)
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    key = actions.revoke_key(key=world.runtime_key, actor=world.ada, now=later, leaked=True)
    assert (key.revoked_at, key.revoked_by, key.leaked_at) == (NOW, "Ada", later)
    told = AuditEntry.objects.filter(verb="key.revoked").order_by("id")
    assert [(one.actor_name, one.after["leaked"]) for one in told] == [
        ("Ada", False),
        ("Ada", True),
    ]


def test_a_leaked_key_leaks_once(world: World) -> None:
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW, leaked=True)
    for leaked in (True, False):
        with pytest.raises(KeyAlreadyRevoked):
            actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW, leaked=leaked)
    world.runtime_key.refresh_from_db()
    assert world.runtime_key.leaked_at == NOW
