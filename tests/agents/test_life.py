"""From draft to retired and back: which state may follow which."""

import pytest

from calls.agents import life

# From each state in the order of a life, to: draft, staged, published, retired.
TABLE = {
    "draft": (False, True, False, True),
    "staged": (False, False, True, True),
    "published": (False, False, False, True),
    "retired": (False, False, True, False),
}


@pytest.mark.parametrize("before", TABLE)
def test_what_may_follow(before: str) -> None:
    assert tuple(life.may_follow(before, after) for after in life.STATES) == TABLE[before]


@pytest.mark.parametrize("before", TABLE)
def test_a_sandbox_may_publish_a_draft_at_once(before: str) -> None:
    found = tuple(life.may_follow(before, after, is_sandbox=True) for after in life.STATES)
    draft = before == "draft"
    assert found == (*TABLE[before][:2], draft or TABLE[before][2], TABLE[before][3])


@pytest.mark.parametrize(
    ("state", "was_published", "may"),
    [
        ("retired", True, True),
        ("retired", False, False),
        ("published", True, False),
        ("staged", False, False),
        ("draft", False, False),
    ],
)
def test_one_rolls_back_to_what_was_in_use(state: str, was_published: bool, may: bool) -> None:
    assert life.may_return(state, was_published=was_published) is may
