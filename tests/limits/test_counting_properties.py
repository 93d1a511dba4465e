"""Any cap, any day: whoever waits for `next_free` never breaks it, and never waits longer than needed."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from calls.limits.counting import Cap, free_after, next_free

BEGIN = datetime(2026, 11, 3, tzinfo=UTC)
SECOND = timedelta(seconds=1)


@st.composite
def any_cap(draw: st.DrawFn) -> Cap:
    """A small cap, so that it is met often; gaps up to the window."""
    window = draw(st.integers(1, 50))
    return Cap("callee", draw(st.integers(1, 5)), window, draw(st.integers(0, window)))


# Somebody asks again and again: so many seconds after the last time.
pauses = st.lists(st.integers(0, 40), min_size=1, max_size=25)


def keeps(cap: Cap, times: list[datetime]) -> bool:
    """The plain reading: count every window that begins with a call, and look at every gap."""
    window, gap = timedelta(seconds=cap.window_seconds), timedelta(seconds=cap.min_gap_seconds)
    crowds = [sum(start <= t < start + window for t in times) for start in times]
    gaps = [b - a for a, b in pairwise(times)]
    return max(crowds) <= cap.most and all(found >= gap for found in gaps)


def patient(cap: Cap, asks: list[int]) -> list[tuple[datetime, datetime]]:
    """When somebody asked, and when they called, each time waiting for the next free instant."""
    calls: list[tuple[datetime, datetime]] = []
    asked = BEGIN
    for wait in asks:
        asked = max([asked, *(called for _, called in calls)]) + wait * SECOND
        history = sorted((called for _, called in calls), reverse=True)
        calls.append((asked, next_free(history, cap, asked) or asked))
    return calls


@given(any_cap(), pauses)
def test_whoever_waits_never_breaks_the_cap(cap: Cap, asks: list[int]) -> None:
    assert keeps(cap, [called for _, called in patient(cap, asks)])


@given(any_cap(), pauses)
def test_nobody_waits_longer_than_needed(cap: Cap, asks: list[int]) -> None:
    calls = patient(cap, asks)
    before, (asked, called) = [at for _, at in calls[:-1]], calls[-1]
    for second in range(int((called - asked).total_seconds())):
        assert not keeps(cap, [*before, asked + second * SECOND])


@given(any_cap(), pauses)
def test_what_it_names_is_free(cap: Cap, asks: list[int]) -> None:
    history = [called for _, called in patient(cap, asks)][::-1]
    free = next_free(history, cap, history[0])
    assert free is None or next_free(history, cap, free) is None


@given(any_cap(), pauses)
def test_two_instants_say_as_much_as_all_of_them(cap: Cap, asks: list[int]) -> None:
    history = [called for _, called in patient(cap, asks)][::-1]
    nth = history[cap.most - 1] if len(history) >= cap.most else None
    at = history[0] + SECOND
    assert free_after(history[0], nth, cap, at) == next_free(history[: cap.most], cap, at)
