"""Issuing keys: shown once, kept as a digest, with exactly the rights asked for."""

from datetime import timedelta
from typing import Any

import pytest

from calls.lib.errors import BadField
from calls.tenants import actions, keys
from calls.tenants.models import ApiKey
from tests.audit.entries import told
from tests.world import NOW, SEED, World


def test_only_the_digest_is_kept(world: World) -> None:
    spelled = keys.parse(world.key)
    row = ApiKey.objects.get(pk=world.runtime_key.pk)
    assert spelled and (row.key_id, row.sha256) == (spelled.key_id, spelled.sha256)
    kept = ApiKey.objects.filter(pk=row.pk).values_list().get()
    assert world.key.rsplit("_", 1)[1] not in repr(kept)


@pytest.mark.parametrize(("mode", "beginning"), [("sandbox", "gl_test_"), ("live", "gl_live_")])
def test_a_key_says_what_it_opens(world: World, mode: str, beginning: str) -> None:
    actions.change_tenant(tenant=world.acme, actor=SEED, now=NOW, mode=mode)
    _, key = actions.issue_runtime_key(tenant=world.acme, actor=world.ada, now=NOW, name="A")
    assert key.startswith(beginning)


def test_a_runtime_key_remembers_who_gave_what(world: World) -> None:
    end = NOW + timedelta(days=30)
    row, _ = actions.issue_runtime_key(
        tenant=world.acme,
        actor=world.ada,
        now=NOW,
        name="Nightly",
        scopes=["calls:read"],
        expires_at=end,
    )
    row.refresh_from_db()
    assert (row.kind, row.tenant, row.name) == ("runtime", world.acme, "Nightly")
    assert (row.scopes, row.expires_at) == (["calls:read"], end)
    assert (row.created_by, row.created_at) == ("Ada", NOW)
    after = {"kind": "runtime", "scopes": ["calls:read"]}
    assert told(row, "key.issued") == ("Ada", {}, after)


@pytest.mark.parametrize("seconds", [0, -1])
def test_an_end_that_is_past_is_refused(world: World, seconds: int) -> None:
    before = ApiKey.objects.count()
    end = NOW + timedelta(seconds=seconds)
    with pytest.raises(BadField) as refused:
        actions.issue_runtime_key(
            tenant=world.acme, actor=world.ada, now=NOW, name="A", expires_at=end
        )
    assert (refused.value.field, ApiKey.objects.count()) == ("expires_at", before)


def test_of_one_name_keys_can_be_kept_apart(world: World) -> None:
    asked: dict[str, Any] = {"tenant": world.acme, "actor": world.ada, "name": "Nightly"}
    first, _ = actions.issue_runtime_key(now=NOW, **asked)
    asked["apart"] = timedelta(minutes=1)
    with pytest.raises(actions.KeyIssuedLately) as refused:
        actions.issue_runtime_key(now=NOW + timedelta(seconds=59), **asked)
    assert refused.value.details == {"key_id": first.public_id}
    actions.issue_runtime_key(now=NOW + timedelta(seconds=59), **asked | {"name": "Other"})
    actions.issue_runtime_key(now=NOW + timedelta(seconds=60), **asked)


def test_a_key_that_was_revoked_stands_in_nobodys_way(world: World) -> None:
    asked: dict[str, Any] = {"tenant": world.acme, "actor": world.ada, "now": NOW, "name": "N"}
    first, _ = actions.issue_runtime_key(**asked)
    actions.revoke_key(key=first, actor=world.ada, now=NOW)
    again, _ = actions.issue_runtime_key(apart=timedelta(minutes=1), **asked)
    assert again.pk != first.pk


@pytest.mark.parametrize("scope", ["greetings:approve", "keys:write", "calls:*", "", "CALLS:READ"])
def test_a_scope_no_program_may_have_is_refused(world: World, scope: str) -> None:
    before = ApiKey.objects.count()
    with pytest.raises(BadField) as refused:
        actions.issue_runtime_key(
            tenant=world.acme, actor=world.ada, now=NOW, name="A", scopes=["calls:read", scope]
        )
    assert refused.value.field == "scopes"
    assert ApiKey.objects.count() == before


def test_a_business_unit_there_is_none_of_is_refused(world: World) -> None:
    with pytest.raises(BadField, match="no business unit nowhere") as refused:
        actions.issue_runtime_key(
            tenant=world.acme, actor=world.ada, now=NOW, name="A", org_keys=["nowhere"]
        )
    assert (refused.value.field, ApiKey.objects.count()) == ("org_keys", 1)


def test_scopes_may_come_one_by_one(world: World) -> None:
    scopes = (name for name in ("calls:read", "dnc:write"))
    row, _ = actions.issue_runtime_key(
        tenant=world.acme, actor=world.ada, now=NOW, name="A", scopes=scopes
    )
    assert row.scopes == ["calls:read", "dnc:write"]


def test_an_admin_key_belongs_to_no_tenant(world: World) -> None:
    row, key = actions.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    assert (row.kind, row.tenant, row.scopes) == ("admin", None, [])
    assert key.startswith("gl_admin_")
    assert told(row, "key.issued") == ("seed", {}, {"kind": "admin", "scopes": []})
