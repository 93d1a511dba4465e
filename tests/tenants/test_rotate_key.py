"""A rotation gives out a new key and lets the old one go on for a while: no program has to stop."""

from datetime import timedelta
from typing import Any

import pytest

from calls.lib.errors import BadField, NotPermitted
from calls.tenants import actions, scope
from calls.tenants.actions import KeyAlreadyRotated, KeyNotUsable
from calls.tenants.models import ApiKey
from tests.audit.entries import entry, told
from tests.tenants.units import limit_to
from tests.world import NOW, SEED, World

HOUR = timedelta(hours=1)


def rotate(world: World, **fields: Any) -> tuple[ApiKey, str]:
    given = {"key": world.runtime_key, "actor": world.ada, "now": NOW} | fields
    return actions.rotate_key(**given)


def opens(key: str, after: timedelta) -> bool:
    return scope.get_key(presented=key, now=NOW + after) is not None


def test_the_new_key_is_as_the_old_one(world: World) -> None:
    new, spelled = rotate(world)
    for name in ("tenant", "kind", "name", "scopes", "org_keys", "expires_at"):
        assert getattr(new, name) == getattr(world.runtime_key, name)
    assert (new.replaces, new.created_by) == (world.runtime_key, "Ada")
    assert spelled != world.key
    assert opens(spelled, HOUR)


def test_the_old_one_goes_on_for_a_day(world: World) -> None:
    rotate(world)
    assert opens(world.key, 24 * HOUR - timedelta(seconds=1))
    assert not opens(world.key, 24 * HOUR)


def test_for_as_long_as_was_chosen(world: World) -> None:
    rotate(world, overlap=2 * HOUR)
    assert (opens(world.key, HOUR), opens(world.key, 2 * HOUR)) == (True, False)


def test_without_an_overlap_it_is_revoked_at_once(world: World) -> None:
    """Not by its end, which another process's clock might not have reached."""
    rotate(world, overlap=timedelta(0))
    world.runtime_key.refresh_from_db()
    assert (world.runtime_key.revoked_at, world.runtime_key.revoked_by) == (NOW, "Ada")
    assert not opens(world.key, -HOUR)


def test_neither_lives_longer_than_the_old_one_was_given(world: World) -> None:
    ApiKey.objects.update(expires_at=NOW + HOUR)
    new, spelled = rotate(world)
    world.runtime_key.refresh_from_db()
    assert (world.runtime_key.expires_at, new.expires_at) == (NOW + HOUR, NOW + HOUR)
    assert not opens(spelled, HOUR)


@pytest.mark.parametrize("overlap", [timedelta(seconds=-1), timedelta(days=30, seconds=1)])
def test_an_overlap_has_its_bounds(world: World, overlap: timedelta) -> None:
    with pytest.raises(BadField) as refused:
        rotate(world, overlap=overlap)
    assert (refused.value.field, ApiKey.objects.count()) == ("overlap_hours", 1)


@pytest.mark.parametrize("fields", [{"revoked_at": NOW}, {"expires_at": NOW}], ids=str)
def test_what_opens_nothing_is_not_rotated(world: World, fields: dict[str, Any]) -> None:
    ApiKey.objects.update(**fields)
    with pytest.raises(KeyNotUsable):
        rotate(world)
    assert ApiKey.objects.count() == 1


def test_a_key_has_one_successor(world: World) -> None:
    new, _ = rotate(world)
    with pytest.raises(KeyAlreadyRotated, match="Rotate that one") as refused:
        rotate(world)
    assert refused.value.details == {"replaced_by": new.public_id}
    assert rotate(world, key=new)[0].replaces == new


def test_an_admin_key_is_rotated_by_the_installation_only(world: World) -> None:
    key, _ = actions.issue_admin_key(actor=SEED, now=NOW, name="Ops")
    with pytest.raises(NotPermitted):
        rotate(world, key=key)
    new, spelled = rotate(world, key=key, actor=SEED)
    assert (new.kind, new.tenant, spelled[:9]) == (ApiKey.ADMIN, None, "gl_admin_")


def test_who_acts_for_a_unit_gets_no_key_for_all(world: World) -> None:
    limit_to(world, "north", "ada")
    with pytest.raises(NotPermitted):
        rotate(world)
    assert ApiKey.objects.count() == 1


def test_both_are_on_record(world: World) -> None:
    new, _ = rotate(world)
    after = {"replaced_by": new.public_id, "valid_until": str(NOW + 24 * HOUR)}
    assert told(world.runtime_key, "key.rotated") == ("Ada", {}, after)
    assert entry(new, "key.issued").tenant_id == world.acme.pk
