"""What is wrong with these words, before anybody decides on them? Pure.

What *stops* makes words unfit for approval; *advice* is for the judgement of whoever decides. The
linter reads no meaning: it finds that something is missing or looks odd, and people do the rest.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from calls.greetings import wording
from calls.greetings.phrases import MACHINE, OPT_OUT
from calls.greetings.wording import Placeholder

STOPS, ADVICE = "stops", "advice"
MARKETING = "marketing"
# Marks on one letter of any living spelling; `wording.clean` refuses far more than that.
MOST_MARKS = 4
LONGEST_SECONDS = 20
# Scripts whose letters look alike; within one word they are never mixed by accident.
_LOOK_ALIKE = ("LATIN", "CYRILLIC", "GREEK", "COPTIC", "ARMENIAN", "CHEROKEE")
# Scripts written without spaces, where a name stands inside a longer run of letters.
_NO_SPACES = ("CJK", "HIRAGANA", "KATAKANA", "THAI", "LAO", "KHMER", "MYANMAR")

# A name inside an address or a tag names nobody; "acme.com" alone is how some businesses are called.
_NOT_SPEECH = re.compile(r"(?:https?://|www\.)\S+|[\w.+-]+@\S+|</?[A-Za-z!][^<>]*>")
_WORD = re.compile(r"[^\W\d_]+")
_ODD: tuple[tuple[str, re.Pattern[str], str], ...] = (
    (
        "link",
        re.compile(
            r"(?:https?://|www\.)\S+|(?<![@\w.-])[\w-]+\.(?:com|org|net|io|eu|de|fr|es|uk|us|ca)\b"
        ),
        "A link is read aloud letter by letter. Say where to find you instead.",
    ),
    (
        "email_address",
        re.compile(r"[\w.+-]+@[\w-]+\.\w+"),
        "An e-mail address is read aloud as it stands. Offer it in writing instead.",
    ),
    (
        "tag",
        re.compile(r"</?[A-Za-z!][^<>]*>|&#?\w+;"),
        "Tags are not obeyed: they are read aloud as they stand. Remove them.",
    ),
    (
        "foreign_placeholder",
        re.compile(r"\[[A-Za-z_ ]+\]|%\w+%|\$(?=\{)"),
        "This looks like a placeholder of another program. Write {first_name}.",
    ),
)


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing about the words; `start` and `end` say where, both 0 when it is the whole text."""

    code: str
    level: str
    sentence: str
    start: int = 0
    end: int = 0

    @property
    def stops(self) -> bool:
        """Whether words with this finding cannot be approved."""
        return self.level == STOPS


@dataclass(frozen=True, slots=True)
class Words:
    """The words with everything a rule may look at."""

    text: str
    placeholders: Sequence[Placeholder]
    language: str
    purpose: str
    business_names: Sequence[str]
    opt_out: bool
    discloses_ai: bool

    @property
    def said(self) -> list[str]:
        """The words without case and accents; a placeholder is `{`."""
        return wording.plain_words(self.text)


def lint(
    text: str,
    *,
    placeholders: Sequence[Placeholder],
    language: str,
    purpose: str,
    business_names: Sequence[str],
    opt_out: bool,
    discloses_ai: bool,
) -> list[Finding]:
    """Everything to know about the words before they are approved, what stops them first."""
    names = [name for name in business_names if name.strip()]
    words = Words(text, placeholders, language, purpose, names, opt_out, discloses_ai)
    found = [finding for rule in RULES for finding in rule(words)]
    return sorted(found, key=lambda finding: not finding.stops)


def unmet_duties(text: str, *, language: str, opt_out: bool, discloses_ai: bool) -> list[Finding]:
    """What the law of one call asks of words that were approved already, and they do not say."""
    words = Words(text, (), language, "", (), opt_out, discloses_ai)
    return [found for duty in DUTIES for found in duty(words) if found.stops]


def names_the_business(words: Words) -> Iterator[Finding]:
    """Whoever is called hears who calls (RELIABILITY R5.9); a value filled in later does not count."""
    if any(_names(name, words) for name in words.business_names):
        return
    wanted = " or ".join(f"“{name}”" for name in words.business_names) or "the business"
    yield Finding("business_not_named", STOPS, f"Say who is calling: the words must name {wanted}.")


def offers_an_end(words: Words) -> Iterator[Finding]:
    """Marketing, and calls where the rule asks for it, say how to get no more of them."""
    if words.opt_out or words.purpose == MARKETING:
        yield from _asked_for(
            words,
            OPT_OUT,
            Finding(
                "no_opt_out",
                STOPS,
                "Say how to get no more calls, for example “say stop to end our calls”.",
            ),
        )


def tells_of_the_machine(words: Words) -> Iterator[Finding]:
    """Where the rule asks for it, a machine says that it is one."""
    if words.discloses_ai:
        yield from _asked_for(
            words,
            MACHINE,
            Finding(
                "ai_not_disclosed",
                STOPS,
                "Say that a machine speaks, for example “this is the virtual assistant of …”.",
            ),
        )


def mixes_no_scripts(words: Words) -> Iterator[Finding]:
    """A letter of another alphabet inside a word looks right and is not."""
    for word in _WORD.finditer(words.text):
        if len(scripts := {s for c in word[0] if (s := _script(c)) in _LOOK_ALIKE}) > 1:
            mixed = " and ".join(sorted(script.title() for script in scripts))
            sentence = f"“{word[0]}” mixes {mixed} letters that look alike. Type it again."
            yield Finding("mixed_scripts", STOPS, sentence, word.start(), word.end())


def piles_no_marks(words: Words) -> Iterator[Finding]:
    """More accents than any spelling needs hide what a letter is."""
    if (most := wording.most_marks(words.text)) > MOST_MARKS:
        sentence = f"One letter carries {most} accents. Type it again without them."
        yield Finding("piled_marks", STOPS, sentence)


def leaves_no_stray_mark(words: Words) -> Iterator[Finding]:
    """A brace that is no placeholder would be spoken as it stands."""
    if stray := wording.stray_mark(words.text):
        yield Finding("stray_mark", STOPS, stray)


def holds_only_words(words: Words) -> Iterator[Finding]:
    """Links, addresses and tags are not speech."""
    for code, pattern, sentence in _ODD:
        for found in pattern.finditer(words.text):
            yield Finding(code, ADVICE, sentence, found.start(), found.end())


def spaces_its_placeholders(words: Words) -> Iterator[Finding]:
    """Fixed words before and between placeholders make a filled-in text readable in one way only."""
    before = 0
    for start, end, name in wording.marks_in(words.text):
        if not wording.plain_words(words.text[before:start]):
            code = "placeholders_touch" if before else "placeholder_first"
            place = "right after another placeholder" if before else "at the very start"
            sentence = f"{{{name}}} stands {place}. Put fixed words before it."
            yield Finding(code, ADVICE, sentence, start, end)
        before = end


def is_short_enough(words: Words) -> Iterator[Finding]:
    """People hang up on a long opening; and what grows past the limit cannot be said at all."""
    longest = wording.longest_length(words.text, words.placeholders)
    if longest > wording.MAX_TEXT:
        yield Finding(
            "too_long_when_filled",
            ADVICE,
            f"Filled in, these words may have {longest} characters; calls with more than"
            f" {wording.MAX_TEXT} are refused. Shorten the words or the placeholders.",
        )
    elif longest > LONGEST_SECONDS * wording.CHARACTERS_A_SECOND:
        sentence = f"At its longest this takes over {LONGEST_SECONDS} seconds to say. Shorten it."
        yield Finding("long", ADVICE, sentence)


RULES: tuple[Callable[[Words], Iterable[Finding]], ...] = (
    names_the_business,
    offers_an_end,
    tells_of_the_machine,
    mixes_no_scripts,
    piles_no_marks,
    leaves_no_stray_mark,
    holds_only_words,
    spaces_its_placeholders,
    is_short_enough,
)

# What some places ask for and others do not.
DUTIES = (offers_an_end, tells_of_the_machine)


def _asked_for(
    words: Words, table: Mapping[str, Sequence[str]], missing: Finding
) -> Iterator[Finding]:
    """What was asked for is missing; or nobody can tell, because the language has no phrases."""
    phrases = table.get(words.language.partition("-")[0].casefold())
    if phrases is None:
        sentence = f"Nobody can check this in {words.language or 'this language'} by machine."
        yield Finding(f"{missing.code}_unchecked", ADVICE, f"{sentence} {missing.sentence}")
    elif not any(_says(phrase.split(), words.said) for phrase in phrases):
        yield missing


def _names(name: str, words: Words) -> bool:
    wanted = wording.plain_words(name.replace("{", " "))
    said = wording.plain_words(_NOT_SPEECH.sub("{", words.text))
    if any(_script(letter) in _NO_SPACES for letter in name):
        return "".join(wanted) in "".join(said)
    return bool(wanted) and _says(wanted, said)


def _says(phrase: Sequence[str], said: Sequence[str]) -> bool:
    """Whether these words stand in the text side by side."""
    lengths = range(len(said) - len(phrase) + 1)
    return any(all(map(_same, phrase, said[start : start + len(phrase)])) for start in lengths)


def _same(wanted: str, word: str) -> bool:
    if wanted.endswith("*"):
        return word.startswith(wanted[:-1])
    return wanted == word


def _script(letter: str) -> str:
    """The first word of a letter's name says its script: LATIN, CYRILLIC, …"""
    return unicodedata.name(letter, "").partition(" ")[0]
