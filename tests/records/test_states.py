"""Which state may follow which; what each state is called outside and counted as."""

import pytest

from calls.carriers.reading import STATES as CARRIER_STATES
from calls.records import states
from calls.records.states import MOVES, OUTCOMES, PUBLIC_STATUS, STATES, TERMINAL, may_follow

# The contract's words (CONTRACT 2); a program may rely on there being no other.
CONTRACT = {
    "queued",
    "initiated",
    "ringing",
    "in-progress",
    "completed",
    "busy",
    "no-answer",
    "failed",
    "canceled",
}

# How far a call has come: no move leads back, except into the queue with proof that nothing was placed.
RANKS = {
    "held": 0,
    "queued": 1,
    "dispatching": 2,
    "unknown": 3,
    "needs_human": 4,
    "placed": 5,
    "ringing": 6,
    "in_progress": 7,
} | dict.fromkeys(TERMINAL, 9)


def test_every_state_is_known_to_every_table() -> None:
    assert set(STATES) == set(PUBLIC_STATUS) == set(RANKS) == set(MOVES) - {""}
    assert set().union(*MOVES.values()) == set(STATES)


@pytest.mark.parametrize("state", STATES)
def test_no_call_leaves_a_terminal_state(state: str) -> None:
    for after in STATES:
        if state in TERMINAL:
            assert not may_follow(state, after)


@pytest.mark.parametrize("before", STATES)
def test_ranks_only_rise_except_with_proof_of_no_call(before: str) -> None:
    falls = {after for after in MOVES[before] if RANKS[after] <= RANKS[before]}
    assert falls <= {"queued"}
    if before in states.CARRIED or before in TERMINAL:
        assert falls == set()


@pytest.mark.parametrize("before", STATES)
def test_a_call_never_follows_itself(before: str) -> None:
    assert not may_follow(before, before)


def test_a_call_begins_held_queued_or_refused() -> None:
    assert MOVES[""] == {"held", "queued", "refused"}


@pytest.mark.parametrize("state", sorted(set(STATES) - set(TERMINAL)))
def test_every_call_can_come_to_an_end(state: str) -> None:
    seen, todo = {state}, [state]
    while todo:
        for after in MOVES[todo.pop()] - seen:
            seen.add(after)
            todo.append(after)
    assert seen & set(TERMINAL)


@pytest.mark.parametrize("state", [*states.CARRIED, "unknown", "needs_human", "dispatching"])
def test_whoever_may_be_rung_cannot_be_canceled_or_refused_by_us(state: str) -> None:
    """`canceled` is here the carrier's word; `refused` is only for calls nobody was asked to place."""
    assert ("refused" in MOVES[state]) is (state == "dispatching")
    assert state not in states.WAITING


@pytest.mark.parametrize(("state", "word"), PUBLIC_STATUS.items())
def test_outside_only_the_contracts_words_are_used(state: str, word: str) -> None:
    assert word in CONTRACT
    if state.replace("_", "-") in CONTRACT:
        assert word == state.replace("_", "-")


def test_every_word_of_the_contract_is_used() -> None:
    assert set(PUBLIC_STATUS.values()) == CONTRACT


def test_a_call_whose_fate_is_unknown_never_reads_as_failed() -> None:
    assert PUBLIC_STATUS["unknown"] == PUBLIC_STATUS["needs_human"] == "initiated"


@pytest.mark.parametrize("state", sorted(set(CARRIER_STATES.values()) - {"queued"}))
def test_every_state_a_carrier_reports_may_follow_placed(state: str) -> None:
    assert may_follow("placed", state)
    assert may_follow("unknown", state)
    assert may_follow("needs_human", state)


# state, disposition, the bucket it is counted in
BUCKETS = [
    ("held", "", "waiting"),
    ("queued", "", "waiting"),
    ("dispatching", "", "waiting"),
    ("placed", "", "under_way"),
    ("ringing", "", "under_way"),
    ("in_progress", "", "under_way"),
    ("completed", "answered", "reached"),
    ("completed", "", "reached"),
    ("completed", "opted_out", "reached"),
    ("completed", "voicemail", "voicemail"),
    ("busy", "", "busy"),
    ("no_answer", "", "no_answer"),
    ("failed", "", "failed"),
    ("unknown", "", "unknown"),
    ("needs_human", "", "unknown"),
    ("refused", "", "refused"),
    ("rejected", "", "rejected"),
    ("expired", "", "expired"),
    ("canceled", "", "canceled"),
]


@pytest.mark.parametrize(("state", "disposition", "bucket"), BUCKETS)
def test_every_call_is_counted_in_one_bucket(state: str, disposition: str, bucket: str) -> None:
    assert states.outcome_of(state, disposition) == bucket
    assert bucket in OUTCOMES


def test_every_state_and_every_bucket_is_in_that_table() -> None:
    assert {state for state, _, _ in BUCKETS} == set(STATES)
    assert {bucket for _, _, bucket in BUCKETS} == set(OUTCOMES)
