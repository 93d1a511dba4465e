"""Taking consent back by number: all of it, none of anybody else's, and each told once."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.consent import actions
from calls.consent.models import ConsentRecord
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.audit.entries import told
from tests.consent.agreed import agreed
from tests.world import NEW_YORKER, NOW, World

LATER = NOW + timedelta(hours=1)


def revoke(
    world: World, number: str = NEW_YORKER, how: str = "by phone", by: str = "bob"
) -> list[ConsentRecord]:
    return actions.revoke_number(
        tenant=world.acme, number=number, how=how, actor=getattr(world, by), now=LATER
    )


def test_everything_of_the_number_is_taken_back(world: World) -> None:
    both = [agreed(world), agreed(world, kind="written")]
    assert revoke(world, "+1 212 736 5000") == both
    assert {row.revoked_at for row in ConsentRecord.objects.all()} == {LATER}
    assert told(both[1], "consent.revoked") == ("Bob", {}, {"how": "by phone"})


def test_others_and_other_tenants_keep_theirs(world: World) -> None:
    agreed(world, number="+12127365001")
    agreed(world, tenant=world.globex, actor=world.charlie)
    assert revoke(world) == []
    assert not ConsentRecord.objects.exclude(revoked_at=None).exists()


def test_what_was_agreed_to_since_stands(world: World) -> None:
    old, new = agreed(world), agreed(world, at=LATER + timedelta(minutes=1))
    assert revoke(world) == [old]
    new.refresh_from_db()
    assert new.revoked_at is None


def test_twice_tells_once(world: World) -> None:
    agreed(world)
    assert (len(revoke(world)), revoke(world, how="by letter")) == (1, [])
    assert AuditEntry.objects.filter(verb="consent.revoked").count() == 1


@pytest.mark.parametrize(
    ("number", "how", "field"),
    [("555", "x", "number"), (NEW_YORKER, " ", "how"), (NEW_YORKER, "x" * 201, "how")],
)
def test_who_and_how_must_be_said(world: World, number: str, how: str, field: str) -> None:
    agreed(world)
    with pytest.raises(BadField) as refused:
        revoke(world, number, how)
    assert refused.value.field == field
    assert ConsentRecord.objects.get().revoked_at is None


@pytest.mark.parametrize("who", ["aurel", "charlie", "program"])
def test_it_takes_the_right(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        revoke(world, by=who)
