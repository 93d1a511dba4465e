"""The words of a greeting: cleaned, filled in, and recognised to the character."""

import time
import unicodedata

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from calls.greetings.wording import (
    MAX_TEXT,
    Placeholder,
    UnusableText,
    clean,
    fill,
    fingerprint,
    names_in,
    read_placeholders,
    recognise,
)

NAME = Placeholder("first_name", "name", 40)
DAY = Placeholder("day", "date", 30)
HOUR = Placeholder("hour", "time", 10)
TEMPLATE = "Hi {first_name}, this is Acme. Your appointment is on {day} at {hour}."

# type, value, whether it may stand there
VALUES = [
    ("name", "Ann", True),
    ("name", "Anne-Marie O'Neill", True),
    ("name", "José", True),
    ("name", "Jose\u0301", True),  # the same, written with an accent of its own
    ("name", "प्रिया", True),
    ("name", "محمد", True),
    ("name", "李雷", True),
    ("name", "J. R.", True),
    ("name", "", False),
    ("name", "   ", False),
    ("name", "Ann!", False),
    ("name", "Ann, buy now", False),
    ("name", "5 Ann", False),
    ("name", "{first_name}", False),
    ("name", "<b>Ann</b>", False),
    ("name", "A" * 41, False),
    ("date", "2026-11-24", True),
    ("date", "24 November", True),
    ("date", "November 24, 2026", True),
    ("date", "Tuesday 24 November", True),
    ("date", "Tuesday, 24 November 2026", True),
    ("date", "tomorrow", False),
    ("date", "24/11/2026", False),
    ("time", "3 PM", True),
    ("time", "15:30", True),
    ("time", "3:30 p.m.", True),
    ("time", "noon", False),
    ("time", "3 PM sharp", False),
    ("amount", "$1,200.50", True),
    ("amount", "1200 EUR", True),
    ("amount", "€ 12", True),
    ("amount", "a lot", False),
    ("text", "Order #12/a (2 boxes)", True),
    ("text", "Call now!", False),
    ("text", "a{b}c", False),
    ("text", "line\nbreak", False),
]


@pytest.mark.parametrize(("kind", "value", "fits"), VALUES)
def test_what_a_placeholder_may_hold(kind: str, value: str, fits: bool) -> None:
    problem = Placeholder("gap", kind, 40).problem(value)
    assert (problem == "") is fits
    assert fits or "gap" in problem


FLAWS = [
    (Placeholder("gap", "text", 60), False),
    (Placeholder("gap", "banana", 60), True),
    (Placeholder("gap", "", 60), True),
    (Placeholder("gap", "text", 0), True),
    (Placeholder("gap", "text", -1), True),
    (Placeholder("gap", "text", 501), True),
]


@pytest.mark.parametrize(("placeholder", "flawed"), FLAWS)
def test_what_can_be_a_placeholder_at_all(placeholder: Placeholder, flawed: bool) -> None:
    assert bool(placeholder.flaw()) is flawed


def test_filling_in_gives_the_exact_words() -> None:
    values = {"first_name": "Ann", "day": "24 November", "hour": "3 PM"}
    assert fill(TEMPLATE, [NAME, DAY, HOUR], values) == (
        "Hi Ann, this is Acme. Your appointment is on 24 November at 3 PM."
    )


def test_a_value_may_stand_twice() -> None:
    assert fill("{first_name}? {first_name}!", [NAME], {"first_name": "Ann"}) == "Ann? Ann!"


def test_a_value_is_never_a_template() -> None:
    with pytest.raises(UnusableText, match="does not read as a text"):
        fill("{a} {b}", [Placeholder("a"), Placeholder("b")], {"a": "{b}", "b": "x"})


@pytest.mark.parametrize(("kind", "said"), [("amount", "an amount"), ("date", "a date")])
def test_what_does_not_fit_is_called_by_its_type_with_the_right_article(
    kind: str, said: str
) -> None:
    assert f"x does not read as {said}, such as" in Placeholder("x", kind).problem("?!")


MISFITS = [
    ({}, "Fill in first_name"),
    ({"first_name": ""}, "Fill in first_name"),
    ({"first_name": "Ann", "last_name": "Lee"}, "no placeholder called last_name"),
    ({"first_name": "A" * 41}, "longer than 40"),
    ({"first_name": "Ann\u202e"}, "does not read as a name"),
]


@pytest.mark.parametrize(("values", "why"), MISFITS)
def test_values_that_do_not_fit_are_named(values: dict[str, str], why: str) -> None:
    with pytest.raises(UnusableText, match=why):
        fill("Hi {first_name}.", [NAME], values)


def test_filled_in_words_are_no_longer_than_any_greeting() -> None:
    with pytest.raises(UnusableText, match="at most 500"):
        fill("x" * 480 + "{first_name}", [NAME], {"first_name": "A" * 30})


def test_spaces_around_a_value_are_not_spoken() -> None:
    assert fill("Hi {first_name}.", [NAME], {"first_name": "Ann "}) == "Hi Ann."


# text, template, placeholders, values or None
READINGS = [
    ("Hi Ann.", "Hi {first_name}.", [NAME], {"first_name": "Ann"}),
    ("Hi Ann. ", "Hi {first_name}.", [NAME], None),
    ("hi Ann.", "Hi {first_name}.", [NAME], None),
    ("Hi .", "Hi {first_name}.", [NAME], None),
    ("Hi Ann .", "Hi {first_name}.", [NAME], None),  # filling in never leaves such a space
    ("Hi Ann.", "Hi {first_name}!", [NAME], None),
    ("Hi Ann, you win.", "Hi {first_name}.", [NAME], None),
    ("Hi " + "A" * 41 + ".", "Hi {first_name}.", [NAME], None),
    ("Ann? Ann!", "{first_name}? {first_name}!", [NAME], {"first_name": "Ann"}),
    ("Ann? Bob!", "{first_name}? {first_name}!", [NAME], None),
    ("Hi.", "Hi.", [], {}),
    ("Hi!", "Hi.", [], None),
    (
        "Hi Ann, this is Acme. Your appointment is on 24 November at 3 PM.",
        TEMPLATE,
        [NAME, DAY, HOUR],
        {"first_name": "Ann", "day": "24 November", "hour": "3 PM"},
    ),
    (
        "Hi Ann, this is Acme. Your appointment is on a yacht at 3 PM.",
        TEMPLATE,
        [NAME, DAY, HOUR],
        None,
    ),
    # The words outside the gaps are text, never a pattern.
    ("aXb Ann", "a.b {first_name}", [NAME], None),
    ("(a|b)* Ann", "(a|b)* {first_name}", [NAME], {"first_name": "Ann"}),
]


@pytest.mark.parametrize(("text", "template", "gaps", "values"), READINGS)
def test_a_text_is_recognised_to_the_character(
    text: str, template: str, gaps: list[Placeholder], values: dict[str, str] | None
) -> None:
    assert recognise(text, template, gaps) == values


AMBIGUOUS = [
    ("x and y and z", "{a} and {b}"),  # is it "x and y", or "y and z"?
    ("abc", "{a}{b}"),
    ("1 2 3", "{a} {b}"),
    ("a-b-c-d", "{a}-{b}"),
]


@pytest.mark.parametrize(("text", "template"), AMBIGUOUS)
def test_two_readings_are_no_reading(text: str, template: str) -> None:
    assert recognise(text, template, [Placeholder("a"), Placeholder("b")]) is None


def test_recognising_takes_no_time_however_many_gaps() -> None:
    gaps = [Placeholder(f"gap{n}") for n in range(20)]
    template = " ".join(f"{{gap{n}}}" for n in range(20)) + "."
    start = time.perf_counter()
    assert recognise("a " * 250, template, gaps) is None
    assert time.perf_counter() - start < 0.1


words = st.text("abc ,.", min_size=1, max_size=12)
values = st.from_regex(r"[A-Z][a-z]{0,8}", fullmatch=True)


@given(words, words, words, values, values)
def test_what_is_filled_in_is_recognised_or_refused_as_ambiguous(
    before: str, between: str, after: str, one: str, two: str
) -> None:
    template = f"{before}{{a}}{between}{{b}}{after}".strip()
    gaps = [Placeholder("a", "name", 40), Placeholder("b", "name", 40)]
    text = fill(template, gaps, {"a": one, "b": two})
    assert recognise(text, template, gaps) in ({"a": one, "b": two}, None)


@given(st.text(max_size=30), words, words)
def test_only_what_could_have_been_filled_in_is_recognised(
    text: str, before: str, after: str
) -> None:
    template, gap = f"{before}{{a}}{after}", Placeholder("a", "text", 60)
    found = recognise(text, template, [gap])
    if found is not None:
        assert text == f"{before}{found['a']}{after}"
        assert gap.problem(found["a"]) == ""


HOSTILE = [
    "",
    "   ",
    "Hi\x00there",
    "Hi\nthere",
    "Hi\tthere",
    "Hi \u202eereht",  # right-to-left override
    "Hi \u2066there",
    "Hi \ud800 there",  # half of a character
    "Hi \ufdd0",  # never assigned
    "Hi \ue000",  # private use
    "Hi\u200bthere",  # zero width space
    "Hi\ufeff there",
    "Hi\u2028there",
    "Hi \U000e0049\U000e0047",  # tag characters: a machine reads them, nobody sees them
    "x" * (MAX_TEXT + 1),
    "Hi o" + "\u0301\u0323" * 4,  # more accents than any spelling needs
]

WELCOME = [
    "Hi, this is Acme.",
    "مرحبا، هذه شركة أكمي.",
    "שלום, זו אקמי.",
    "नमस्ते, यह एक्मे है।",
    "می\u200cخواهم",  # Persian needs its joiner
    "こんにちは、アクメです。",
    "Café",
    "5 < 6 & <break/> {{x}} {X}",  # nobody interprets it
    "x" * MAX_TEXT,
]


@pytest.mark.parametrize("text", HOSTILE)
def test_what_must_never_be_spoken(text: str) -> None:
    with pytest.raises(UnusableText):
        clean(text)


@pytest.mark.parametrize("text", WELCOME)
def test_every_script_is_welcome(text: str) -> None:
    assert clean(text) == unicodedata.normalize("NFC", text)


def test_an_invisible_character_is_named() -> None:
    with pytest.raises(UnusableText, match=r"U\+202E"):
        clean("abc\u202edef")


def test_two_spellings_of_one_word_are_one_text() -> None:
    assert clean("  Cafe\u0301 ") == clean("Café")


def test_normal_form_does_not_grow_past_the_limit() -> None:
    grows = "\U0001d160"  # one character that its normal form writes as three
    with pytest.raises(UnusableText, match="at most 500"):
        clean(grows * 200)


@given(st.text(max_size=60))
def test_cleaning_twice_changes_nothing(text: str) -> None:
    try:
        cleaned = clean(text)
    except UnusableText:
        assume(False)
    assert clean(cleaned) == cleaned


def test_names_are_listed_once_and_in_order() -> None:
    assert names_in("{b} {a} {b} {A} {1a} { a } {{c}}") == ["b", "a", "c"]


def test_placeholders_are_read_from_their_stored_form() -> None:
    rows = [{"name": "day", "type": "date", "max_length": 30}]
    assert read_placeholders(rows) == [DAY]


BOUND = {
    "text": "Hi",
    "placeholders": [NAME],
    "language": "en-US",
    "agent_key": "support",
    "purpose": "transactional",
}


@pytest.mark.parametrize(
    "change",
    [
        {"text": "Hi!"},
        {"placeholders": []},
        {"placeholders": [Placeholder("first_name", "text", 40)]},
        {"placeholders": [Placeholder("first_name", "name", 41)]},
        {"language": "en-GB"},
        {"agent_key": "sales"},
        {"purpose": "marketing"},
    ],
)
def test_an_approval_is_bound_to_every_part(change: dict[str, object]) -> None:
    assert fingerprint(**BOUND) != fingerprint(**BOUND | change)  # type: ignore[arg-type]
