"""Does this person's consent still stand, and is it strong enough? Pure.

Written consent counts wherever express consent is asked for, never the other way round. Taking consent
back ends everything agreed to before: people who say stop do not name the form they once filled in.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Protocol, TypeVar

EXPRESS, WRITTEN = "express", "written"
# Which kinds of consent satisfy which need; an unknown need is satisfied by nothing.
SATISFIED_BY = {EXPRESS: (EXPRESS, WRITTEN), WRITTEN: (WRITTEN,)}


class Given(Protocol):
    """What is asked of a record of consent."""

    kind: str
    captured_at: datetime
    expires_at: datetime | None
    revoked_at: datetime | None


G = TypeVar("G", bound=Given)


def in_force(
    records: Iterable[G], now: datetime, *, revocations: Iterable[datetime] = ()
) -> list[G]:
    """The records of one number that stand at `now`, the strongest first, then the newest.

    `revocations` are further instants at which this person took back all they had agreed to.
    """
    known = list(records)
    ends = [*revocations, *(record.revoked_at for record in known if record.revoked_at)]
    taken_back = [at for at in ends if at <= now]
    last = max(taken_back, default=None)
    standing = [record for record in known if _stands(record, last, now)]
    return sorted(standing, key=lambda r: (r.kind == WRITTEN, r.captured_at), reverse=True)


def best(records: Iterable[G], *, need: str, now: datetime) -> G | None:
    """The record that satisfies a need, if one does."""
    kinds = SATISFIED_BY.get(need, ())
    return next((record for record in in_force(records, now) if record.kind in kinds), None)


def _stands(record: Given, last_revocation: datetime | None, now: datetime) -> bool:
    if record.revoked_at is not None and record.revoked_at <= now:
        return False
    if record.expires_at is not None and record.expires_at <= now:
        return False
    if record.captured_at > now:
        return False
    return last_revocation is None or record.captured_at > last_revocation
