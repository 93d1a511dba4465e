"""What stops an approval, and what whoever decides should know: one table per rule."""

from typing import Any

import pytest

from calls.greetings.linter import ADVICE, STOPS, Finding, lint
from calls.greetings.phrases import MACHINE, OPT_OUT
from calls.greetings.wording import MAX_MARKS, Placeholder

FINE = "Hi, this is Acme calling about your appointment."


def found(text: str, **given: Any) -> list[Finding]:
    usual: dict[str, Any] = {
        "placeholders": [],
        "language": "en-US",
        "purpose": "transactional",
        "business_names": ["Acme"],
        "opt_out": False,
        "discloses_ai": False,
    }
    return lint(text, **usual | given)


def codes(text: str, **given: Any) -> list[str]:
    return [finding.code for finding in found(text, **given)]


def test_plain_words_that_name_the_business_are_fine() -> None:
    assert found(FINE) == []


# the words, the names of the business, whether one of them is named
NAMED = [
    (FINE, ["Acme"], True),
    ("ACME calling.", ["Acme"], True),
    ("Acme's delivery service.", ["Acme"], True),
    ("Here is Café Zoe.", ["Cafe Zoë"], True),
    ("Here is Cafe\u0301 Zoe.", ["Café Zoe"], True),
    ("Smith and Sons here.", ["Smith & Sons", "Smith and Sons"], True),
    ("Smith & Sons, Inc. here.", ["Smith & Sons Inc"], True),
    ("Straße 7 hier.", ["STRASSE 7"], True),
    ("Rhein Bank, the loans unit.", ["Acme", "Rhein Bank"], True),
    ("こんにちは、アクメです。", ["アクメ"], True),
    ("शुभ दिन, यह एक्मे है।", ["एक्मे"], True),
    ("مرحبا، هذه شركة أكمي.", ["أكمي"], True),
    ("This is Booking.com.", ["Booking.com"], True),
    ("See www.acme.com.", ["Acme"], False),
    ("See https://acme.com/x or write to acme@acme.com.", ["Acme"], False),
    ("<acme>Hi</acme>", ["Acme"], False),
    ("Hi, about your appointment.", ["Acme"], False),
    ("Acmeville calling.", ["Acme"], False),
    ("Hi from Smith. Sons of the brave.", ["Smith & Daughters"], False),
    ("Hi {acme}.", ["Acme"], False),
    ("Hi from Smith {a} Sons.", ["Smith Sons"], False),
    ("Hi from Асме.", ["Acme"], False),  # Cyrillic throughout
    ("Hi from 𝐀cme.", ["Acme"], False),  # a mathematical letter
    (FINE, [], False),
    (FINE, ["!!!", " "], False),
]


@pytest.mark.parametrize(("text", "names", "named"), NAMED)
def test_the_words_name_the_business(text: str, names: list[str], named: bool) -> None:
    assert ("business_not_named" not in codes(text, business_names=names)) is named


def test_the_name_to_say_is_in_the_sentence() -> None:
    (missing,) = found("Hi there.", business_names=["Acme", "Acme Bank"])
    assert missing.stops
    assert "“Acme” or “Acme Bank”" in missing.sentence


# language, the words, whether they offer an end
OFFERED = [
    ("en-US", "Say stop at any time.", True),
    ("en-GB", "To opt out, press nine.", True),
    ("en-US", "Tell us if you want NO MORE CALLS.", True),
    ("es-US", "Diga «alto» para terminar.", True),
    ("es-MX", "Puede darse de baja cuando quiera.", True),
    ("fr-FR", "Dites « arrêtez » à tout moment.", True),
    ("fr-CA", "Pour ne plus être appelée, dites-le.", True),
    ("de-DE", "Möchten Sie nicht mehr angerufen werden?", True),
    ("pt-BR", "Diga parar para não receber mais ligações.", True),
    ("en-US", "We never stop improving.", False),
    ("de-DE", "Say stop at any time.", False),
    ("es-US", "Le llamamos otra vez.", False),
    ("fr-FR", "Nous vous rappellerons.", False),
    ("pt-BR", "Ligamos de novo.", False),
]


@pytest.mark.parametrize(("language", "text", "offered"), OFFERED)
def test_marketing_offers_an_end(language: str, text: str, offered: bool) -> None:
    asked = codes(f"Acme. {text}", language=language, purpose="marketing")
    assert ("no_opt_out" not in asked) is offered


@pytest.mark.parametrize(
    ("purpose", "opt_out", "asked"),
    [
        ("transactional", False, False),
        ("", False, False),
        ("transactional", True, True),
        ("marketing", False, True),
    ],
)
def test_an_end_is_offered_where_it_is_asked_for(purpose: str, opt_out: bool, asked: bool) -> None:
    assert ("no_opt_out" in codes(FINE, purpose=purpose, opt_out=opt_out)) is asked


DISCLOSED = [
    ("en-GB", "This is the AI of Acme.", True),
    ("en-GB", "This is the virtual assistant of Acme.", True),
    ("de-DE", "Hier ist die KI-Assistentin von Acme.", True),
    ("de-DE", "Hier ist der virtuelle Assistent von Acme.", True),
    ("fr-FR", "Je suis l'assistante virtuelle d'Acme.", True),
    ("es-MX", "Soy el asistente automatizado de Acme.", True),
    ("pt-BR", "Sou a inteligência artificial da Acme.", True),
    ("en-GB", "This is Maria of Acme.", False),
    ("fr-FR", "J'ai des nouvelles d'Acme.", False),
    ("de-DE", "Hier ist Maria von Acme.", False),
]


@pytest.mark.parametrize(("language", "text", "disclosed"), DISCLOSED)
def test_a_machine_says_so_where_it_is_asked_for(language: str, text: str, disclosed: bool) -> None:
    asked = codes(text, language=language, discloses_ai=True)
    assert ("ai_not_disclosed" not in asked) is disclosed
    assert codes(text, language=language) == []


@pytest.mark.parametrize("language", ["pl-PL", "ja", ""])
def test_in_a_language_without_phrases_people_are_told_to_look(language: str) -> None:
    asked = found("Acme.", language=language, opt_out=True, discloses_ai=True)
    assert [f.code for f in asked] == ["no_opt_out_unchecked", "ai_not_disclosed_unchecked"]
    assert {f.level for f in asked} == {ADVICE}
    assert "Nobody can check this" in asked[0].sentence


def test_both_tables_have_the_same_languages() -> None:
    assert OPT_OUT.keys() == MACHINE.keys() == {"en", "es", "fr", "de", "pt"}


@pytest.mark.parametrize("table", [OPT_OUT, MACHINE], ids=["end", "machine"])
@pytest.mark.parametrize("language", OPT_OUT)
def test_every_phrase_finds_itself(table: dict[str, tuple[str, ...]], language: str) -> None:
    asked = {"opt_out": table is OPT_OUT, "discloses_ai": table is MACHINE}
    for phrase in table[language]:
        said = phrase.replace("*", "e")
        assert codes(f"Acme: {said.upper()}!", language=language, **asked) == [], phrase


# the words, the word that mixes
MIXED = [
    ("Acme, this is Аcme.", "Аcme"),  # a Cyrillic A
    ("Acme, your οrder.", "οrder"),  # a Greek omicron
    ("Acme, paypаl here.", "paypаl"),
]


@pytest.mark.parametrize(("text", "word"), MIXED)
def test_a_word_of_two_scripts_is_pointed_at(text: str, word: str) -> None:
    (mixed,) = found(text)
    assert (mixed.code, mixed.level) == ("mixed_scripts", STOPS)
    assert text[mixed.start : mixed.end] == word
    assert "Latin" in mixed.sentence


@pytest.mark.parametrize(
    "text",
    [
        "Acme и компания",
        "Acme-Кафе 24",
        "Acme αβγ",
        "Acme 5µm",
        "東京Acme",
        "Acme को",
        "Acmeの荷物",
    ],
)
def test_scripts_side_by_side_are_fine(text: str) -> None:
    assert "mixed_scripts" not in codes(text)


@pytest.mark.parametrize(("marks", "stops"), [(1, False), (4, False), (5, True), (MAX_MARKS, True)])
def test_piled_marks_stop(marks: int, stops: bool) -> None:
    assert ("piled_marks" in codes("Acme q" + "\u0323" * marks)) is stops


@pytest.mark.parametrize(
    "text", ["שָּׁלוֹם Acme", "Acme བསྒྲུབས", "Acme Tiếng Việt", "مُحَمَّدٌ Acme", "Acme น้ำ"]
)
def test_pointed_and_stacked_spellings_are_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize("text", ["Acme {{x}}", "Acme {% debug %}", "Acme {First}", "Acme }"])
def test_template_syntax_stops(text: str) -> None:
    (stray,) = found(text)
    assert (stray.code, stray.level) == ("stray_mark", STOPS)


# the words, the code, what it points at
ODD = [
    ("Acme at https://acme.example/x now", "link", "https://acme.example/x"),
    ("Acme at www.acme.example", "link", "www.acme.example"),
    ("Acme is acme.com", "link", "acme.com"),
    ("Acme, help@acme.com", "email_address", "help@acme.com"),
    ("Acme <break time='1s'/> here", "tag", "<break time='1s'/>"),
    ("<speak>Acme", "tag", "<speak>"),
    ("Acme &amp; you", "tag", "&amp;"),
    ("Hi [first name], Acme", "foreign_placeholder", "[first name]"),
    ("Acme for %name%", "foreign_placeholder", "%name%"),
    ("Acme for ${name}", "foreign_placeholder", "$"),
]


@pytest.mark.parametrize(("text", "code", "piece"), ODD)
def test_what_is_no_speech_is_advised_against(text: str, code: str, piece: str) -> None:
    (odd,) = found(text)
    assert (odd.code, odd.level, text[odd.start : odd.end]) == (code, ADVICE, piece)


@pytest.mark.parametrize("text", ["Acme: 5 < 6 and 7 > 2", "Acme. Come, 50% off", "Acme & you"])
def test_ordinary_signs_are_fine(text: str) -> None:
    assert codes(text) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("{a} Acme", ["placeholder_first"]),
        ("“{a}” Acme", ["placeholder_first"]),
        ("Acme {a}{b}", ["placeholders_touch"]),
        ("Acme {a}, {b}", ["placeholders_touch"]),
        ("{a}{b} Acme", ["placeholder_first", "placeholders_touch"]),
        ("Hi {a} of Acme, {b}", []),
    ],
)
def test_placeholders_need_words_between(text: str, expected: list[str]) -> None:
    assert codes(text) == expected


@pytest.mark.parametrize(
    ("characters", "gap", "expected"),
    [
        (300, 0, []),
        (301, 0, ["long"]),
        (250, 51, ["long"]),
        (250, 50, []),
        (450, 50, ["long"]),
        (450, 51, ["too_long_when_filled"]),
    ],
)
def test_long_at_its_longest(characters: int, gap: int, expected: list[str]) -> None:
    text = "Acme ".ljust(characters, "a") + ("{x}" if gap else "")
    assert codes(text, placeholders=[Placeholder("x", "text", gap)] if gap else []) == expected


def test_what_stops_comes_first() -> None:
    levels = [f.level for f in found("www.x.example <b> {{x}} Аcme", purpose="marketing")]
    assert levels == sorted(levels, key=[STOPS, ADVICE].index)
    assert {STOPS, ADVICE} == set(levels)


def test_every_sentence_is_one() -> None:
    text = (
        "{a}{b} {{x}} Аcmе www.x.example a@b.example <b> [name] " + "q" + "\u0323" * 5 + "x" * 400
    )
    for finding in found(text, purpose="marketing", discloses_ai=True):
        assert finding.sentence[0].isupper() or finding.sentence[0] in "“{"
        assert finding.sentence.endswith((".", "”."))
