"""What must hold after every fault, whatever it was: asked of the database, the ledger and the log."""

from collections import Counter
from collections.abc import Iterable
from typing import Any

from django.utils import timezone

from calls.audit import actions as audit
from calls.audit import chain, queries
from calls.audit.chain import Flaw
from calls.dispatch.models import Attempt
from calls.policy.gates import GATES
from calls.records import states
from calls.records.models import Call, Receipt

AT_REST = states.TERMINAL | set(states.WAITING) | {states.NEEDS_HUMAN}
MAY_HAVE_RUNG = {*states.IN_FLIGHT, states.NEEDS_HUMAN, *states.ENDED_BY_CARRIER}
ASKED = [gate.name for gate in GATES]


def uphold(*, placed: Iterable[str] = (), log: str = "", canaries: Iterable[str] = ()) -> None:
    """Fail when a promise is broken.

    `placed` holds, for each call the carrier really placed, the idempotency key it was asked with (or the
    callee, where each callee is meant once). `log` is what was logged, `canaries` what must not stand there.
    """
    for promise, found in broken(placed=placed, log=log, canaries=canaries).items():
        assert found == [], promise


def broken(
    *, placed: Iterable[str] = (), log: str = "", canaries: Iterable[str] = ()
) -> dict[str, list[Any]]:
    """For each promise what breaks it: nothing, where all is well."""
    return {
        "called twice": called_twice(placed),
        "not on record": not_on_record(placed),
        "lost": lost(),
        "dialled without leave": dialled_without_leave(),
        "jumps": jumps(),
        "flaws": flaws(),
        "told": [canary for canary in canaries if canary in log],
    }


def called_twice(placed: Iterable[str]) -> list[str]:
    """What the carrier placed more than once (R1.12)."""
    calls = Counter(key.rpartition("-")[0] or key for key in placed)
    return [call for call, rows in calls.items() if rows > 1]


def not_on_record(placed: Iterable[str]) -> list[str]:
    """What the carrier placed although no attempt asked for it, or though we say that it did not ring."""
    asked = {
        f"{attempt.call.sid}-{attempt.number}": attempt.call.state
        for attempt in Attempt.objects.select_related("call")
    }
    named = [
        key for key in placed if "-" in key
    ]  # not the callees with which unit tests name calls
    return [key for key in named if asked.get(key) not in MAY_HAVE_RUNG]


def lost() -> list[tuple[str, str]]:
    """Calls that neither rest (ended, waiting, with people) nor are in the carrier's hands."""
    carried = Attempt.objects.filter(outcome=Attempt.ACCEPTED).values("call")
    under_way = Call.objects.exclude(state__in=AT_REST)
    nowhere = under_way.exclude(state__in=states.CARRIED, pk__in=carried)
    return [(call.sid, call.state) for call in nowhere]


def dialled_without_leave() -> list[str]:
    """Attempts whose own intent did not find every gate open: promise 1."""
    return [str(attempt) for attempt in Attempt.objects.all() if not had_leave(attempt)]


def had_leave(attempt: Attempt) -> bool:
    """Whether the intent of this attempt left a receipt in which each gate was asked, and passed."""
    receipts = Receipt.objects.filter(
        call=attempt.call_id, moment=Receipt.DIAL, at=attempt.intent_at, allowed=True
    )
    return any(
        [verdict["gate"] for verdict in receipt.verdicts] == ASKED
        and {verdict["outcome"] for verdict in receipt.verdicts} == {"pass"}
        for receipt in receipts
    )


def jumps() -> list[Any]:
    """Calls whose moves do not make one way, each step allowed, from being accepted to where they stand."""
    found: list[Any] = []
    for call in Call.objects.all():
        begun, moves = "", []
        for event in call.events.order_by("id"):
            if event.what in ("accepted", "refused") and "to" not in event.data:
                begun = states.QUEUED if event.what == "accepted" else states.REFUSED
            elif event.data.get("to"):
                moves.append((str(event.data.get("from")), str(event.data["to"])))
        wrong = [move for move in moves if not states.may_follow(*move)]
        if wrong or not is_way(begun, moves, call.state):
            found.append((call.sid, begun, moves, call.state))
    return found


def is_way(start: str, moves: list[tuple[str, str]], end: str) -> bool:
    """Whether all these moves, one after the other, lead from one state to another.

    Not in their order by id or instant: both come from the clock of the process that wrote them, which may
    be wrong (F29), or was read before it waited for another's lock.
    """
    if not moves:
        return start == end
    return any(
        is_way(after, moves[:n] + moves[n + 1 :], end)
        for n, (before, after) in enumerate(moves)
        if before == start
    )


def flaws() -> list[Flaw]:
    """What the chains of receipts and audit entries say was altered; everything waiting is sealed first."""
    audit.seal_waiting()
    found: list[Flaw] = []
    for table in queries.sealed_tables():
        for tenant_id in queries.tenants_of(table):
            start, links = chain.first_seal(table.CHAIN, tenant_id), queries.links(table, tenant_id)
            report = chain.verify(start, links, (), now=timezone.now())
            found += [flaw for flaw in report.flaws if flaw.kind != chain.UNANCHORED]
    return found
