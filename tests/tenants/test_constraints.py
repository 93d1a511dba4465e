"""What the database refuses about tenants, people and keys, even by hand."""

from collections.abc import Callable

import pytest
from django.db import IntegrityError, transaction

from calls.tenants.models import ApiKey, Member, Org, Tenant
from tests.world import NOW, World


def a_key(key_id: str = "aaaaaaaa", **fields: object) -> ApiKey:
    return ApiKey(
        name="by hand", key_id=key_id, sha256="0" * 64, created_at=NOW, created_by="me", **fields
    )


def a_member(world: World, name: str, **fields: object) -> Member:
    given = {"tenant": world.acme, "user": world.user(name), "role": "support", "created_at": NOW}
    return Member(**given | fields)


def an_org(world: World, key: str) -> Org:
    return Org(tenant=world.acme, key=key, name="West")


FORBIDDEN: dict[str, Callable[[World], object]] = {
    "a mode nobody knows": lambda w: Tenant(slug="x", name="X", mode="demo", created_at=NOW).save(),
    "two roles in one tenant": lambda w: a_member(w, "bob", role="owner").save(),
    "a role nobody knows": lambda w: a_member(w, "charlie", role="root").save(),
    "a runtime key of nobody": lambda w: a_key(kind="runtime").save(),
    "an admin key of a tenant": lambda w: a_key(kind="admin", tenant=w.acme).save(),
    "a key of no kind": lambda w: a_key(kind="", tenant=w.acme).save(),
    "two keys with one id": lambda w: a_key(w.runtime_key.key_id, kind="admin").save(),
    "two orgs with one key": lambda w: Org.objects.bulk_create([an_org(w, "w"), an_org(w, "w")]),
}


@pytest.mark.parametrize("by_hand", FORBIDDEN.values(), ids=FORBIDDEN)
def test_it_is_refused(world: World, by_hand: Callable[[World], object]) -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        by_hand(world)


ALLOWED: dict[str, Callable[[World], object]] = {
    "a second, ended membership": lambda w: a_member(w, "bob", ended_at=NOW).save(),
    "a role in another tenant": lambda w: a_member(w, "bob", tenant=w.globex).save(),
    "an admin key": lambda w: a_key(kind="admin").save(),
    "one org key in two tenants": lambda w: Org.objects.bulk_create(
        [an_org(w, "w"), Org(tenant=w.globex, key="w", name="West")]
    ),
}


@pytest.mark.parametrize("by_hand", ALLOWED.values(), ids=ALLOWED)
def test_it_is_allowed(world: World, by_hand: Callable[[World], object]) -> None:
    with transaction.atomic():
        by_hand(world)


def test_a_tenant_with_a_past_cannot_be_deleted(world: World) -> None:
    from django.db.models import ProtectedError

    with pytest.raises(ProtectedError):
        world.acme.delete()
