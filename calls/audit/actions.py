"""Writing the audit log, and sealing what was written. Every verb calls `note` in its transaction."""

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import DatabaseError, connection, transaction

from calls.audit import chain, queries
from calls.audit.actor import Actor
from calls.audit.models import AuditEntry, SealedRow
from calls.lib.rows import Row

log = logging.getLogger(__name__)

Values = dict[UUID, tuple[object, ...]]
BATCH = 1000  # rows sealed in one transaction


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
    rows = list(waiting.order_by("id").values_list("pk", "sha256")[:most])
    if not rows:
        return 0
    late = _hash_late(table, [key for key, sha256 in rows if not sha256])
    last, seal = queries.head(table, tenant_id)
    seals: Values = {}
    for number, (key, sha256) in enumerate(rows, last + 1):
        seal = chain.next_seal(seal, number, sha256 or late[key])
        seals[key] = (number, seal)
    _write(table, ("seal_number", "seal"), seals)
    return len(rows)


def _hash_late(table: type[SealedRow], keys: list[UUID]) -> dict[UUID, str]:
    """Hash rows from before there were hashes, as they are found."""
    rows = table._default_manager.in_bulk(keys) if keys else {}
    for row in rows.values():
        row.hash_content(late=True)
    _write(table, ("sha256", "digests"), {k: (row.sha256, row.digests) for k, row in rows.items()})
    return {key: row.sha256 for key, row in rows.items()}


def _write(table: type[SealedRow], names: tuple[str, ...], values: Values) -> None:
    """One prepared statement for all rows; what the ORM sends for many takes twenty times as long."""
    fields: list[Any] = [table._meta.get_field(name) for name in (*names, "id")]
    sets = ", ".join(f"{name} = %s" for name in names)
    with connection.cursor() as cursor:
        cursor.executemany(
            f"UPDATE {table._meta.db_table} SET {sets} WHERE id = %s",  # noqa: S608 - names of ours
            [
                [f.get_db_prep_save(v, connection) for f, v in zip(fields, row, strict=True)]
                for row in ((*new, key) for key, new in values.items())
            ],
        )
