"""Forbidding a number: once, at once, and whatever was on the list before."""

from datetime import datetime, timedelta
from typing import Any

import pytest
from django.db import IntegrityError, transaction

from calls.audit.models import AuditEntry
from calls.dnc import actions
from calls.dnc.models import DncEntry
from calls.dnc.queries import entries_against, entries_since
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.tenants.models import Tenant
from tests.audit.entries import entry, told
from tests.world import NOW, SEED, World

NUMBER = "+12127365000"


def add(world: World, tenant: Tenant | None, number: str = NUMBER, **fields: Any) -> DncEntry:
    by = world.bob if tenant == world.acme else SEED
    given = {"reason": "Asked by letter", "source": "letter", "actor": by, "now": NOW} | fields
    return actions.add_number(tenant=tenant, number=number, **given)


def test_who_added_it_and_why_is_kept(world: World) -> None:
    added = add(world, world.acme)
    assert (added.number, added.reason, added.added_by) == (NUMBER, "Asked by letter", "Bob")
    after = {"reason": "Asked by letter", "source": "letter"}
    assert told(added, "dnc.added") == ("Bob", {}, after)
    assert entry(added, "dnc.added").tenant_id == world.acme.pk


@pytest.mark.parametrize("whose", ["acme", None])
def test_twice_changes_nothing(world: World, whose: str | None) -> None:
    tenant = getattr(world, whose) if whose else None
    first = add(world, tenant)
    second = add(world, tenant, reason="Again")
    assert second == first
    assert second.reason == "Asked by letter"
    assert AuditEntry.objects.filter(verb="dnc.added").count() == 1


def test_each_tenant_and_the_platform_keep_their_own(world: World) -> None:
    owners = (world.acme, world.globex, None)
    assert len({add(world, owner).pk for owner in owners}) == 3


def test_a_lifted_number_can_be_forbidden_again(world: World) -> None:
    first = add(world, world.acme)
    actions.lift_number(entry=first, actor=world.alice, now=NOW)
    assert add(world, world.acme) != first
    assert entries_against(tenant=world.acme, number=NUMBER, now=NOW).count() == 1


def test_an_expired_entry_is_in_force_again(world: World) -> None:
    first = add(world, world.acme)
    DncEntry.objects.filter(pk=first.pk).update(expires_at=NOW - timedelta(days=1))
    add(world, world.acme)
    assert entries_against(tenant=world.acme, number=NUMBER, now=NOW).exists()


def test_an_entry_that_would_expire_no_longer_does(world: World) -> None:
    first = add(world, world.acme)
    DncEntry.objects.filter(pk=first.pk).update(expires_at=NOW + timedelta(days=1))
    add(world, world.acme)
    later = NOW + timedelta(days=2)
    assert entries_against(tenant=world.acme, number=NUMBER, now=later).exists()


def test_a_number_can_be_widened_to_a_beginning(world: World) -> None:
    first = add(world, world.acme, "+1900555")
    wider = add(world, world.acme, "+1900555", is_prefix=True)
    assert entries_against(tenant=world.acme, number="+19005551234", now=NOW).get() == wider
    first.refresh_from_db()
    assert (first.lifted_at, first.lifted_by) == (NOW, "a wider entry")
    _, before, after = told(wider, "dnc.widened")
    assert (before["is_prefix"], after["is_prefix"]) == (False, True)


def test_a_beginning_is_not_narrowed_to_a_number(world: World) -> None:
    add(world, world.acme, "+1900555", is_prefix=True)
    add(world, world.acme, "+1900555")
    assert entries_against(tenant=world.acme, number="+19005551234", now=NOW).exists()


@pytest.mark.parametrize("whose", ["acme", None])
def test_the_database_refuses_a_second_entry_by_hand(world: World, whose: str | None) -> None:
    tenant = getattr(world, whose) if whose else None
    add(world, tenant)
    with pytest.raises(IntegrityError), transaction.atomic():
        DncEntry(tenant=tenant, number=NUMBER, added_at=NOW).save()


SOON, LATER, NEVER = NOW + timedelta(days=1), NOW + timedelta(days=9), None


@pytest.mark.parametrize(
    ("first", "second", "stands"),
    [
        (SOON, SOON, SOON),
        (SOON, LATER, LATER),
        (LATER, SOON, LATER),
        (SOON, NEVER, NEVER),
        (NEVER, SOON, NEVER),
    ],
)
def test_the_longer_end_stands(
    world: World, first: datetime | None, second: datetime | None, stands: datetime | None
) -> None:
    add(world, world.acme, expires_at=first)
    assert add(world, world.acme, expires_at=second).expires_at == stands
    assert entries_against(tenant=world.acme, number=NUMBER, now=NOW).count() == 1


def test_a_beginning_stays_one_when_its_end_is_moved(world: World) -> None:
    add(world, world.acme, "+1900555", is_prefix=True, expires_at=SOON)
    assert add(world, world.acme, "+1900555").is_prefix


def test_an_end_in_the_past_is_refused(world: World) -> None:
    with pytest.raises(BadField, match="over already"):
        add(world, world.acme, expires_at=NOW)


def test_what_came_back_or_grew_counts_as_new(world: World) -> None:
    later = NOW + timedelta(days=2)
    add(world, world.acme, expires_at=SOON)
    assert not entries_since(later).exists()
    again = add(world, world.acme, now=later)
    assert entries_since(later).get() == again


@pytest.mark.parametrize("who", ["aurel", "charlie"])
def test_it_takes_the_right(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        add(world, world.acme, actor=getattr(world, who))
    assert not DncEntry.objects.exists()


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_nobodys_member_writes_on_the_installations_list(world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        add(world, None, actor=getattr(world, who))
