"""What a tenant states about a number: its clock, its jurisdiction, and where that is known from."""

from datetime import timedelta
from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.contacts import actions
from calls.contacts.models import Contact
from calls.contacts.queries import contact_of, contacts_of
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.audit.entries import entry, told
from tests.world import NEW_YORKER, NOW, World


def state(world: World, **fields: Any) -> Contact:
    given: dict[str, Any] = {
        "tenant": world.acme,
        "number": NEW_YORKER,
        "time_zone": "America/Chicago",
        "source": "told us on the phone",
        "actor": world.bob,
        "now": NOW,
    }
    return actions.state_contact(**given | fields)


def test_it_is_kept_with_its_source(world: World) -> None:
    found = state(world, number="+1 (212) 736-5000", jurisdiction=" us-il ")
    assert contact_of(world.acme, NEW_YORKER) == found
    assert (found.time_zone, found.jurisdiction) == ("America/Chicago", "US-IL")
    assert (found.source, found.stated_by) == ("told us on the phone", "Bob")


def test_it_is_told(world: World) -> None:
    stated = {
        "time_zone": "America/Chicago",
        "jurisdiction": "",
        "source": "told us on the phone",
    }
    assert told(state(world), "contact.stated") == ("Bob", {}, stated)


def test_each_tenant_knows_its_own(world: World) -> None:
    state(world)
    assert contact_of(world.globex, NEW_YORKER) is None
    assert contact_of(world.acme, "+12127365001") is None


def test_a_new_statement_takes_the_place_of_the_old(world: World) -> None:
    first = state(world)
    later = NOW + timedelta(days=1)
    second = state(world, time_zone="America/Denver", now=later, actor=world.alice)
    assert (second.pk, second.stated_by, second.stated_at) == (first.pk, "Alice", later)
    newest = AuditEntry.objects.filter(verb="contact.stated").order_by("-id")[0]
    assert newest.before["time_zone"] == "America/Chicago"


def test_the_same_again_changes_nothing(world: World) -> None:
    state(world)
    again = state(world, actor=world.alice, now=NOW + timedelta(days=1))
    assert (again.stated_by, again.stated_at) == ("Bob", NOW)
    assert AuditEntry.objects.filter(verb="contact.stated").count() == 1


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"time_zone": ""}, "time_zone"),
        ({"time_zone": "EST"}, "time_zone"),
        ({"time_zone": "America/Springfield"}, "time_zone"),
        ({"time_zone": "america/chicago"}, "time_zone"),
        ({"time_zone": "Etc/GMT+6"}, "time_zone"),
        ({"time_zone": "../America/Chicago"}, "time_zone"),
        ({"jurisdiction": "Illinois"}, "jurisdiction"),
        ({"jurisdiction": "US-"}, "jurisdiction"),
        ({"jurisdiction": "U5"}, "jurisdiction"),
        ({"jurisdiction": "ÜS"}, "jurisdiction"),
        ({"source": "  "}, "source"),
        ({"source": "x" * 201}, "source"),
        ({"number": "7365000"}, "number"),
    ],
)
def test_what_says_nothing_for_sure_is_refused(
    world: World, fields: dict[str, Any], field: str
) -> None:
    with pytest.raises(BadField) as refused:
        state(world, **fields)
    assert refused.value.field == field
    assert not Contact.objects.exists()


@pytest.mark.parametrize("place", ["US", "US-FL", "GB", "US-CA", "AU"])
def test_a_jurisdiction_alone_is_enough(world: World, place: str) -> None:
    assert state(world, time_zone="", jurisdiction=place).jurisdiction == place


@pytest.mark.parametrize("place", ["CA", "DE", "IN", "ca"])
def test_a_state_is_not_taken_for_a_country(world: World, place: str) -> None:
    with pytest.raises(BadField) as refused:
        state(world, time_zone="", jurisdiction=place)
    assert refused.value.field == "jurisdiction"
    assert f"Write US-{place.upper()}" in str(refused.value)


def test_a_canadian_number_may_be_said_to_live_in_canada(world: World) -> None:
    assert state(world, number="+14165551234", time_zone="", jurisdiction="CA").jurisdiction == "CA"


@pytest.mark.parametrize("who", ["aurel", "charlie", "program"])
def test_it_takes_the_right(world: World, who: str) -> None:
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        state(world, actor=getattr(world, who))
    found = state(world)
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        actions.forget_contact(contact=found, actor=getattr(world, who), now=NOW)


def test_forgetting_leaves_the_digits_alone(world: World) -> None:
    found = state(world)
    kept = Contact.objects.get(pk=found.pk)
    actions.forget_contact(contact=found, actor=world.alice, now=NOW)
    assert contact_of(world.acme, NEW_YORKER) is None
    assert entry(kept, "contact.forgotten").before["time_zone"] == "America/Chicago"


def test_forgetting_twice_is_told_once(world: World) -> None:
    found = state(world)
    for _ in range(2):
        actions.forget_contact(contact=found, actor=world.alice, now=NOW)
    assert AuditEntry.objects.filter(verb="contact.forgotten").count() == 1


def test_they_are_listed_newest_first(world: World) -> None:
    first, second = state(world), state(world, number="+12127365001")
    assert list(contacts_of(world.acme)) == [second, first]
    assert list(contacts_of(world.acme, NEW_YORKER)) == [first]
