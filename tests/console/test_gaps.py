"""Placeholders on screens: types guessed from names, and values as long as they may get."""

import pytest

from calls.greetings.wording import DEFAULT_LENGTHS, Placeholder, fill
from console import gaps


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("first_name", "name"),
        ("doctor", "name"),
        ("day", "date"),
        ("birth_date", "date"),
        ("hour", "time"),
        ("appointment_time", "time"),
        ("amount", "amount"),
        ("total_price", "amount"),
        ("order", "text"),
        ("x", "text"),
    ],
)
def test_a_name_suggests_a_type(name: str, kind: str) -> None:
    assert gaps.guess(name) == Placeholder(name, kind, DEFAULT_LENGTHS[kind])


def test_every_type_can_be_chosen() -> None:
    assert {kind for kind, _ in gaps.TYPES} == set(DEFAULT_LENGTHS)


@pytest.mark.parametrize("kind", DEFAULT_LENGTHS)
def test_the_longest_value_is_one_the_gate_would_let_through(kind: str) -> None:
    placeholder = Placeholder("x", kind, DEFAULT_LENGTHS[kind])
    assert placeholder.problem(gaps.longest_value(placeholder)) == ""


@pytest.mark.parametrize("length", [1, 7, 60, 120])
def test_free_text_fills_its_room(length: int) -> None:
    value = gaps.longest_value(Placeholder("x", "text", length))
    assert length - 2 <= len(value) <= length


def test_the_longest_text_is_the_words_filled_in() -> None:
    placeholders = [Placeholder("first_name", "name", 12), Placeholder("day", "date", 30)]
    text = "Hi {first_name}, see you on {day}."
    longest = gaps.at_its_longest(text, placeholders)
    values = {p.name: gaps.longest_value(p) for p in placeholders}
    assert "".join(piece.text for piece in longest.pieces) == fill(text, placeholders, values)


def test_filled_gaps_name_their_placeholder() -> None:
    longest = gaps.at_its_longest("Hi {who}!", [Placeholder("who", "name", 5)])
    assert [(p.text, p.gap) for p in longest.pieces] == [("Hi ", ""), ("Maxim", "who"), ("!", "")]


def test_words_without_gaps_are_themselves() -> None:
    longest = gaps.at_its_longest("Hi, this is Acme.", [])
    assert [piece.text for piece in longest.pieces] == ["Hi, this is Acme."]
    assert (longest.characters, longest.seconds) == (17, 1)


def test_speaking_time_grows_with_the_words() -> None:
    assert gaps.at_its_longest("a" * 300, []).seconds == 20
