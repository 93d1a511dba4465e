"""The orders a call carries: the approved words byte for byte, and whose call it is."""

from dataclasses import replace
from xml.etree import ElementTree

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calls.carriers.base import CallRequest
from calls.carriers.twiml import LONGEST, Unspeakable, length, write
from tests.carriers.world import request

STREAM = "wss://agents.example/media"
ASKED = replace(request("+15555555678"), media_url=STREAM, call_id="CA01", attempt=1)


def orders(greeting: str = "Hi", **changes: str) -> ElementTree.Element:
    """The orders, read back by a parser."""
    return ElementTree.fromstring(write(replace(ASKED, greeting=greeting, **changes)))


def words(greeting: str) -> str:
    """What is spoken."""
    said = orders(greeting).find("Say")
    assert said is not None
    return said.text or ""


@pytest.mark.parametrize(
    "greeting",
    [
        "Hi, this is Acme calling about your appointment.",
        "Marks & Spencer's \"offer\" <50 % off> — it's on!",
        "&amp; &lt;Say&gt; &#10; stay as they are",
        "</Say><Dial>+15555550199</Dial><Say>",
        "<![CDATA[ ]]> <!-- --> <?php ?>",
        "Hallo Jörg, grüß Gott 👋🏽 👨‍👩‍👧",
        "مرحبا، هذه شركة أكمي بخصوص موعدك.",
        "你好，这里是艾克美。",
        "line\nbreak\r\nand\ttab\rand  two spaces ",
        " in between \u00a0 \u2028 \u2029 \ufeff",
        "\u200b\u200d\U0001f600\U0010fffd",
    ],
)
def test_the_words_arrive_byte_for_byte(greeting: str) -> None:
    assert words(greeting).encode() == greeting.encode()


@given(some.text(some.characters(exclude_categories=["Cs", "Cc"]), min_size=1, max_size=300))
def test_any_words_that_can_be_sent_arrive(greeting: str) -> None:
    try:
        heard = words(greeting)
    except Unspeakable:
        assert {"\ufffe", "\uffff"} & set(greeting)
    else:
        assert heard == greeting


def test_the_words_are_spoken_and_then_the_agent_is_connected() -> None:
    found = orders()
    assert [part.tag for part in found] == ["Say", "Connect"]
    (stream,) = found[1]
    assert (stream.tag, stream.attrib) == ("Stream", {"url": STREAM})
    assert [(p.tag, p.attrib) for p in stream] == [
        ("Parameter", {"name": "call_id", "value": "CA01"})
    ]


def test_no_telephone_number_is_told_to_the_stream() -> None:
    written = write(ASKED)
    assert ASKED.to not in written
    assert ASKED.caller_id not in written


def test_the_version_says_how_it_sounds() -> None:
    said = orders(voice="Polly.Joanna", language="en-US").find("Say")
    assert said is not None
    assert said.attrib == {"voice": "Polly.Joanna", "language": "en-US"}
    plain = orders().find("Say")
    assert plain is not None
    assert plain.attrib == {}


@pytest.mark.parametrize("odd", ['"', "'", "&", "<", ">", "\n", "\"'"])
def test_an_odd_character_in_the_version_breaks_nothing(odd: str) -> None:
    found = orders(voice=f"a{odd}b", media_url=f"wss://agents.example/m?x={odd}1")
    said, stream = found.find("Say"), found.find("Connect/Stream")
    assert said is not None
    assert stream is not None
    assert said.attrib["voice"] == f"a{odd}b"
    assert stream.attrib["url"] == f"wss://agents.example/m?x={odd}1"


def test_a_call_without_words_says_nothing_and_connects() -> None:
    assert [part.tag for part in orders("")] == ["Connect"]


def refusal(asked: CallRequest) -> str:
    """Why a request cannot be put into a call."""
    with pytest.raises(Unspeakable) as told:
        write(asked)
    return told.value.sentence


@pytest.mark.parametrize(
    "url", ["", "https://agents.example/media", "ws://agents.example", "wss://", "wss://[", "x"]
)
def test_a_version_without_a_stream_cannot_speak(url: str) -> None:
    assert "wss://" in refusal(replace(ASKED, media_url=url))


@pytest.mark.parametrize("odd", ["\x00", "\x0b", "\x1f", "\ufffe", "\uffff", "\ud800"])
def test_what_no_parser_reads_back_is_refused(odd: str) -> None:
    assert "character" in refusal(replace(ASKED, greeting=f"a{odd}b"))
    assert "character" in refusal(replace(ASKED, voice=f"a{odd}b"))


def test_the_orders_may_be_as_long_as_twilio_takes_them_and_no_longer() -> None:
    frame = length(write(replace(ASKED, greeting=""))) + len("<Say></Say>")
    most = "x" * (LONGEST - frame)
    assert length(write(replace(ASKED, greeting=most))) == LONGEST == 4000
    assert "Shorten it" in refusal(replace(ASKED, greeting=most + "x"))
    assert "4001 characters" in refusal(replace(ASKED, greeting=most + "x"))


@pytest.mark.parametrize(("text", "count"), [("", 0), ("abc", 3), ("é", 1), ("👋", 2), ("مر", 2)])
def test_characters_are_counted_the_longer_way(text: str, count: int) -> None:
    assert length(text) == count
