"""A field that means nothing is named, and nothing at all is recorded."""

from datetime import timedelta
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.lib import ids
from calls.lib.errors import BadField, NotFound
from calls.placing import actions as placing
from calls.records.models import Call, CallEvent, Receipt
from calls.tenants import actions as tenants
from tests.world import APPOINTMENT, NOW, SEED, World

NOBODYS_VERSION = ids.public("av_", ids.new_id())
NOBODYS_GREETING = ids.public("gr_", ids.new_id())

# what is asked, and the field that is named
WRONG: list[tuple[dict[str, Any], str]] = [
    ({"to": ""}, "to"),
    ({"to": "soon"}, "to"),
    ({"to": "911"}, "to"),
    ({"to": "4155550100"}, "to"),
    ({"to": "+1 415 234 5678 ext. 5"}, "to"),
    ({"to": "+１４１５２３４５６７８"}, "to"),
    ({"to": "+" + "1" * 17}, "to"),
    ({"to": "+114152345678"}, "to"),
    ({"caller_id": "us"}, "from"),
    ({"caller_id": "+15555550000"}, "from"),
    ({"agent_key": "nobody"}, "agent_key"),
    ({"agent_key": "SUPPORT_PRIMARY"}, "agent_key"),
    ({"agent_version_id": "v1"}, "agent_version_id"),
    ({"agent_version_id": NOBODYS_VERSION}, "agent_version_id"),
    ({"org_id": "north"}, "org_id"),
    ({"greeting": "Hi\x00"}, "greeting"),
    ({"greeting": "x" * 501}, "greeting"),
    ({"greeting": "Hi \u202eereht"}, "greeting"),
    ({"greeting_id": "hello"}, "greeting_id"),
    ({"greeting_id": NOBODYS_GREETING}, "greeting_id"),
    ({"greeting": APPOINTMENT, "greeting_id": NOBODYS_GREETING}, "greeting"),
    ({"variables": {"first_name": "Ann"}}, "variables"),
    ({"scheduled_at": NOW - timedelta(minutes=2)}, "scheduled_at"),
    ({"scheduled_at": NOW + timedelta(days=367)}, "scheduled_at"),
    ({"expires_at": NOW}, "expires_at"),
    ({"expires_at": NOW - timedelta(days=1)}, "expires_at"),
    (
        {"scheduled_at": NOW + timedelta(hours=2), "expires_at": NOW + timedelta(hours=1)},
        "expires_at",
    ),
]


def rows() -> int:
    return sum(model.objects.count() for model in (Call, CallEvent, Receipt, AuditEntry))


def refused(world: World, **fields: Any) -> str:
    """The field that is named; nothing may have been written."""
    before = rows()
    with pytest.raises(BadField) as wrong:
        world.place(**fields)
    assert rows() == before
    assert (wrong.value.status, wrong.value.details["field"]) == (400, wrong.value.field)
    assert wrong.value.sentence.endswith((".", "?"))
    return wrong.value.field


@pytest.mark.parametrize(("fields", "named"), WRONG)
def test_a_wrong_field_is_named(world: World, fields: dict[str, Any], named: str) -> None:
    assert refused(world, **fields) == named


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({}, "Fill in first_name"),
        ({"first_name": "Ann"}, "Fill in day"),
        ({"first_name": "Ann", "day": "soon", "hour": "3 PM"}, "does not read as a date"),
        ({"first_name": "A" * 41, "day": "2026-11-24", "hour": "3 PM"}, "longer than 40"),
        ({"first": "Ann"}, "no placeholder called first"),
    ],
)
def test_values_that_do_not_fit_the_placeholders(
    world: World, values: dict[str, str], said: str
) -> None:
    with pytest.raises(BadField, match=said) as wrong:
        world.place(greeting_id=world.reminder.public_id, variables=values)
    assert wrong.value.field == "variables"
    assert not Call.objects.exists()


def test_the_code_of_a_wrong_number_is_its_own(world: World) -> None:
    with pytest.raises(BadField) as wrong:
        world.place(to="911")
    assert wrong.value.field_code == "invalid_number"


def test_a_route_without_an_agent_needs_one_named(world: World) -> None:
    world.route.default_agent = None
    world.route.save()
    assert refused(world, agent_key="") == "agent_key"


def test_without_a_default_route_one_must_be_named(world: World) -> None:
    world.route.is_default = False
    world.route.save()
    assert refused(world, caller_id="") == "from"


def test_a_version_of_another_agent_than_named(world: World) -> None:
    agents.create_agent(tenant=world.acme, actor=SEED, now=NOW, agent_key="sales", name="Sales")
    named = refused(world, agent_key="sales", agent_version_id=world.version.public_id)
    assert named == "agent_version_id"


def test_another_tenants_things_are_not_found(world: World) -> None:
    """The same words as for what does not exist at all."""
    tenants.add_org(tenant=world.globex, actor=SEED, now=NOW, key="north", name="North")
    for fields, named in (
        ({"greeting_id": world.reminder.public_id, "caller_id": ""}, "from"),
        ({"agent_key": "support_primary", "caller_id": ""}, "from"),
    ):
        with pytest.raises(BadField) as wrong:
            placing.place_call(
                ask=world.ask(**fields), tenant=world.globex, actor=world.charlie, now=NOW
            )
        assert wrong.value.field == named
    assert refused(world, org_id="north") == "org_id"
    assert not Call.objects.exists()


def test_nobody_reaches_into_another_tenant(world: World) -> None:
    for verb in (placing.place_call, placing.preview_call):
        with pytest.raises(NotFound):
            verb(ask=world.ask(), tenant=world.acme, actor=world.charlie, now=NOW)
        with pytest.raises(NotFound):
            verb(ask=world.ask(), tenant=world.globex, actor=world.bob, now=NOW)
    assert not Call.objects.exists()


def test_a_preview_names_the_same_fields(world: World) -> None:
    with pytest.raises(BadField) as wrong:
        placing.preview_call(
            ask=world.ask(agent_key="nobody"), tenant=world.acme, actor=world.bob, now=NOW
        )
    assert wrong.value.field == "agent_key"
