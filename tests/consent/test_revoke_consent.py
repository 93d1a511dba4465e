"""Taking consent back: all that was agreed to before, at once, and on record."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.consent import actions
from calls.consent.models import ConsentRecord
from calls.consent.queries import consents_for, revoked_since
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.placing.touched import waiting_touched_since
from tests.audit.entries import told
from tests.consent.agreed import agreed
from tests.world import NEW_YORKER, NOW, World

LATER = NOW + timedelta(hours=1)


def revoke(world: World, record: ConsentRecord, how: str = "by phone") -> ConsentRecord:
    return actions.revoke_consent(record=record, how=how, actor=world.bob, now=LATER)


def test_who_took_it_and_how_is_kept(world: World) -> None:
    record = revoke(world, agreed(world))
    assert (record.revoked_at, record.revoked_by) == (LATER, "Bob")
    assert record.revoked_how == "by phone"
    assert told(record, "consent.revoked") == ("Bob", {}, {"how": "by phone"})


def test_it_no_longer_stands(world: World) -> None:
    revoke(world, agreed(world))
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=LATER) == []


def test_everything_agreed_to_before_goes_with_it(world: World) -> None:
    first, second = agreed(world), agreed(world, kind="written")
    revoke(world, first)
    second.refresh_from_db()
    assert second.revoked_at == LATER
    assert AuditEntry.objects.filter(verb="consent.revoked").count() == 2


def test_others_keep_theirs(world: World) -> None:
    other = agreed(world, number="+12127365001")
    revoke(world, agreed(world))
    other.refresh_from_db()
    assert other.revoked_at is None


def test_a_new_consent_stands_again(world: World) -> None:
    old = revoke(world, agreed(world))
    new = agreed(world, at=LATER + timedelta(minutes=1))
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=new.recorded_at) == [new]
    revoke(world, old)  # an old page, sent again
    new.refresh_from_db()
    assert new.revoked_at is None


def test_twice_keeps_the_first(world: World) -> None:
    record = revoke(world, agreed(world))
    again = actions.revoke_consent(
        record=record, how="by letter", actor=world.alice, now=LATER + timedelta(days=1)
    )
    assert (again.revoked_at, again.revoked_how) == (LATER, "by phone")
    assert AuditEntry.objects.filter(verb="consent.revoked").count() == 1


def test_how_it_was_taken_back_must_be_said(world: World) -> None:
    record = agreed(world)
    with pytest.raises(BadField, match="how they took it back"):
        revoke(world, record, how=" ")
    record.refresh_from_db()
    assert record.revoked_at is None


@pytest.mark.parametrize("who", ["aurel", "charlie", "program"])
def test_it_takes_the_right(world: World, who: str) -> None:
    record = agreed(world)
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        actions.revoke_consent(record=record, how="x", actor=getattr(world, who), now=LATER)


def test_calls_that_wait_are_looked_at_again(world: World) -> None:
    given = agreed(world)
    waiting = world.place(to=NEW_YORKER, when="next_allowed").call
    record = revoke(world, given)
    assert list(revoked_since(LATER)) == [record]
    assert not revoked_since(LATER + timedelta(seconds=1)).exists()
    assert waiting_touched_since(LATER) == [waiting.pk]
