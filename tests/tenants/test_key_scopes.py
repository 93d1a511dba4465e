"""What a key may do is changed while it lives: more or less from its next request on."""

from typing import Any

import pytest

from calls.lib.errors import BadField
from calls.tenants import actions, scope
from calls.tenants.actions import KeyNotUsable
from calls.tenants.models import ApiKey
from tests.audit.entries import told
from tests.world import NOW, SEED, World


def change(world: World, *scopes: str, **fields: Any) -> ApiKey:
    given = {"key": world.runtime_key, "actor": world.ada, "now": NOW} | fields
    return actions.change_key_scopes(scopes=scopes, **given)


def test_the_next_request_may_what_it_says(world: World) -> None:
    change(world, "calls:read", "dnc:write", "calls:read")
    found = scope.get_key(presented=world.key, now=NOW)
    assert found is not None
    assert scope.key_actor(found).may == {"calls:read", "dnc:write"}


def test_before_and_after_are_on_record(world: World) -> None:
    change(world, "calls:read")
    before, after = {"scopes": ["calls:write", "calls:read"]}, {"scopes": ["calls:read"]}
    assert told(world.runtime_key, "key.scopes_changed") == ("Ada", before, after)


@pytest.mark.parametrize("scopes", [(), ("calls:read", "keys:write"), ("greetings:approve",)])
def test_nothing_and_the_unknown_are_refused(world: World, scopes: tuple[str, ...]) -> None:
    with pytest.raises(BadField) as refused:
        change(world, *scopes)
    assert refused.value.field == "scopes"
    assert ApiKey.objects.get().scopes == ["calls:write", "calls:read"]


def test_an_admin_key_has_none(world: World) -> None:
    key, _ = actions.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    with pytest.raises(BadField, match="no scopes"):
        change(world, "calls:read", key=key, actor=SEED)


def test_a_revoked_key_stays_as_it_was(world: World) -> None:
    stale = ApiKey.objects.get()
    actions.revoke_key(key=world.runtime_key, actor=world.ada, now=NOW)
    with pytest.raises(KeyNotUsable, match="Issue a new one"):
        change(world, "calls:read", key=stale)
