"""One agreement told by several at once is one record; one taken back meanwhile never counts."""

from functools import partial

import pytest

from calls.audit.models import AuditEntry
from calls.consent import actions
from calls.consent.models import ConsentRecord
from calls.consent.queries import consents_for
from tests.concurrency.together import failures, together
from tests.consent.agreed import agreed
from tests.world import NEW_YORKER, NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def revoke(world: World) -> ConsentRecord | None:
    """Everything the New Yorker agreed to."""
    taken = actions.revoke_number(
        tenant=world.acme, number=NEW_YORKER, how="by phone", actor=world.bob, now=NOW
    )
    return taken[0] if taken else None


def test_told_at_once_it_is_one_record(world: World) -> None:
    results = together(*[partial(agreed, world)] * 4)
    assert failures(results) == []
    assert len({result.pk for result in results if isinstance(result, ConsentRecord)}) == 1
    assert ConsentRecord.objects.filter(evidence__startswith="form 17").count() == 1


def test_told_again_while_it_is_taken_back_it_stays_taken_back(world: World) -> None:
    agreed(world)
    results = together(partial(revoke, world), *[partial(agreed, world)] * 3)
    assert failures(results) == []
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=NOW) == []


def test_taken_back_at_once_each_is_told_once(world: World) -> None:
    agreed(world)
    stood = ConsentRecord.objects.filter(number=NEW_YORKER, tenant=world.acme).count()
    assert failures(together(*[partial(revoke, world)] * 4)) == []
    assert AuditEntry.objects.filter(verb="consent.revoked").count() == stood


def test_recorded_while_it_is_taken_back_it_never_counts(world: World) -> None:
    """Whoever commits first: the record is revoked, or it comes too late."""
    ConsentRecord.objects.all().delete()
    results = together(partial(revoke, world), partial(agreed, world))
    assert failures(results) == []
    assert ConsentRecord.objects.count() == 1
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=NOW) == []
