"""What the database refuses about routes and accounts, even by hand."""

from collections.abc import Callable
from typing import Any

import pytest
from django.db import IntegrityError, models, transaction

from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants import actions as tenants
from calls.tenants.models import Org
from tests.world import CALLER_ID, NOW, SEED, World, account_of

ByHand = Callable[[World], models.Model]


def a_route(world: World, number: str, **fields: Any) -> PhoneRoute:
    given = {"tenant": world.acme, "account": world.account, "created_at": NOW}
    return PhoneRoute(number=number, **given | fields)


def an_account(**fields: Any) -> CarrierAccount:
    return CarrierAccount(carrier="sandbox", name="x", created_at=NOW, **fields)


FORBIDDEN: dict[str, ByHand] = {
    "a number twice": lambda w: a_route(w, CALLER_ID),
    "two defaults of a tenant": lambda w: a_route(w, "+15555550002", is_default=True),
    "an account that never sends": lambda w: an_account(cps=0),
    "an account that sends backwards": lambda w: an_account(cps=-1),
    "two accounts at one hook": lambda w: an_account(hook_token_sha256=w.account.hook_token_sha256),
}


@pytest.mark.parametrize("by_hand", FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_is_refused(world: World, by_hand: ByHand) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        by_hand(world).save()


@pytest.fixture
def west(world: World) -> Org:
    return tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="west", name="West")


def test_an_org_has_one_default_beside_the_tenants(world: World, west: Org) -> None:
    a_route(world, "+15555550002", org=west, is_default=True).save()
    with pytest.raises(IntegrityError), transaction.atomic():
        a_route(world, "+15555550003", org=west, is_default=True).save()


def test_another_tenant_may_have_the_number(world: World) -> None:
    theirs = account_of(world.globex)
    a_route(world, CALLER_ID, tenant=world.globex, account=theirs, is_default=True).save()
    assert PhoneRoute.objects.filter(number=CALLER_ID).count() == 2


def test_an_account_with_routes_cannot_be_deleted(world: World) -> None:
    with pytest.raises(models.ProtectedError):
        world.account.delete()
