"""When we try again and when we ask again."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.dispatch import retry

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)

# tries so far, the carrier's Retry-After, the die, seconds until the next try
TRIES = [
    (1, None, 0.0, 0.0),
    (1, None, 0.5, 1.0),
    (2, None, 0.5, 2.0),
    (3, None, 0.5, 4.0),
    (8, None, 0.5, 128.0),
    (9, None, 0.5, 150.0),  # the cap
    (60, None, 0.5, 150.0),
    (1, 10.0, 0.0, 10.0),  # a floor, and jitter on top of it
    (1, 10.0, 0.5, 11.0),
    (1, 0.0, 0.5, 1.0),
]


@pytest.mark.parametrize(("tries", "retry_after", "die", "seconds"), TRIES)
def test_the_next_try(tries: int, retry_after: float | None, die: float, seconds: float) -> None:
    at = retry.next_try(now=NOW, tries=tries, retry_after=retry_after, random=die)
    assert (at - NOW).total_seconds() == pytest.approx(seconds)


@given(
    st.integers(1, 2000),
    st.none() | st.floats(0, 86400),
    st.floats(0, 1, exclude_max=True),
)
def test_a_try_comes_neither_before_it_is_welcome_nor_for_ever_later(
    tries: int, retry_after: float | None, die: float
) -> None:
    wait = retry.next_try(now=NOW, tries=tries, retry_after=retry_after, random=die) - NOW
    floor = timedelta(seconds=retry_after or 0)
    assert floor <= wait <= floor + timedelta(seconds=300)


# seconds since the request, sandbox, seconds until the next look
LOOKS = [
    (0, False, 30),
    (29, False, 1),
    (30, False, 90),
    (120, False, 480),
    (600, False, 3000),
    (3600, False, 3600),
    (47 * 3600, False, 3600),
    (48 * 3600, False, 3600),
    (48 * 3600 + 1, False, 86400),
    (40 * 24 * 3600, False, 86400),
    (0, True, 2),
    (2, True, 2),
    (4, True, 3),
    (50, True, 60),
    (48 * 3600 + 1, True, 86400),
]


@pytest.mark.parametrize(("age", "is_sandbox", "seconds"), LOOKS)
def test_the_next_look(age: int, is_sandbox: bool, seconds: int) -> None:
    asked_at = NOW - timedelta(seconds=age)
    at = retry.next_check(asked_at=asked_at, now=NOW, is_sandbox=is_sandbox)
    assert at == NOW + timedelta(seconds=seconds)


@given(st.integers(0, 90 * 24 * 3600), st.booleans())
def test_the_next_look_is_always_later(age: int, is_sandbox: bool) -> None:
    asked_at = NOW - timedelta(seconds=age)
    at = retry.next_check(asked_at=asked_at, now=NOW, is_sandbox=is_sandbox)
    assert at > NOW


def test_a_log_is_looked_at_more_than_once_before_absence_means_anything() -> None:
    for is_sandbox in (True, False):
        looks, at = 0, NOW
        while at < NOW + retry.window(longest_lag=0, is_sandbox=is_sandbox):
            at = retry.next_check(asked_at=NOW, now=at, is_sandbox=is_sandbox)
            looks += 1
        assert looks >= 3


# the longest a log took to show a call, seconds; how long absence then proves nothing
WINDOWS = [
    (0, 600, 20),
    (15, 600, 20),
    (420, 600, 420),
    (421, 601, 421),  # 421 s of lag, a minute to accept, a minute of ours, two clocks of 30 s
    (480, 660, 480),
    (7200, 7380, 7200),
]


@pytest.mark.parametrize(("lag", "real", "sandbox"), WINDOWS)
def test_a_log_gets_ten_minutes_or_what_it_needs(lag: float, real: int, sandbox: int) -> None:
    assert retry.window(longest_lag=lag, is_sandbox=False) == timedelta(seconds=real)
    assert retry.window(longest_lag=lag, is_sandbox=True) == timedelta(seconds=sandbox)
