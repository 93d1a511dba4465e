"""An entry outlives its actor and its subject, with the names as they were; nothing changes it."""

import ast

from calls.agents import actions as agents
from calls.audit.models import AuditEntry, SealedRow
from calls.tenants import actions as tenants
from tests.audit.entries import entry
from tests.house.source import product, where
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


SEALING = "calls/audit/actions.py"
CHANGES = {"update", "delete", "save", "bulk_update", "update_or_create", "executemany"}
SEALED = {"Receipt", "AuditEntry", "SealedRow", "receipts", "receipt"}


def changes_sealed_rows(call: ast.Call) -> bool:
    """Whether a call changes receipts or audit entries, as far as its shape tells."""
    if not isinstance(call.func, ast.Attribute) or call.func.attr not in CHANGES:
        return False
    names = {n.id for n in ast.walk(call.func) if isinstance(n, ast.Name)}
    names |= {n.attr for n in ast.walk(call.func) if isinstance(n, ast.Attribute)}
    first_writing = any(keyword.arg == "force_insert" for keyword in call.keywords)
    return bool(names & SEALED) and not first_writing


def seen(source: str) -> bool:
    call = ast.parse(source, mode="eval").body
    return isinstance(call, ast.Call) and changes_sealed_rows(call)


def test_nothing_changes_a_receipt_or_an_entry_once_written() -> None:
    changed = [
        where(module, node)
        for module in product()
        if module.name != SEALING
        for node in ast.walk(module.tree)
        if isinstance(node, ast.Call) and changes_sealed_rows(node)
    ]
    assert changed == []


def test_sealing_writes_nothing_but_seals() -> None:
    source = next(module for module in product() if module.name == SEALING)
    written = [
        ast.literal_eval(node.args[1])
        for node in ast.walk(source.tree)
        if isinstance(node, ast.Call) and ast.unparse(node.func) == "_write"
    ]
    assert sorted(written) == [("seal_number", "seal"), ("sha256", "digests")]
    assert {name for names in written for name in names} == set(SealedRow.SEALS)


def test_the_rule_sees_changes() -> None:
    assert seen("Receipt.objects.filter(pk=1).update(allowed=True)")
    assert seen("AuditEntry.objects.all().delete()")
    assert seen("call.receipts.all().delete()")
    assert seen("receipt.save()")
    assert not seen("receipt.save(force_insert=True)")
    assert not seen("call.save()")
    assert not seen("headers.update({})")
