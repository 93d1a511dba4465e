"""Naming a registry."""

from typing import Any

import pytest

from calls.dnc.actions import add_source
from calls.dnc.models import DncSource
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.audit.entries import told
from tests.dnc.registries import source_of
from tests.world import NOW, World


def test_it_is_kept_and_told(world: World) -> None:
    source = source_of(world.acme)
    assert (source.name, source.max_age_days, source.fetched_at) == ("us-national", 31, None)
    after = {"name": "us-national", "max_age_days": 31}
    assert told(source, "dncsource.added") == ("seed", {}, after)


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"name": ""}, "name"),
        ({"name": "US National"}, "name"),
        ({"name": "-us"}, "name"),
        ({"name": "a" * 41}, "name"),
        ({"title": "  "}, "title"),
        ({"max_age_days": 0}, "max_age_days"),
        ({"max_age_days": 367}, "max_age_days"),
    ],
)
def test_what_cannot_be_one_is_refused(world: World, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BadField) as refused:
        source_of(world.acme, **fields)
    assert refused.value.field == field
    assert not DncSource.objects.exists()


@pytest.mark.parametrize("whose", ["acme", None])
def test_the_same_name_twice_is_refused(world: World, whose: str | None) -> None:
    owner = world.acme if whose else None
    source_of(owner)
    with pytest.raises(BadField, match="already"):
        source_of(owner)


def test_each_tenant_and_the_installation_have_their_own(world: World) -> None:
    owners = (world.acme, world.globex, None)
    assert len({source_of(owner).pk for owner in owners}) == 3


@pytest.mark.parametrize("who", ["bob", "aurel", "charlie"])
def test_it_takes_who_may_lift(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        add_source(tenant=world.acme, name="x", title="X", actor=getattr(world, who), now=NOW)
