"""Writing the audit log, and sealing what was written. Every verb calls `note` in its transaction."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, transaction

from calls.audit import chain, queries
from calls.audit.actor import Actor
from calls.audit.models import AuditEntry, SealedRow
from calls.lib.rows import Row

log = logging.getLogger(__name__)

# Rows sealed in one transaction, and written by one statement.
BATCH, STATEMENT = 1000, 100


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
    entry = AuditEntry(
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
    entry.hash_content()
    entry.save(force_insert=True)
    return entry


def seal_waiting(*, most: int = BATCH) -> int:
    """Seal every record that waits, `most` at a time; safe to run anywhere, at any time, twice.

    Records are sealed in the order of their ids. One whose transaction ends late is sealed after
    younger ones: the order of a chain is the order of sealing.
    """
    return sum(
        _seal_chain(table, tenant_id, most)
        for table in queries.sealed_tables()
        # Looking first keeps an idle house from taking the write lock every second.
        for tenant_id in queries.unsealed_tenants(table)
    )


def _seal_chain(table: type[SealedRow], tenant_id: UUID | None, most: int) -> int:
    sealed = 0
    try:
        while batch := _seal_batch(table, tenant_id, most):
            sealed += batch
    except DatabaseError as error:
        # Another sealer gave the same numbers first, or the database is busy: the next tick goes on.
        extras = {"chain": table.CHAIN, "error": error}
        log.warning("sealing was interrupted, the next tick goes on", extra=extras)
    return sealed


@transaction.atomic
def _seal_batch(table: type[SealedRow], tenant_id: UUID | None, most: int) -> int:
    """The locked rows keep a second sealer waiting, so that it reads the head after this commit."""
    waiting = queries.unsealed(table, tenant_id).select_for_update(of=("self",))
    rows = list(waiting.order_by("id")[:most])
    number, seal = queries.head(table, tenant_id)
    late = [row for row in rows if not row.sha256]
    for row in late:
        row.hash_content(late=True)
    for number, row in enumerate(rows, number + 1):  # noqa: B020 - continues at the head
        seal = chain.next_seal(seal, number, row.sha256)
        row.seal_number, row.seal = number, seal
    table._default_manager.bulk_update(late, ["sha256", "digests"], batch_size=STATEMENT)
    table._default_manager.bulk_update(rows, ["seal_number", "seal"], batch_size=STATEMENT)
    return len(rows)
