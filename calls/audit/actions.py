"""Writing the audit log. Every verb calls `note` inside its own transaction."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from calls.audit.actor import Actor
from calls.audit.models import AuditEntry
from calls.lib.rows import Row


def note(
    *,
    actor: Actor,
    verb: str,
    target: Row,
    tenant_id: UUID | None,
    now: datetime,
    before: Mapping[str, Any] | None = None,
    after: Mapping[str, Any] | None = None,
) -> AuditEntry:
    """Record that `actor` did `verb` to `target`; `before` and `after` hold only what changed."""
    return AuditEntry.objects.create(
        tenant_id=tenant_id,
        at=now,
        actor_kind=actor.kind,
        actor_id=actor.id,
        actor_name=actor.name[:200],
        verb=verb,
        target_type=target._meta.model_name or "",
        target_id=target.public_id,
        target_label=str(target)[:200],
        before=dict(before or {}),
        after=dict(after or {}),
        request_id=actor.request_id,
    )
