"""Consent goes on record with its evidence, or not at all."""

from datetime import timedelta
from typing import Any

import pytest

from calls.consent.models import ConsentRecord
from calls.consent.queries import consents_for, records_of
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.audit.entries import told
from tests.consent.agreed import YESTERDAY, agreed
from tests.world import NEW_YORKER, NOW, World


def test_who_agreed_to_what_is_kept(world: World) -> None:
    record = agreed(world, text_shown=" Acme may call me. ", number="+1 212 736 5000")
    assert (record.number, record.text_shown) == (NEW_YORKER, "Acme may call me.")
    assert (record.recorded_by, record.recorded_at, record.captured_at) == ("Bob", NOW, YESTERDAY)


def test_it_is_told_without_the_number(world: World) -> None:
    _, before, after = told(agreed(world), "consent.recorded")
    assert before == {}
    assert after == {
        "kind": "express",
        "channel": "web",
        "captured_at": YESTERDAY.isoformat(),
    }


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"number": "5550100"}, "number"),
        ({"number": "nobody"}, "number"),
        ({"kind": "tacit"}, "kind"),
        ({"channel": "dream"}, "channel"),
        ({"text_shown": "  "}, "text_shown"),
        ({"evidence": " "}, "evidence"),
        ({"evidence": "x" * 501}, "evidence"),
        ({"at": NOW + timedelta(seconds=1), "now": NOW}, "captured_at"),
        ({"expires_at": NOW}, "expires_at"),
    ],
)
def test_what_proves_nothing_is_refused(world: World, fields: dict[str, Any], field: str) -> None:
    with pytest.raises(BadField) as refused:
        agreed(world, **fields)
    assert refused.value.field == field
    assert not ConsentRecord.objects.exists()


@pytest.mark.parametrize("who", ["aurel", "charlie", "program"])
def test_it_takes_the_right(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        agreed(world, actor=getattr(world, who))


def test_it_stands_for_this_tenant_and_number(world: World) -> None:
    record = agreed(world)
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=NOW) == [record]
    assert consents_for(tenant=world.globex, number=NEW_YORKER, now=NOW) == []
    assert consents_for(tenant=world.acme, number="+12127365001", now=NOW) == []


def test_it_ends_when_it_expires(world: World) -> None:
    agreed(world, expires_at=NOW + timedelta(days=1))
    later = NOW + timedelta(days=1)
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=later) == []


def test_records_are_listed_newest_first(world: World) -> None:
    first, second = agreed(world), agreed(world, number="+12127365001")
    assert list(records_of(world.acme)) == [second, first]
    assert list(records_of(world.acme, NEW_YORKER)) == [first]
