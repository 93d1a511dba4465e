"""Finding what the audit log says about a row."""

from typing import Any

from calls.audit.models import AuditEntry
from calls.lib.rows import Row


def entry(row: Row, verb: str) -> AuditEntry:
    """The one entry of this verb about this row."""
    return AuditEntry.objects.get(target_id=row.public_id, verb=verb)


def told(row: Row, verb: str) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """Who did it, what was before, what is after."""
    found = entry(row, verb)
    return found.actor_name, found.before, found.after
