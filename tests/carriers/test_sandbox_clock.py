"""Where a sandbox call stands follows from its script and the clock alone."""

from typing import Any

import pytest

from calls.carriers.sandbox.placed import Placed
from calls.carriers.sandbox.scripts import BY_DIGITS, SCRIPTS, script_named, script_of

AT = 1_800_000_000.0


def call(script: str = "answered", *, pace: float = 1.0) -> Placed:
    return Placed(
        call_sid="CA1",
        key="k",
        account="acme",
        to="+15555555678",
        caller_id="+15555551234",
        script_name=script,
        at=AT,
        pace=pace,
    )


def data(script: str, after: float, *, pace: float = 1.0) -> dict[str, Any]:
    return call(script, pace=pace).data(AT + after)


@pytest.mark.parametrize(
    ("after", "status"),
    [
        (0.0, "queued"),
        (0.19, "queued"),
        (0.2, "ringing"),
        (1.19, "ringing"),
        (1.2, "in-progress"),
        (4.1, "in-progress"),
        (4.2, "completed"),
        (99_999.0, "completed"),
    ],
)
def test_an_answered_call_rings_talks_and_completes(after: float, status: str) -> None:
    assert data("answered", after + 1e-6)["status"] == status


@pytest.mark.parametrize(
    ("script", "after", "status"),
    [("busy", 1.2, "busy"), ("no_answer", 2.2, "no-answer"), ("failed", 0.3, "failed")],
)
def test_a_call_that_is_not_answered_never_talks(script: str, after: float, status: str) -> None:
    before, then = data(script, after - 0.05), data(script, after + 1e-6)
    assert (before["status"], then["status"]) == ("ringing", status)
    assert (then["duration_seconds"], then["started_at"], then["summary"]) == (0, None, "")
    assert then["ended_at"] is not None


def test_the_pace_stretches_time_and_not_the_told_duration() -> None:
    assert data("answered", 0.41, pace=0.1)["status"] == "in-progress"
    over = data("answered", 0.43, pace=0.1)
    assert (over["status"], over["duration_seconds"]) == ("completed", 3)


def test_nothing_of_the_ending_is_told_before_it() -> None:
    talking = data("opted_out", 2.0)
    assert talking["duration_seconds"] == 0
    assert (talking["summary"], talking["opted_out"], talking["ended_at"]) == ("", False, None)
    assert talking["answered_by"] is None


@pytest.mark.parametrize(
    ("script", "field", "value"),
    [
        ("answered", "answered_by", "human"),
        ("voicemail", "answered_by", "machine"),
        ("escalated", "escalated", True),
        ("opted_out", "opted_out", True),
        ("answered", "escalated", False),
    ],
)
def test_the_ending_tells_how_it_went(script: str, field: str, value: object) -> None:
    assert data(script, 10)[field] == value


@pytest.mark.parametrize("script", SCRIPTS)
def test_every_script_moves_forward_to_one_ending(script: str) -> None:
    steps = SCRIPTS[script].steps()
    assert [at for at, _ in steps] == sorted(at for at, _ in steps)
    assert steps[0] == (0.0, "queued")
    assert steps[-1][1] == SCRIPTS[script].ending


def test_events_happen_in_order() -> None:
    told = [kind for _, kind in SCRIPTS["escalated"].happenings()]
    assert told == ["voice.call.started", "voice.call.escalated", "voice.call.completed"]


def test_a_jumbled_call_tells_its_ending_first_and_all_three_times() -> None:
    sent = [kind for _, kind in sorted(SCRIPTS["jumbled_events"].deliveries())]
    assert sent == ["voice.call.completed"] * 3 + ["voice.call.started"] * 3


def test_no_events_are_no_events() -> None:
    assert SCRIPTS["no_events"].deliveries() == ()


@pytest.mark.parametrize(
    ("number", "script"),
    [("+15555550001", "busy"), ("+4930123450110", "two_rows"), ("+15555555678", "answered")],
)
def test_the_last_four_digits_choose(number: str, script: str) -> None:
    assert script_of(number) == script


def test_a_script_is_found_by_name_and_by_digits() -> None:
    assert [script_named(name) for name in ("0101", "dropped")] == ["dropped", "dropped"]
    with pytest.raises(KeyError):
        script_named("9999")


def test_every_number_leads_to_a_script() -> None:
    assert set(BY_DIGITS.values()) <= set(SCRIPTS)
