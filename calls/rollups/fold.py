"""What one event of a call changes in the counts. Pure."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class Bucket:
    """One cell of the hourly counts."""

    tenant_id: UUID
    hour: datetime
    route_id: UUID
    agent_version_id: UUID
    outcome: str
    reason: str


@dataclass(frozen=True, slots=True)
class Moved:
    """One event: the call's place in the counts before and after (empty outcome = not counted)."""

    tenant_id: UUID
    asked_at: datetime
    route_id: UUID
    version_before: UUID
    version_after: UUID
    outcome_before: str
    reason_before: str
    outcome_after: str
    reason_after: str


def fold(events: Iterable[Moved]) -> dict[Bucket, int]:
    """The change of every cell, summed over events; cells that end unchanged are left out."""
    changes: Counter[Bucket] = Counter()
    for event in events:
        if event.outcome_before:
            before = _bucket(event, event.version_before, event.outcome_before, event.reason_before)
            changes[before] -= 1
        if event.outcome_after:
            after = _bucket(event, event.version_after, event.outcome_after, event.reason_after)
            changes[after] += 1
    return {bucket: change for bucket, change in changes.items() if change}


def _bucket(event: Moved, version_id: UUID, outcome: str, reason: str) -> Bucket:
    return Bucket(
        tenant_id=event.tenant_id,
        hour=event.asked_at.replace(minute=0, second=0, microsecond=0),
        route_id=event.route_id,
        agent_version_id=version_id,
        outcome=outcome,
        reason=reason if outcome == "refused" else "",
    )
