"""The word diff: both sides stay exact, and only what changed is marked."""

from hypothesis import given
from hypothesis import strategies as st

from console.wording_diff import GONE, NEW, SAME, Piece, compare


def kinds(pieces: list[Piece], kind: str) -> list[str]:
    return [piece.text for piece in pieces if piece.kind == kind]


def test_the_same_words_are_one_piece() -> None:
    before, after = compare("Hi, this is Acme.", "Hi, this is Acme.")
    assert before == after == [Piece("Hi, this is Acme.", SAME)]


def test_a_new_word_is_marked_on_its_side_only() -> None:
    before, after = compare("your order", "your new order")
    assert kinds(before, GONE) == []
    assert kinds(after, NEW) == ["new "]


def test_a_replaced_word_is_marked_on_both_sides() -> None:
    before, after = compare("See you Monday.", "See you Friday.")
    assert (kinds(before, GONE), kinds(after, NEW)) == (["Monday"], ["Friday"])


def test_neighbouring_changes_are_one_stretch() -> None:
    before, after = compare("It was a red fox", "It was one blue fox")
    assert (kinds(before, GONE), kinds(after, NEW)) == (["a red"], ["one blue"])


def test_a_placeholder_is_one_word() -> None:
    before, after = compare("Hi {first_name}.", "Hi {last_name}.")
    assert (kinds(before, GONE), kinds(after, NEW)) == (["{first_name}"], ["{last_name}"])


def test_punctuation_counts() -> None:
    _, after = compare("Hello.", "Hello!")
    assert kinds(after, NEW) == ["!"]


def test_a_change_of_spaces_is_seen() -> None:
    before, after = compare("a b", "a  b")
    assert kinds(after, NEW) == ["  "] or kinds(before, GONE) == [" "]


def test_nothing_before_means_all_is_new() -> None:
    assert compare("", "Hi") == ([], [Piece("Hi", NEW)])


@given(st.text("ab {}.\n", max_size=30), st.text("ab {}.\n", max_size=30))
def test_each_side_is_its_text_to_the_character(before: str, after: str) -> None:
    left, right = compare(before, after)
    assert "".join(piece.text for piece in left) == before
    assert "".join(piece.text for piece in right) == after
