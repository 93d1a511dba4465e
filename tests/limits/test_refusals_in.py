"""Leading calls past a cap: how many it would have refused."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.limits.counting import Cap, next_free, refusals_in

BEGIN = datetime(2026, 11, 3, tzinfo=UTC)
TWO_A_MINUTE = Cap("callee", 2, 60)


def at(*seconds: int, key: str = "a") -> list[tuple[str, datetime]]:
    return [(key, BEGIN + timedelta(seconds=second)) for second in seconds]


@pytest.mark.parametrize(
    ("seconds", "refused"),
    [
        ((), 0),
        ((0, 1), 0),
        ((0, 1, 2), 1),
        ((0, 1, 2, 3), 2),
        ((0, 1, 60), 0),
        ((0, 30, 59, 60), 1),
    ],
)
def test_how_many_are_refused(seconds: tuple[int, ...], refused: int) -> None:
    assert refusals_in(at(*seconds), TWO_A_MINUTE) == refused


def test_each_is_counted_for_itself() -> None:
    calls = sorted(at(0, 1, 2) + at(0, 1, key="b"), key=lambda call: call[1])
    assert refusals_in(calls, TWO_A_MINUTE) == 1


@given(st.lists(st.integers(0, 300), max_size=40), st.integers(1, 4), st.integers(1, 90))
def test_it_agrees_with_asking_one_by_one(seconds: list[int], most: int, window: int) -> None:
    cap, accepted = Cap("callee", most, window), list[datetime]()
    times = [when for _, when in at(*sorted(seconds))]
    for when in times:
        if next_free(accepted[::-1], cap, when) is None:
            accepted.append(when)
    assert refusals_in((("a", when) for when in times), cap) == len(times) - len(accepted)
