"""What three records of the same calls do not agree on; one case a line."""

from datetime import timedelta
from uuid import UUID

import pytest

from calls.carriers.base import Report
from calls.dispatch.match import Asked, differences
from tests.world import CALLEE, CALLER_ID, NOW

CALL, OTHER = UUID(int=1), UUID(int=2)
OURS = (CALLER_ID,)
SINCE, SETTLED = NOW - timedelta(minutes=10), NOW + timedelta(minutes=10)


def asked(outcome: str, *, at: int = 0, remote: str | None = None, call: UUID = CALL) -> Asked:
    """An attempt `at` seconds after NOW."""
    return Asked(call, CALLER_ID, CALLEE, NOW + timedelta(seconds=at), outcome, remote)


def row(remote: str = "SM1", *, at: int = 1, caller_id: str = CALLER_ID) -> Report:
    """A row of the log, created so many seconds after NOW."""
    when = NOW + timedelta(seconds=at)
    return Report(remote, "completed", "completed", to=CALLEE, caller_id=caller_id, at=when)


def kinds(
    *attempts: Asked, log: tuple[Report, ...] = (), heard: tuple[Report, ...] = ()
) -> list[tuple[str, str]]:
    bound = {a.carrier_call_id for a in attempts if a.carrier_call_id}
    found = differences(
        asked=attempts,
        heard=heard,
        log=log,
        bound=bound,
        ours=OURS,
        since=SINCE,
        settled_by=SETTLED,
    )
    return [(one.kind, one.key) for one in found]


BOUND = asked("accepted", remote="SM1")
MISSING = ("only_here", "SM1")
CASES = [
    ("all agree", [BOUND], [row()], [], []),
    ("nobody asked", [], [row()], [], [("only_there", "SM1")]),
    ("another's number", [], [row(caller_id="+15555550000")], [], []),
    ("refused, yet there", [asked("refused")], [row()], [], [("after_all", "SM1")]),
    ("long after a refusal", [asked("refused")], [row(at=301)], [], [("only_there", "SM1")]),
    (
        "refused, yet there, and accepted at the next try",
        [asked("refused"), asked("accepted", at=40, remote="SM2")],
        [row(), row("SM2", at=41)],
        [],
        [("after_all", "SM1")],
    ),
    (
        "a call long before, and one behind a refusal",
        [asked("accepted", at=-600, remote="SM1"), asked("refused")],
        [row(at=-599), row("SM2")],
        [],
        [("after_all", "SM2")],
    ),
    (
        "twice, and another refused meanwhile",
        [BOUND, asked("refused", at=20, call=OTHER)],
        [row(), row("SM2", at=21)],
        [],
        [("twice", "SM2")],
    ),
    ("still open", [asked("intent")], [row()], [], []),
    ("still unknown", [asked("unknown")], [row()], [], []),
    ("clocks differ", [asked("unknown", at=25)], [row(at=0)], [], []),
    ("from before we asked", [asked("unknown", at=40)], [row(at=0)], [], [("only_there", "SM1")]),
    ("taken for absent", [asked("absent")], [row()], [], [("after_all", "SM1")]),
    (
        "absent, then dialled again",
        [asked("absent"), asked("accepted", at=700, remote="SM2")],
        [row(), row("SM2", at=701)],
        [],
        [("after_all", "SM1")],
    ),
    ("twice at once", [BOUND], [row(), row("SM2", at=2)], [], [("twice", "SM2")]),
    ("twice, our own not shown", [BOUND], [row("SM2", at=2)], [], [("only_there", "SM2"), MISSING]),
    ("a person said how it ended", [asked("accepted")], [row()], [], []),
    ("long after that", [asked("accepted")], [row(at=400)], [], [("only_there", "SM1")]),
    ("long after", [BOUND], [row(), row("SM2", at=400)], [], [("only_there", "SM2")]),
    ("missing", [BOUND], [], [], [("only_here", "SM1")]),
    ("too young to miss", [asked("accepted", at=601, remote="SM1")], [], [], []),
    ("older than the log", [asked("accepted", at=-601, remote="SM1")], [], [], []),
    ("an event alone", [], [], [row("SM9")], [("event_only", "SM9")]),
    ("an event of a bound call", [BOUND], [row()], [row()], []),
    ("an event and a row", [], [row()], [row()], [("only_there", "SM1")]),
    ("three events of one call", [], [], [row("SM9")] * 3, [("event_only", "SM9")]),
]


@pytest.mark.parametrize(
    ("attempts", "log", "heard", "expected"), [c[1:] for c in CASES], ids=[c[0] for c in CASES]
)
def test_what_does_not_agree(
    attempts: list[Asked], log: list[Report], heard: list[Report], expected: list[tuple[str, str]]
) -> None:
    assert kinds(*attempts, log=tuple(log), heard=tuple(heard)) == expected


def test_a_difference_names_the_call_it_is_about() -> None:
    found = differences(
        asked=[asked("absent"), asked("refused", at=-60, call=OTHER)],
        heard=[],
        log=[row()],
        bound=[],
        ours=OURS,
        since=SINCE,
        settled_by=SETTLED,
    )
    assert [(one.call_id, one.to, one.word) for one in found] == [(CALL, CALLEE, "completed")]


def test_a_row_without_a_time_is_taken_for_the_newest_attempts() -> None:
    timeless = Report("SM2", "completed", "completed", to=CALLEE, caller_id=CALLER_ID)
    assert kinds(BOUND, log=(row(), timeless)) == [("twice", "SM2")]
