"""Giving people a place in a tenant, changing it, ending it."""

import pytest

from calls.lib.errors import NotFound
from calls.tenants import actions
from calls.tenants.actions import AlreadyMember
from calls.tenants.models import Member
from tests.audit.entries import entry, told
from tests.world import NOW, SEED, World


def test_a_new_member_is_on_record_with_their_role(world: World) -> None:
    member = actions.add_member(
        tenant=world.acme, user=world.user("charlie"), role="auditor", actor=world.ada, now=NOW
    )
    assert told(member, "member.added") == ("Ada", {}, {"role": "auditor"})
    assert entry(member, "member.added").tenant_id == world.acme.pk


@pytest.mark.parametrize("role", ["support", "owner"])
def test_nobody_is_added_twice(world: World, role: str) -> None:
    with pytest.raises(AlreadyMember) as refused:
        actions.add_member(
            tenant=world.acme, user=world.user("bob"), role=role, actor=world.ada, now=NOW
        )
    assert (refused.value.code, refused.value.status) == ("already_member", 409)
    assert Member.objects.filter(tenant=world.acme, user=world.user("bob")).count() == 1


def test_who_left_can_come_back(world: World) -> None:
    actions.end_membership(member=world.members["bob"], actor=world.ada, now=NOW)
    again = actions.add_member(
        tenant=world.acme, user=world.user("bob"), role="owner", actor=world.ada, now=NOW
    )
    assert again != world.members["bob"]
    assert Member.objects.filter(user=world.user("bob")).count() == 2


def test_a_change_of_role_tells_both(world: World) -> None:
    actions.change_role(member=world.members["bob"], role="owner", actor=world.ada, now=NOW)
    world.members["bob"].refresh_from_db()
    assert world.members["bob"].role == "owner"
    told_of_bob = told(world.members["bob"], "member.role_changed")
    assert told_of_bob == ("Ada", {"role": "support"}, {"role": "owner"})


def test_an_end_is_a_date_not_a_deletion(world: World) -> None:
    ended = actions.end_membership(member=world.members["bob"], actor=world.ada, now=NOW)
    ended.refresh_from_db()
    assert (ended.ended_at, ended.role) == (NOW, "support")
    assert told(ended, "member.ended")[0] == "Ada"


def test_another_tenants_org_cannot_limit_a_member(world: World) -> None:
    theirs = actions.add_org(tenant=world.globex, actor=SEED, now=NOW, key="west", name="West")
    user = actions.create_user(actor=SEED, now=NOW, email="w@acme.example", name="Wes")
    with pytest.raises(NotFound):
        actions.add_member(
            tenant=world.acme, user=user, role="support", actor=world.ada, now=NOW, orgs=[theirs]
        )
    assert not Member.objects.filter(user=user).exists()
