"""Another tenant's rows are never found, whoever asks and whatever they are."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db.models import QuerySet

from calls.agents.models import Agent
from calls.consent.models import ConsentRecord, ConsentRevocation
from calls.contacts.models import Contact
from calls.greetings.models import Greeting, Review
from calls.hooks.models import Delivery, Endpoint
from calls.lib import ids
from calls.lib.errors import NotFound
from calls.records.models import Call
from calls.routes.models import PhoneRoute
from calls.tenants import actions, scope
from calls.tenants.models import Member, Org, TenantRow
from tests.hooks.steps import delivery, endpoint
from tests.world import CALLEE, NOW, World

Loader = Callable[[World], TenantRow]
LOADERS: dict[str, Loader] = {
    "agent": lambda world: world.agent,
    "call": lambda world: world.place().call,
    "consent": lambda world: ConsentRecord.objects.create(
        tenant=world.acme,
        text_shown="May we call?",
        evidence="form",
        captured_at=NOW,
        recorded_at=NOW,
        kind="express",
    ),
    "consent taken back": lambda world: ConsentRevocation.objects.create(
        tenant=world.acme, number=CALLEE, at=NOW, by="Bob", how="By phone"
    ),
    "contact": lambda world: Contact.objects.create(tenant=world.acme, source="CRM", stated_at=NOW),
    "delivery": lambda world: delivery(endpoint(world)),
    "endpoint": lambda world: endpoint(world),
    "greeting": lambda world: world.order_news,
    "member": lambda world: world.members["bob"],
    "org": lambda world: actions.add_org(
        tenant=world.acme, actor=world.ada, now=NOW, key="west", name="West"
    ),
    "review": lambda world: world.order_news.reviews.get(),
    "route": lambda world: world.route,
}
MODELS: set[type[TenantRow]] = {
    Agent,
    Call,
    ConsentRecord,
    ConsentRevocation,
    Contact,
    Delivery,
    Endpoint,
    Greeting,
    Member,
    Org,
    PhoneRoute,
    Review,
}


def rows_of(row: TenantRow) -> QuerySet[Any]:
    return type(row)._default_manager.all()


@pytest.mark.parametrize("make", LOADERS.values(), ids=LOADERS)
def test_ones_own_row_is_found(world: World, make: Loader) -> None:
    row = make(world)
    assert scope.one(rows_of(row), tenant=world.acme, public_id=row.public_id) == row


@pytest.mark.parametrize("make", LOADERS.values(), ids=LOADERS)
def test_another_tenants_row_is_not_there(world: World, make: Loader) -> None:
    row = make(world)
    with pytest.raises(NotFound) as foreign:
        scope.one(rows_of(row), tenant=world.globex, public_id=row.public_id)
    with pytest.raises(NotFound) as missing:
        scope.one(rows_of(row), tenant=world.globex, public_id=ids.public(row.PREFIX, ids.new_id()))
    assert str(foreign.value) == str(missing.value)
    assert foreign.value.details == missing.value.details == {}


def test_no_kind_of_row_is_forgotten_above() -> None:
    assert set(TenantRow.__subclasses__()) == MODELS
    assert len(LOADERS) == len(MODELS)


@pytest.mark.parametrize("text", ["", "ag_", "ag_x", "CA" + "0" * 32, "ag_" + "0" * 32, "ag_\x00"])
def test_what_is_no_id_is_not_found(world: World, text: str) -> None:
    with pytest.raises(NotFound):
        scope.one(Agent.objects.all(), tenant=world.acme, public_id=text)


def test_the_right_digits_behind_another_prefix_are_not_found(world: World) -> None:
    with pytest.raises(NotFound):
        scope.one(Agent.objects.all(), tenant=world.acme, public_id=f"rt_{world.agent.id.hex}")
