"""The same agreement told again is the record there is, not a second one."""

from datetime import timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.consent import actions
from calls.consent.models import ConsentRecord
from calls.consent.queries import consents_for, in_force_among
from tests.consent.agreed import YESTERDAY, agreed
from tests.world import NEW_YORKER, NOW, World

DAY = timedelta(days=1)


def test_the_first_record_is_given_back_as_it_is(world: World) -> None:
    first = agreed(world)
    again = agreed(world, actor=world.alice, channel="phone", evidence=f" {first.evidence} ")
    assert (again, again.channel, again.recorded_by) == (first, "web", "Bob")
    assert AuditEntry.objects.filter(verb="consent.recorded", actor_kind="member").count() == 1


@pytest.mark.parametrize(
    "fields",
    [
        {"number": "+12127365001"},
        {"kind": "written"},
        {"evidence": "form 18"},
        {"at": YESTERDAY - timedelta(microseconds=1)},
    ],
)
def test_what_differs_is_another_agreement(world: World, fields: dict[str, Any]) -> None:
    assert agreed(world) != agreed(world, **fields)


def test_another_tenants_is_another(world: World) -> None:
    assert agreed(world) != agreed(world, tenant=world.globex, actor=world.charlie)


def test_what_was_taken_back_stays_so(world: World) -> None:
    first = agreed(world)
    actions.revoke_consent(record=first, how="by phone", actor=world.bob, now=NOW)
    assert agreed(world) == first
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=NOW) == []


def test_what_ran_out_can_be_told_with_a_later_end(world: World) -> None:
    first = agreed(world, expires_at=NOW + DAY)
    again = agreed(world, expires_at=NOW + 9 * DAY, now=NOW + 2 * DAY)
    assert first != again
    assert consents_for(tenant=world.acme, number=NEW_YORKER, now=NOW + 2 * DAY) == [again]


def test_each_is_judged_beside_all_of_its_number(world: World) -> None:
    old = agreed(world)
    actions.revoke_consent(record=old, how="by phone", actor=world.bob, now=NOW)
    found_later = agreed(world, evidence="form 18")
    other, *_ = (agreed(world, number="+12127365001", evidence=text) for text in ("1", "2"))
    shown: list[ConsentRecord] = [found_later, other]
    assert in_force_among(shown, tenant=world.acme, now=NOW) == {other.pk}
