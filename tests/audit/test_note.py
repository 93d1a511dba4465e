"""What one entry of the audit log says."""

from typing import Any
from uuid import UUID

import pytest

from calls.audit import actions as audit
from calls.audit.actor import Actor, system
from calls.audit.models import AuditEntry
from calls.tenants import scope
from tests.world import NOW, World


def note(world: World, *, actor: Actor | None = None, **fields: Any) -> AuditEntry:
    written = audit.note(
        actor=actor or world.ada,
        verb="agent.renamed",
        target=world.agent,
        tenant_id=world.acme.pk,
        now=NOW,
        **fields,
    )
    return AuditEntry.objects.get(pk=written.pk)


def test_who_did_what_to_what_and_when(world: World) -> None:
    found = note(world)
    assert (found.actor_kind, found.actor_name) == ("member", "Ada")
    assert found.actor_id == world.members["ada"].public_id
    assert (found.verb, found.at, found.tenant_id) == ("agent.renamed", NOW, world.acme.pk)
    assert (found.target_type, found.target_label) == ("agent", "Support")
    assert found.target_id == world.agent.public_id


def test_what_changed(world: World) -> None:
    found = note(world, before={"name": "Help"}, after={"name": "Support"})
    assert (found.before, found.after) == ({"name": "Help"}, {"name": "Support"})


def test_nothing_said_of_a_change_is_kept_as_nothing(world: World) -> None:
    assert (note(world).before, note(world).after) == ({}, {})


@pytest.mark.parametrize("request_id", ["req-12345678", ""])
def test_it_is_tied_to_the_request(world: World, request_id: str) -> None:
    actor = scope.member_actor(world.members["ada"], request_id=request_id)
    assert note(world, actor=actor).request_id == request_id


def test_the_house_itself_acts_under_its_loops_name(world: World) -> None:
    found = note(world, actor=system("dispatch"))
    assert (found.actor_kind, found.actor_id, found.actor_name) == (
        "system",
        "dispatch",
        "dispatch",
    )
    assert system("dispatch").may == frozenset()


def test_a_program_acts_under_its_keys_name(world: World) -> None:
    found = note(world, actor=world.program)
    assert found.actor_kind == "key"
    assert found.actor_name == f"Shop ({world.runtime_key.key_id})"


def test_long_names_are_cut_to_what_is_kept(world: World) -> None:
    world.agent.name = "y" * 300
    found = note(world, actor=Actor(kind="member", id="mb_1", name="x" * 300))
    assert (found.actor_name, found.target_label) == ("x" * 200, "y" * 200)


def test_an_act_beyond_tenants_names_none(world: World) -> None:
    written = audit.note(
        actor=world.ada, verb="user.created", target=world.user("bob"), tenant_id=None, now=NOW
    )
    assert written.tenant_id is None


def test_an_entry_reads_as_a_sentence(world: World) -> None:
    assert str(note(world)) == "Ada agent.renamed Support"


def test_entries_sort_by_when_they_were_written(world: World) -> None:
    written = [note(world).pk for _ in range(5)]
    found = AuditEntry.objects.filter(verb="agent.renamed").order_by("id")
    assert list(found.values_list("pk", flat=True)) == written
    assert all(isinstance(key, UUID) for key in written)
