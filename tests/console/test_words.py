"""Every state has a word, an icon and a tone, and the words say what is so."""

from datetime import UTC, datetime, timedelta

import pytest

from console.words import OUTCOMES, STATES, VERDICTS, word_for, word_for_call, word_for_verdict

NOW = datetime(2026, 11, 24, 14, 5, tzinfo=UTC)
TONES = {"go", "wait", "stop", "info", "odd", "mute"}
OF_A_CALL = """held queued dispatching placed ringing in_progress completed busy no_answer failed
    unknown needs_human refused rejected expired canceled""".split()


@pytest.mark.parametrize("state", OF_A_CALL)
def test_every_state_is_drawn(state: str) -> None:
    word = STATES[state]
    assert word.text and word.icon and word.meaning
    assert word.tone in TONES


def test_no_two_states_look_the_same() -> None:
    looks = [str(word.text) for word in STATES.values()]
    assert len(looks) == len(set(looks))


def test_queued_for_later_reads_scheduled() -> None:
    word = word_for_call(state="queued", now=NOW, due_at=NOW + timedelta(hours=1))
    assert word.text == "Scheduled"


def test_queued_and_due_reads_queued() -> None:
    assert word_for_call(state="queued", now=NOW, due_at=NOW).text == "Queued"
    assert word_for_call(state="queued", now=NOW, due_at=None).text == "Queued"


def test_only_queued_calls_read_scheduled() -> None:
    word = word_for_call(state="held", now=NOW, due_at=NOW + timedelta(hours=1))
    assert word.text == "Held"


@pytest.mark.parametrize(
    ("disposition", "said"),
    [
        ("", "Completed"),
        ("answered", "Completed"),
        ("voicemail", "Voicemail"),
        ("opted_out", "Opted out"),
    ],
)
def test_a_completed_call_says_who_answered(disposition: str, said: str) -> None:
    assert word_for_call(state="completed", now=NOW, disposition=disposition).text == said


def test_no_answer_is_not_failed() -> None:
    assert word_for("no_answer").tone == "mute"
    assert word_for("busy").tone == "mute"
    assert word_for("failed").tone == "stop"


def test_unknown_has_a_tone_of_its_own() -> None:
    odd = {state for state, word in STATES.items() if word.tone == "odd"}
    assert odd == {"unknown", "needs_human"}


def test_green_is_kept_for_go() -> None:
    green = {state for state, word in STATES.items() if word.tone == "go"}
    assert green == {"completed"}


def test_only_states_that_pass_by_themselves_are_live() -> None:
    live = {state for state, word in STATES.items() if word.live}
    assert live == {"queued", "dispatching", "placed", "ringing", "in_progress", "unknown"}


def test_a_state_nobody_drew_is_shown_by_its_name() -> None:
    word = word_for("left_hanging")
    assert (word.text, word.tone) == ("Left hanging", "mute")


@pytest.mark.parametrize(
    ("verdict", "tone"), [("pass", "go"), ("wait", "wait"), ("block", "stop"), ("nonsense", "stop")]
)
def test_a_verdict_nobody_knows_is_a_block(verdict: str, tone: str) -> None:
    assert word_for_verdict(verdict).tone == tone


def test_verdicts_differ_by_icon_too() -> None:
    assert len({word.icon for word in VERDICTS.values()}) == 3


def test_outcomes_are_told_in_the_order_of_the_chart() -> None:
    assert list(OUTCOMES) == [
        "reached",
        "voicemail",
        "no_answer",
        "busy",
        "failed",
        "refused",
        "unknown",
        "other",
    ]
