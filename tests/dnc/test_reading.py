"""What a line of a registry's file means."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.dnc.reading import Seen, read_chunks, read_line

ANN = "+12127365000"


@pytest.mark.parametrize(
    ("line", "number"),
    [
        ("+12127365000", ANN),
        (" +12127365000\r\n", ANN),
        ("\ufeff+12127365000", ANN),
        ("+1 (212) 736-5000", ANN),
        ("+1-212-736-5000", ANN),
        ("+1.212.736.5000", ANN),
        ("0012127365000", ANN),
        ("00 1 212 736 5000", ANN),
        ('"+1 212 736 5000","2026-01-01"', ANN),
        ("+12127365000;DE;x", ANN),
        ("+12127365000\tAnn", ANN),
        ("+44 20 7946 0000", "+442079460000"),
        ("+44 (0)20 7946 0000", "+442079460000"),
        ("+39 02 3661 8300", "+390236618300"),
        ("", ""),
        ("   \n", ""),
    ],
)
def test_a_number_in_any_spelling(line: str, number: str) -> None:
    assert read_line(line) == number


@pytest.mark.parametrize(
    "line",
    [
        "2127365000",  # +21… would be somebody else
        "12127365000",
        "212-736-5000",
        "number",
        "<html>",
        "+1212",
        "+1 212 736 50001",
        "+999 123456",
        "+1 212 SEATTLE",
        "+１２１２７３６５０００",
        ",+12127365000",
        "+" + "1" * 40,
        "=cmd()",
    ],
)
def test_what_names_nobody_for_sure_is_unreadable(line: str) -> None:
    assert read_line(line) is None


def test_lines_come_in_chunks_that_count_them_all() -> None:
    lines = [ANN, "", "junk", ANN, "+12127365001"]
    chunks = list(read_chunks(lines, size=3))
    assert [(c.numbers, c.lines, c.unreadable) for c in chunks] == [
        ([ANN], 3, 1),
        ([ANN, "+12127365001"], 2, 0),
    ]


@given(st.text(max_size=60))
def test_any_line_is_a_number_or_is_not(line: str) -> None:
    found = read_line(line)
    assert not found or (found.startswith("+") and found[1:].isascii() and found[1:].isdigit())


@given(st.lists(st.from_regex(r"\+[1-9][0-9]{6,14}", fullmatch=True)), st.data())
def test_what_was_seen_is_known_exactly(numbers: list[str], data: st.DataObject) -> None:
    seen, known = Seen(), data.draw(st.sets(st.sampled_from(numbers))) if numbers else set()
    seen.add(known)
    assert {number for number in numbers if number in seen} == known
    assert len(seen) == len(known)


def test_a_number_that_stands_twice_is_counted_once() -> None:
    seen = Seen()
    for chunk in ([ANN], [ANN, "+12127365001"]):
        seen.add(chunk)
    assert len(seen) == 2
