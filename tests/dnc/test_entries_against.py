"""Is this number forbidden? Exactly, by its beginning, for this tenant or for all."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from calls.dnc import actions
from calls.dnc.models import DncEntry
from calls.dnc.queries import entries_against
from calls.tenants.models import Tenant
from tests.undone import undone
from tests.world import NOW, SEED, World

NUMBER = "+12127365000"


def forbid(tenant: Tenant | None, number: str = NUMBER, **fields: Any) -> DncEntry:
    return actions.add_number(
        tenant=tenant, number=number, reason="", source="test", actor=SEED, now=NOW, **fields
    )


def forbidden(tenant: Tenant, number: str = NUMBER) -> bool:
    return entries_against(tenant=tenant, number=number, now=NOW).exists()


@pytest.mark.parametrize(
    ("listed", "is_prefix", "blocked"),
    [
        (NUMBER, False, True),
        ("+1212736500", False, False),  # a beginning that was not meant as one
        ("+121273650001", False, False),
        ("+12127365001", False, False),
        ("+442079460000", False, False),
        ("+1212736500", True, True),
        ("+1212", True, True),
        ("+1", True, True),
        (NUMBER, True, True),
        ("+1213", True, False),
        ("+121273650001", True, False),  # longer than the number itself
        ("+44", True, False),
    ],
)
def test_an_entry_blocks(world: World, listed: str, is_prefix: bool, blocked: bool) -> None:
    forbid(world.acme, listed, is_prefix=is_prefix)
    assert forbidden(world.acme) is blocked


def test_the_platforms_entry_counts_for_every_tenant(world: World) -> None:
    forbid(None)
    assert (forbidden(world.acme), forbidden(world.globex)) == (True, True)


def test_another_tenants_entry_does_not_count(world: World) -> None:
    forbid(world.acme)
    forbid(world.acme, "+1212", is_prefix=True)
    assert (forbidden(world.acme), forbidden(world.globex)) == (True, False)


@pytest.mark.parametrize(("seconds", "blocked"), [(1, True), (0, False), (-1, False)])
def test_an_entry_ends_at_its_instant(world: World, seconds: int, blocked: bool) -> None:
    entry = forbid(world.acme)
    DncEntry.objects.filter(pk=entry.pk).update(expires_at=NOW + timedelta(seconds=seconds))
    assert forbidden(world.acme) is blocked


def test_a_lifted_entry_blocks_nobody(world: World) -> None:
    actions.lift_number(entry=forbid(world.acme), actor=world.alice, now=NOW)
    assert not forbidden(world.acme)


def test_every_entry_that_blocks_is_named(world: World) -> None:
    entries = {forbid(world.acme), forbid(None), forbid(world.acme, "+1212", is_prefix=True)}
    assert set(entries_against(tenant=world.acme, number=NUMBER, now=NOW)) == entries


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])  # each example is undone
@given(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True), st.data())
def test_exactly_the_beginnings_of_a_number_block_it(
    world: World, number: str, data: st.DataObject
) -> None:
    listed = data.draw(
        st.sampled_from([number[:n] for n in range(2, len(number) + 1)])
        | st.from_regex(r"\+[1-9][0-9]{0,14}", fullmatch=True)
    )
    with undone():
        forbid(world.acme, listed, is_prefix=True)
        assert forbidden(world.acme, number) is number.startswith(listed)
