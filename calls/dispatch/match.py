"""Three records of the same calls held against each other: our attempts, the carrier's log, its events. Pure.

What none of the others explains is a difference, and a person looks at it.
"""

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from calls.carriers.base import Report
from calls.dispatch.retry import CLOCK_SKEW

# The carrier shows a call between our number and somebody that no attempt of ours explains.
ONLY_THERE = "only_there"
# The carrier took a call, and its whole log does not show it.
ONLY_HERE = "only_here"
# A signed event speaks of a call that neither we nor the log know.
EVENT_ONLY = "event_only"
# One attempt, two calls at the carrier: somebody may have been rung twice.
TWICE = "twice"
# A person, a policy or a refusal told that it was never placed, and the carrier shows it after all.
AFTER_ALL = "after_all"
KINDS = (ONLY_THERE, ONLY_HERE, EVENT_ONLY, TWICE, AFTER_ALL)
# Each of these may mean that somebody was rung twice: the account stops at once (RELIABILITY 7.2).
STOPS = frozenset({TWICE, AFTER_ALL})

# A second row this soon after an attempt that has its own is taken for a second call of that attempt.
SAME_ATTEMPT = timedelta(minutes=5)


@dataclass(frozen=True, slots=True)
class Asked:
    """One attempt of ours. `outcome` is Attempt's; the carrier's id is None until it is bound."""

    call_id: UUID
    caller_id: str
    to: str
    asked_at: datetime
    outcome: str
    carrier_call_id: str | None = None

    def may_be(self, row: Report) -> bool:
        """Whether a row of the log can come of this attempt, as far as numbers and time say."""
        same = (self.caller_id, self.to) == (row.caller_id, row.to)
        return same and (row.at is None or self.asked_at <= row.at + CLOCK_SKEW)

    def is_soon_before(self, row: Report) -> bool:
        """Whether a row came so soon after this attempt that it is taken for a call of it."""
        return row.at is None or row.at - self.asked_at <= SAME_ATTEMPT


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing the records do not agree on; `key` is the carrier's id of the call."""

    kind: str
    key: str
    caller_id: str
    to: str
    at: datetime | None
    word: str = ""
    call_id: UUID | None = None


def differences(
    *,
    asked: Collection[Asked],
    heard: Iterable[Report],
    log: Collection[Report],
    bound: Collection[str],
    ours: Collection[str],
    since: datetime,
    settled_by: datetime,
) -> list[Difference]:
    """Everything nobody explains, in a log that was read to its end.

    `heard` are events that never found their call, `bound` the carrier's ids that belong to calls of ours,
    `ours` our numbers on this account. The log goes back to `since`; a call asked for after `settled_by`
    may still be on its way into it.
    """
    shown = {row.carrier_call_id for row in log}
    strange = [r for r in log if r.carrier_call_id not in bound and r.caller_id in ours]
    found = [*_strange_rows(strange, asked, shown), *_missing(asked, shown, since, settled_by)]
    found += [_of(EVENT_ONLY, e) for e in heard if e.carrier_call_id not in {*shown, *bound}]
    return list({(one.kind, one.key): one for one in found}.values())


def _strange_rows(
    rows: Iterable[Report], asked: Collection[Asked], shown: Collection[str | None]
) -> Iterator[Difference]:
    for row in rows:
        near = sorted((a for a in asked if a.may_be(row)), key=lambda a: a.asked_at)
        if any(attempt.outcome in ("intent", "unknown") for attempt in near):
            continue  # the reconciler will bind it
        refused = [a for a in near if a.outcome == "refused" and a.is_soon_before(row)]
        taken = [a for a in near if a.outcome != "refused"]
        kind, of = _explained(row, taken[-1] if taken else None, shown)
        if kind == ONLY_THERE and refused:
            # The carrier said that it would not, and there is a call: never harmless.
            kind, of = AFTER_ALL, refused[-1].call_id
        if kind:
            yield _of(kind, row, of)


def _explained(
    row: Report, last: Asked | None, shown: Collection[str | None]
) -> tuple[str, UUID | None]:
    """What a row is that no call has, and of which call; `last` is the latest attempt that was not refused."""
    if last is None:
        return ONLY_THERE, None
    if last.outcome == "absent":
        return AFTER_ALL, last.call_id
    if not last.is_soon_before(row):
        return ONLY_THERE, None
    if last.carrier_call_id in shown:
        return TWICE, last.call_id
    # With an id that the log does not show, it is perhaps mistyped; without one a person said how it
    # ended, and this is the row that was not there then.
    return (ONLY_THERE if last.carrier_call_id else ""), None


def _missing(
    asked: Iterable[Asked], shown: Collection[str], since: datetime, settled_by: datetime
) -> Iterator[Difference]:
    for one in asked:
        key = one.carrier_call_id
        if key and key not in shown and since <= one.asked_at <= settled_by:
            yield Difference(
                ONLY_HERE,
                key,
                one.caller_id,
                one.to,
                one.asked_at,
                call_id=one.call_id,
            )


def _of(kind: str, row: Report, call_id: UUID | None = None) -> Difference:
    return Difference(kind, row.carrier_call_id, row.caller_id, row.to, row.at, row.word, call_id)
