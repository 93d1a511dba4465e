"""Members in the admin: invited by address, given another role, ended; never across tenants."""

from typing import Any

import pytest

from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from calls.tenants.models import Member, Tenant, User
from tests.console.administrators import act, admin_of_acme, current, list_url, platform, url
from tests.console.signed_in import words
from tests.world import NOW, SEED, World

ADD = "/admin/calls/member/add/"


def filled(of: Tenant, /, **fields: Any) -> dict[str, Any]:
    asked = {"tenant": str(of.pk), "email": "dora@acme.example", "name": "Dora"}
    return asked | {"role": "support"} | fields


def test_somebody_new_is_invited(world: World) -> None:
    admin_of_acme(world).post(ADD, filled(world.acme))
    member = Member.objects.get(user__email="dora@acme.example")
    assert (member.tenant, member.role, member.user.name) == (world.acme, "support", "Dora")
    assert not member.user.has_usable_password()
    assert not member.user.is_staff


def test_the_invitation_is_on_record_under_its_name(world: World) -> None:
    admin_of_acme(world).post(ADD, filled(world.acme))
    entry = AuditEntry.objects.get(verb="member.added", target_label__startswith="Dora")
    assert (entry.actor_name, entry.tenant_id) == ("Ada", world.acme.pk)


def test_somebody_known_keeps_their_name_and_password(world: World) -> None:
    known = world.user("charlie")
    admin_of_acme(world).post(ADD, filled(world.acme, email="CHARLIE@globex.example"))
    assert known.memberships.count() == 2
    known.refresh_from_db()
    assert (known.name, known.has_usable_password()) == ("Charlie", True)


def test_a_member_is_not_invited_twice_and_what_was_typed_is_kept(world: World) -> None:
    answer = admin_of_acme(world).post(ADD, filled(world.acme, email="bob@acme.example"))
    html = words(answer.content)
    assert "already a member" in html
    assert 'value="bob@acme.example"' in html
    assert world.user("bob").memberships.count() == 1


def test_an_invited_admin_may_open_the_admin(world: World) -> None:
    admin_of_acme(world).post(ADD, filled(world.acme, role="admin"))
    assert User.objects.get(email="dora@acme.example").is_staff


def test_nobody_is_invited_into_a_foreign_tenant(world: World) -> None:
    before = current(world, world.globex)
    answer = admin_of_acme(world).post(ADD, filled(world.globex))
    assert "tenant" in answer.context["adminform"].form.errors
    assert current(world, world.globex) == before
    assert not User.objects.filter(email="dora@acme.example").exists()


def test_foreign_tenants_and_units_are_not_even_on_offer(world: World) -> None:
    tenants.add_org(tenant=world.globex, actor=SEED, now=NOW, key="east", name="Globex East")
    html = words(admin_of_acme(world).get(ADD).content)
    assert "Acme" in html
    assert "Globex" not in html


def test_business_units_are_those_of_the_tenant_chosen(world: World) -> None:
    east = tenants.add_org(tenant=world.globex, actor=SEED, now=NOW, key="east", name="East")
    answer = platform().post(ADD, filled(world.acme, orgs=[str(east.pk)]))
    assert "orgs" in answer.context["adminform"].form.errors


def test_an_invitation_can_be_for_some_business_units(world: World) -> None:
    north = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="north", name="North")
    admin_of_acme(world).post(ADD, filled(world.acme, orgs=[str(north.pk)]))
    member = Member.objects.get(user__email="dora@acme.example")
    assert list(member.orgs.all()) == [north]


@pytest.mark.parametrize("field", ["email", "role", "tenant"])
def test_what_is_missing_is_said_at_its_field(world: World, field: str) -> None:
    answer = admin_of_acme(world).post(ADD, filled(world.acme, **{field: ""}))
    assert field in answer.context["adminform"].form.errors


def test_a_role_is_changed(world: World) -> None:
    bob = world.members["bob"]
    admin_of_acme(world).post(url(bob), {"role": "owner"})
    bob.refresh_from_db()
    entry = AuditEntry.objects.latest("id")
    assert bob.role == "owner"
    assert (entry.before, entry.after) == ({"role": "support"}, {"role": "owner"})


def test_only_the_role_changes(world: World) -> None:
    bob, other = world.members["bob"], str(world.globex.pk)
    posted = {"role": "owner", "tenant": other, "user": str(world.user("charlie").pk)}
    admin_of_acme(world).post(url(bob), posted)
    bob.refresh_from_db()
    assert (bob.tenant, bob.user) == (world.acme, world.user("bob"))


def test_a_foreign_member_is_not_there(world: World) -> None:
    charlie = world.members["charlie"]
    client = admin_of_acme(world)
    assert client.get(url(charlie))["Location"] == "/admin/"
    client.post(url(charlie), {"role": "support"})
    act(client, charlie, "end")
    charlie.refresh_from_db()
    assert (charlie.role, charlie.ended_at) == ("owner", None)


def test_a_foreign_member_is_not_listed_nor_found(world: World) -> None:
    client = admin_of_acme(world)
    for query in ("", "?q=Charl", "?of=globex", "?tenant__slug=globex"):
        answer = client.get(list_url(Member) + query, follow=True)
        assert str(world.members["charlie"].pk) not in words(answer.content), query


def test_a_membership_is_ended_after_its_effect_was_said(world: World) -> None:
    bob, client = world.members["bob"], admin_of_acme(world)
    asked = {"action": "end", "_selected_action": str(bob.pk)}
    assert "Their next click is refused." in words(client.post(list_url(Member), asked).content)
    act(client, bob, "end")
    bob.refresh_from_db()
    assert bob.ended_at is not None


def test_what_ended_can_only_be_looked_at(world: World) -> None:
    bob, client = world.members["bob"], admin_of_acme(world)
    act(client, bob, "end")
    assert client.post(url(bob), {"role": "owner"}).status_code == 403
    assert "End membership…" not in words(client.get(url(bob)).content)
