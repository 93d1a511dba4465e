"""Rows are written in `actions` and nowhere else."""

import ast
import re

from tests.house.source import Module, product, where

WRITES = {"save", "create", "bulk_create", "bulk_update", "get_or_create", "update_or_create"}
QUERYSET = {"objects", "filter", "exclude", "all", "select_for_update", "for_tenant", "order_by"}
SQL = re.compile(r"^\s*(INSERT|UPDATE|DELETE|REPLACE)\s", re.IGNORECASE)

# Where something that looks like a write is none of a row of the house, with the reason.
NOT_OURS = {
    "calls/carriers/sandbox/": "stands in for the carrier's own system and keeps its own ledger",
}


def may_write(module: Module) -> bool:
    """`actions.py`, or a module of a package called `actions`; and what is listed above."""
    inside = "actions" in module.path.with_suffix("").parts
    return inside or module.name.startswith(tuple(NOT_OURS))


def chain(node: ast.expr) -> set[str]:
    """The attribute names a call hangs on: `A.objects.filter(x=1).update` → objects, filter."""
    names: set[str] = set()
    while isinstance(node, ast.Attribute | ast.Call):
        if isinstance(node, ast.Attribute):
            names.add(node.attr)
            node = node.value
        else:
            node = node.func
    return names


def is_write(call: ast.Call) -> bool:
    """Whether a call writes a row, as far as its shape tells."""
    if not isinstance(call.func, ast.Attribute):
        return False
    verb, receiver = call.func.attr, call.func.value
    if verb == "update":
        # dict.update takes a mapping; a queryset's takes fields by name.
        return bool(QUERYSET & chain(receiver)) or bool(call.keywords and not call.args)
    if verb == "delete":
        # cache.delete and client.delete say what to delete; a row and a queryset delete themselves.
        return not call.args and not call.keywords
    if verb == "execute":
        return any(isinstance(a, ast.Constant) and SQL.match(str(a.value)) for a in call.args)
    return verb in WRITES


def writes(module: Module) -> list[str]:
    """Every write in a module, as `path:line`."""
    calls = (node for node in ast.walk(module.tree) if isinstance(node, ast.Call))
    return [where(module, call) for call in calls if is_write(call)]


def seen(source: str) -> bool:
    """Whether the rule would catch this expression."""
    call = ast.parse(source, mode="eval").body
    return isinstance(call, ast.Call) and is_write(call)


def test_rows_are_written_in_actions_only() -> None:
    assert [place for m in product() if not may_write(m) for place in writes(m)] == []


def test_the_rule_sees_writes() -> None:
    assert seen("call.save()")
    assert seen("Call.objects.create(to=to)")
    assert seen("Call.objects.filter(id=1).update(state='queued')")
    assert seen("due.update(state='queued')")
    assert seen("row.delete()")
    assert seen("cursor.execute('UPDATE calls_call SET state = %s', [state])")


def test_the_rule_leaves_others_alone() -> None:
    assert not seen("headers.update({'a': 'b'})")
    assert not seen("digest.update(body)")
    assert not seen("cache.delete('key')")
    assert not seen("client.delete(url)")
    assert not seen("cursor.execute('SELECT 1')")
