"""When a carrier counts as broken, and how long it is left alone. Pure."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.carriers.base import Evidence
from calls.dispatch import health

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)
EVIDENCE = st.sampled_from([e.value for e in Evidence])

# the last requests, newest first; whether the breaker opens
OUTCOMES = [
    ([], False),
    (["E5"] * 4, False),  # too few to mean anything
    (["E5"] * 5, True),
    (["E0"] * 5, True),
    (["E0", "E5", "E0", "E5", "E0"], True),
    (["E1"] * 20, False),  # wrong requests are ours, and the carrier answered each
    (["E2"] * 20, False),
    (["E3"] * 20, False),  # throttled is an answer
    (["E4"] * 20, False),
    (["E6"] * 20, False),
    (["E5"] * 5 + ["E4"] * 5, True),  # half of them
    (["E5"] * 5 + ["E4"] * 6, False),
    (["E4"] * 10 + ["E5"] * 10, True),
    (["E4"] * 11 + ["E5"] * 9, False),
    (["E5"] * 4 + ["E4"] * 4, False),
]


@pytest.mark.parametrize(("outcomes", "broken"), OUTCOMES)
def test_when_a_breaker_opens(outcomes: list[str], broken: bool) -> None:
    assert health.is_broken(outcomes) is broken


@given(st.lists(EVIDENCE, max_size=health.LAST), st.randoms())
def test_the_order_of_answers_does_not_matter(outcomes: list[str], random: object) -> None:
    assert health.is_broken(outcomes) is health.is_broken(sorted(outcomes))


@given(st.lists(EVIDENCE, max_size=health.LAST))
def test_an_open_breaker_had_five_failures_and_half_of_all(outcomes: list[str]) -> None:
    failed = sum(outcome in ("E0", "E5") for outcome in outcomes)
    assert health.is_broken(outcomes) is (failed >= 5 and 2 * failed >= len(outcomes))


@given(st.lists(EVIDENCE, max_size=health.LAST))
def test_one_more_good_answer_never_opens_it(outcomes: list[str]) -> None:
    if not health.is_broken(outcomes):
        assert not health.is_broken(["E4", *outcomes][: health.LAST])


# breakdowns in a row, seconds of rest
RESTS = [(1, 10), (2, 20), (3, 40), (5, 160), (6, 300), (200, 300)]


@pytest.mark.parametrize(("breaks", "seconds"), RESTS)
def test_each_time_it_did_not_last_the_rest_is_longer(breaks: int, seconds: int) -> None:
    assert health.rest(breaks) == timedelta(seconds=seconds)


# breakdowns so far, minutes since it was well again, this one's number
ROWS = [(0, None, 1), (1, 0, 2), (1, 10, 2), (1, 11, 1), (7, 3, 8), (7, 60, 1)]


@pytest.mark.parametrize(("breaks", "minutes", "number"), ROWS)
def test_a_carrier_that_was_well_for_ten_minutes_begins_anew(
    breaks: int, minutes: int | None, number: int
) -> None:
    mended = None if minutes is None else NOW - timedelta(minutes=minutes)
    assert health.breaks_in_a_row(breaks=breaks, mended_at=mended, now=NOW) == number
