"""An entry outlives its actor and its subject, with the names as they were."""

from calls.agents import actions as agents
from calls.audit.models import AuditEntry
from calls.tenants import actions as tenants
from tests.audit.entries import entry
from tests.world import NOW, World


def test_it_points_at_nothing() -> None:
    related = [f.name for f in AuditEntry._meta.get_fields() if f.is_relation]
    assert related == []


def test_a_new_name_does_not_change_what_was_written(world: World) -> None:
    user = world.user("ada")
    version = agents.add_version(agent=world.agent, actor=world.ada, now=NOW, config={})
    user.name, world.agent.name = "Ada Lovelace", "Help desk"
    user.save()
    world.agent.save()
    found = entry(version, "version.added")
    assert (found.actor_name, found.target_label) == ("Ada", "Support v2")


def test_it_outlives_its_subject(world: World) -> None:
    org = tenants.add_org(tenant=world.acme, actor=world.ada, now=NOW, key="west", name="West")
    public_id = org.public_id
    org.delete()
    assert AuditEntry.objects.get(target_id=public_id).target_label == "West"
