"""The canary's share: always the same callees, about as many as was said, and only more of them."""

from hypothesis import given
from hypothesis import strategies as st

from calls.agents.canary import bucket, speaks_to

AGENT, OTHER = "ag_" + "1" * 32, "ag_" + "2" * 32
NUMBERS = st.from_regex(r"\+1[2-9][0-9]{9}", fullmatch=True)
SHARES = st.integers(0, 100)
THOUSANDS = [f"+1212{n:07d}" for n in range(5000)]


@given(share=SHARES, number=NUMBERS)
def test_the_answer_is_always_the_same(share: int, number: str) -> None:
    assert speaks_to(share, AGENT, number) is speaks_to(share, AGENT, number)


@given(less=SHARES, more=SHARES, number=NUMBERS)
def test_who_is_in_stays_in_while_the_share_grows(less: int, more: int, number: str) -> None:
    less, more = sorted((less, more))
    assert speaks_to(more, AGENT, number) or not speaks_to(less, AGENT, number)


@given(number=NUMBERS)
def test_nobody_at_nought_and_everybody_at_a_hundred(number: str) -> None:
    assert not speaks_to(0, AGENT, number)
    assert speaks_to(100, AGENT, number)


@given(number=NUMBERS)
def test_everybody_has_a_place_among_a_hundred(number: str) -> None:
    assert 0 <= bucket(AGENT, number) <= 99


def test_the_part_is_about_the_share() -> None:
    for share in (1, 5, 10, 25, 50, 75, 90):
        part = 100 * sum(speaks_to(share, AGENT, n) for n in THOUSANDS) / len(THOUSANDS)
        assert abs(part - share) < 2.5


def test_neighbouring_numbers_are_not_drawn_together() -> None:
    assert len({bucket(AGENT, number) for number in THOUSANDS[:300]}) > 80


def test_each_agent_draws_anew() -> None:
    both = [n for n in THOUSANDS if speaks_to(10, AGENT, n) and speaks_to(10, OTHER, n)]
    assert 20 < len(both) < 90  # a tenth of a tenth


def test_the_draw_never_changes() -> None:
    """A deploy that drew anew would let callees hear another voice from one call to the next."""
    assert [bucket(AGENT, number) for number in THOUSANDS[:3]] == [52, 82, 29]
