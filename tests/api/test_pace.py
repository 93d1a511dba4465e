"""How many requests fit a minute, who is refused, and when they may come back. No clock, no database."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.api.pace import ADDRESS, KEY, MINUTE, SPREAD, TENANT, Share, judge, neighbourhood

SHOP = Share(KEY, "ak_1", 5)
ACME = Share(TENANT, "tn_1", 8)
AT = 1_800_000_000.0
seconds = st.floats(1.7e9, 1.9e9)
names = st.text(max_size=20)


@pytest.mark.parametrize(
    ("taken", "limit", "remaining"),
    [((0, 0), 5, 4), ((3, 3), 5, 1), ((4, 4), 5, 0), ((1, 7), 8, 0), ((2, 6), 8, 1)],
)
def test_the_headers(taken: tuple[int, int], limit: int, remaining: int) -> None:
    found = judge([SHOP, ACME], taken, at=AT, jitter=0)
    assert (found.limit, found.remaining, found.refusal) == (limit, remaining, None)


@pytest.mark.parametrize(
    ("taken", "per"), [((5, 5), KEY), ((1, 8), TENANT), ((9, 0), KEY), ((0, 99), TENANT)]
)
def test_a_full_share_refuses(taken: tuple[int, int], per: str) -> None:
    found = judge([SHOP, ACME], taken, at=AT, jitter=0)
    assert found.refusal
    assert (found.remaining, found.refusal.details["per"]) == (0, per)
    assert (found.refusal.status, found.refusal.code) == (429, "rate_limited")


def test_of_two_full_shares_the_later_end_is_told() -> None:
    found = judge([SHOP, ACME], [5, 8], at=AT, jitter=0)
    assert found.refusal
    later = max(SHOP.left(AT), ACME.left(AT))
    assert found.refusal.retry_after - 1 < later <= found.refusal.retry_after


@given(at=seconds, jitter=st.floats(0, 1, exclude_max=True), name=names)
def test_whoever_waits_as_told_comes_into_a_new_minute(at: float, jitter: float, name: str) -> None:
    share = Share(ADDRESS, name, 1)
    found = judge([share], [1], at=at, jitter=jitter)
    assert found.refusal
    after = found.refusal.retry_after
    assert 1 <= after <= MINUTE + SPREAD
    assert share.counter(at + after) != share.counter(at)


@given(at=seconds, name=names)
def test_a_minute_has_one_counter(at: float, name: str) -> None:
    share = Share(KEY, name, 1)
    begin = at - (MINUTE - share.left(at))
    inside = {share.counter(begin + second) for second in (0.01, 20, 59.9)}
    assert inside == {share.counter(at)}
    assert 0 < share.left(at) <= MINUTE


def test_those_refused_at_once_come_back_at_different_seconds() -> None:
    refusals = [judge([SHOP], [5], at=AT, jitter=n / 100).refusal for n in range(100)]
    times = [refusal.retry_after for refusal in refusals if refusal]
    assert len(set(times)) == SPREAD
    assert max(times.count(second) for second in set(times)) <= 8


def test_minutes_of_different_subjects_begin_at_different_seconds() -> None:
    begins = {round(Share(KEY, f"ak_{n}", 1).left(AT)) for n in range(200)}
    assert len(begins) > 45


@pytest.mark.parametrize(
    ("address", "whom"),
    [
        ("203.0.113.7", "203.0.113.7"),
        ("::ffff:203.0.113.7", "203.0.113.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2:ffff::1", "2001:db8:1:2::/64"),
        ("2001:db8:1:3::1", "2001:db8:1:3::/64"),
        ("", "unknown"),
        ("not an address", "unknown"),
    ],
)
def test_whom_an_address_stands_for(address: str, whom: str) -> None:
    assert neighbourhood(address) == whom
