"""Who takes consent back before anything is on record is not called on what they agreed to before."""

from datetime import datetime, timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.consent import actions
from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.consent.queries import consents_for, in_force_among, revocations_of
from calls.dispatch.dial import dial
from calls.lib import phone
from calls.placing.actions import CallRefused
from calls.placing.dossier import as_record, dossier_of
from calls.tenants.models import Tenant
from tests.audit.entries import told
from tests.consent.agreed import YESTERDAY, agreed
from tests.dispatch.steps import fresh
from tests.faults.carrier import Clock, Recorder
from tests.faults.conftest import carrier as carrier  # fixtures
from tests.faults.conftest import clock as clock
from tests.world import NEW_YORKER, NOW, World

SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


def revoke(
    world: World, *, tenant: Tenant | None = None, now: datetime = NOW
) -> list[ConsentRecord]:
    by = world.charlie if tenant == world.globex else world.bob
    return actions.revoke_number(
        tenant=tenant or world.acme, number=NEW_YORKER, how="never again", actor=by, now=now
    )


def stands(world: World, now: datetime = NOW + SECOND) -> list[ConsentRecord]:
    return consents_for(tenant=world.acme, number=NEW_YORKER, now=now)


def test_it_is_kept_with_who_and_how(world: World) -> None:
    assert revoke(world) == []
    (row,) = revocations_of(world.acme, NEW_YORKER)
    assert (row.at, row.by, row.how) == (NOW, "Bob", "never again")
    assert told(row, "consent.revoked_unrecorded") == ("Bob", {}, {"how": "never again"})


@pytest.mark.parametrize("kind", ["express", "written"])
def test_an_older_agreement_that_is_recorded_later_does_not_count(world: World, kind: str) -> None:
    revoke(world)
    late = agreed(world, kind=kind, now=NOW + SECOND)
    assert late.revoked_at is None
    assert stands(world) == []
    assert in_force_among([late], tenant=world.acme, now=NOW + SECOND) == frozenset()


def test_nor_one_of_the_same_instant(world: World) -> None:
    revoke(world)
    agreed(world, at=NOW, now=NOW + SECOND)
    assert stands(world) == []


def test_a_newer_agreement_counts(world: World) -> None:
    revoke(world)
    new = agreed(world, at=NOW + SECOND)
    assert stands(world) == [new]


def test_another_tenant_was_not_spoken_to(world: World) -> None:
    revoke(world, tenant=world.globex)
    record = agreed(world)
    assert stands(world) == [record]
    assert revocations_of(world.acme, NEW_YORKER) == []


def test_where_a_record_stands_it_carries_its_own_end(world: World) -> None:
    record = agreed(world)
    assert revoke(world, now=NOW + SECOND) == [record]
    assert not ConsentRevocation.objects.exists()


def test_said_once_more_later_it_reaches_what_was_captured_between(world: World) -> None:
    """The form of the day between both calls is found in the archive last."""
    agreed(world)
    revoke(world, now=NOW + SECOND)
    revoke(world, now=NOW + 2 * DAY)
    agreed(world, at=NOW + DAY, evidence="form of the day between", now=NOW + 3 * DAY)
    assert stands(world, NOW + 3 * DAY) == []
    assert AuditEntry.objects.filter(verb__startswith="consent.revoked").count() == 2


def test_the_call_is_refused_at_accept(world: World) -> None:
    revoke(world)
    agreed(world, now=NOW + SECOND)
    with pytest.raises(CallRefused) as refused:
        world.place(to=NEW_YORKER, now=NOW + SECOND)
    assert refused.value.code == "consent_missing"


def test_the_record_of_the_number_tells_it(world: World) -> None:
    revoke(world)
    found = as_record(dossier_of(world.acme, phone.read(NEW_YORKER), orgs=None, now=NOW, most=9))
    (told_there,) = found["consent_taken_back_unrecorded"]
    assert (told_there["at"], told_there["how"]) == (NOW, "never again")


def test_the_ring_that_waits_on_a_later_record_goes_out(
    world: World, carrier: Recorder, clock: Clock
) -> None:
    revoke(world, now=YESTERDAY)
    agreed(world, at=YESTERDAY + SECOND)
    call = world.place(to=NEW_YORKER).call
    assert dial(call_id=call.pk)
    assert fresh(call).state == "placed"
