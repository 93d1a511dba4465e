"""The rights a person or a key acts with, frozen for one request."""

from typing import Any

from calls.tenants import actions, roles, scope
from tests.world import NOW, SEED, World


def test_a_member_acts_under_their_name_and_role(world: World) -> None:
    actor = scope.member_actor(world.members["alice"], request_id="req-12345678")
    assert (actor.kind, actor.name, actor.orgs) == ("member", "Alice", None)
    assert actor.id == world.members["alice"].public_id
    assert actor.may == roles.permissions_of("owner")
    assert (actor.tenant_id, actor.request_id) == (world.acme.pk, "req-12345678")


def test_a_member_without_a_name_acts_under_their_address(world: World) -> None:
    user = actions.create_user(actor=SEED, now=NOW, email="Nina@Acme.Example", name="")
    member = actions.add_member(
        tenant=world.acme, user=user, role="support", actor=world.ada, now=NOW
    )
    assert scope.member_actor(member).name == "nina@acme.example"


def test_a_member_of_some_orgs_is_limited_to_them(world: World) -> None:
    own: dict[str, Any] = {"tenant": world.acme, "actor": world.ada, "now": NOW}
    west = actions.add_org(key="west", name="West", **own)
    actions.add_org(key="east", name="East", **own)
    user = actions.create_user(actor=SEED, now=NOW, email="w@acme.example", name="Wes")
    member = actions.add_member(user=user, role="support", orgs=[west], **own)
    assert scope.member_actor(member).orgs == frozenset({"west"})


def test_a_key_acts_with_its_scopes_and_orgs(world: World) -> None:
    actions.add_org(tenant=world.acme, actor=SEED, now=NOW, key="west", name="West")
    key, _ = actions.issue_runtime_key(
        tenant=world.acme,
        actor=world.ada,
        now=NOW,
        name="West",
        scopes=["calls:read"],
        org_keys=["west"],
    )
    actor = scope.key_actor(key, request_id="req-12345678")
    assert (actor.kind, actor.id) == ("key", key.public_id)
    assert (actor.name, actor.request_id) == (f"West ({key.key_id})", "req-12345678")
    assert (actor.may, actor.orgs) == (frozenset({"calls:read"}), frozenset({"west"}))
    assert actor.tenant_id == world.acme.pk


def test_a_key_without_orgs_is_not_limited(world: World) -> None:
    assert world.program.orgs is None


def test_a_new_role_is_had_by_the_next_request(world: World) -> None:
    before = world.bob
    actions.change_role(member=world.members["bob"], role="owner", actor=world.ada, now=NOW)
    assert not before.can("greetings:approve")
    assert world.bob.can("greetings:approve")
