"""Twilio's signature: what its own library signs and we believe, and what nobody signed.

Every signature below was made with RequestValidator of the `twilio` package 9.13.0, and is frozen;
test_twilio_agrees.py asks the installed library itself.
"""

import hashlib
from typing import NamedTuple

import pytest
from hypothesis import given
from hypothesis import strategies as some

from calls.carriers.twilio_signature import FORM, MOST_FIELDS, sign, spellings, verify

TOKEN, OTHER = "12345678901234567890123456789012", "abcdefabcdefabcdefabcdefabcdefab"
HOOK = "https://calls.example/hooks/twilio/ca_1"
URL = f"{HOOK}?call_id=CA01&attempt=1"
BODY = b"CallSid=CA1&CallStatus=ringing"
WHOLE = (
    b"Called=%2B15555550142&ToState=&CallerCountry=US&Direction=outbound-api"
    b"&Timestamp=Tue%2C+24+Nov+2026+12%3A00%3A00+%2B0000&CallbackSource=call-progress-events"
    b"&SipResponseCode=200&SequenceNumber=3&CallSid=CA0123456789abcdef0123456789abcdef"
    b"&To=%2B15555550142&ToZip=&ApiVersion=2010-04-01&CallStatus=completed&Duration=1"
    b"&From=%2B15555551234&CallDuration=12&AccountSid=AC0123456789abcdef0123456789abcdef"
)


class Vector(NamedTuple):
    """One delivery, and how Twilio's library signs it."""

    name: str
    signature: str
    body: bytes
    url: str = URL
    token: str = TOKEN


MANY = b"&".join(b"f%d=%d" % (n, n) for n in range(60))
VECTORS = [
    Vector("a callback", "UthBChjyoE82RP6g0kwYxYwJL9w=", BODY),
    Vector("no body", "JpF5n5KsuyJGLfrMhmVg5fErc00=", b""),
    Vector("no query", "mmgnXkK/5TbIxxI1Vzbd4jE0WA0=", b"CallSid=CA1", HOOK),
    Vector("fields turned", "UthBChjyoE82RP6g0kwYxYwJL9w=", b"CallStatus=ringing&CallSid=CA1"),
    Vector("names differ in case", "7ZZtv11NBj1LWy3KMvNuWEOUGXo=", b"b=1&B=2&a=3&A=4"),
    Vector("a plus is a space", "iDXmvN8IxN1frx/TVnA1Zcry8Ys=", b"Name=a+b"),
    Vector("a plus", "TpYzJdIAYHdap/5rIPmwBUaZO0Y=", b"To=%2B15555550142&From=%2B15555551234"),
    Vector("a blank value", "MugObZni1cH6b5X2LorT82o7QT4=", b"CallSid=CA1&Digits="),
    Vector("no equals sign", "MugObZni1cH6b5X2LorT82o7QT4=", b"CallSid=CA1&Digits"),
    Vector("nothing but blanks", "9ZEHAWH6MRRCIGqu1EI4iPoi9zQ=", b"a=&b=&c="),
    Vector("a name twice", "Q/4xtqCLxxqkKA5wRz1KsH/a96A=", b"Media=b&Media=a"),
    Vector("a pair twice", "tID6Cd+8YWnj0WDmag5oiWHLiRY=", b"Media=a&Media=a"),
    Vector("a name among others", "VPSC7Ngsbno6ui0QxUBQtfz2I3k=", b"Z=1&Media=b&A=2&Media=a"),
    Vector("an umlaut", "5aH+vJ73fzJFA+B6IZCOqqDJibc=", b"Name=J%C3%B6rg"),
    Vector("an emoji", "TDQbccdGnQiuAzbWxoSffYt5k80=", b"Name=%F0%9F%91%8B"),
    Vector("Arabic", "2rLgBXdCXoHDBzJ5kxbByLy01Xw=", "City=القاهرة".encode()),
    Vector("a name beyond ASCII", "0OFu3VEH66SpE8wY2F+qJkQteqw=", b"%C3%A4=1&z=2"),
    Vector("JSON", "VwO7npWR5KmChs9iMkX/0SD5/qA=", b"AddOns=%7B%22status%22%3A%22successful%22%7D"),
    Vector("separators", "JXw3BvSXOhoLHvsCeXO14vtJ7zQ=", b"a=1%262&b=%3D"),
    Vector("a line break", "wV8pPjwC9+47Ui0rLRPDA5fb1pY=", b"a=1%0D%0A2"),
    Vector("as in query", "ekKuHjEuReVKgF4hEqhaaPumHzA=", b"CallSid=CA1", f"{HOOK}?CallSid=other"),
    Vector("query escape", "M3QZH8EAE9XMe81AcBJwXABepeU=", b"CallSid=CA1", f"{HOOK}?x=%20y"),
    Vector(
        "its port",
        "z9TPDJt8Pt3ep94istsTI+Xdv0g=",
        b"CallSid=CA1",
        "https://calls.example:443/hooks/twilio/ca_1",
    ),
    Vector(
        "plain http",
        "JzLTRWmfA7gQ8JXLHLF2R7hYSN0=",
        b"CallSid=CA1",
        "http://calls.example/hooks/twilio/ca_1",
    ),
    Vector(
        "the port of http",
        "WtCkUXlOsPzaN5w3vI1UpA7IhBg=",
        b"CallSid=CA1",
        "http://calls.example:80/hooks/twilio/ca_1",
    ),
    Vector(
        "a port of one's own",
        "EQWqykkz9h4+GS7U0JcuZFmWpwc=",
        b"CallSid=CA1",
        "https://calls.example:8443/hooks/twilio/ca_1",
    ),
    Vector(
        "an address of digits",
        "6gpuCmRImjqFquZh879OsfNiNSY=",
        b"CallSid=CA1",
        "http://127.0.0.1:8000/hooks/twilio/ca_1",
    ),
    Vector("a slash at the end", "82US8Aiup8er7EN08A45MbmptUY=", b"CallSid=CA1", f"{HOOK}/"),
    Vector("another token", "JgMsvW7e3za2Hdpdqot5bxTpSCY=", BODY, token=OTHER),
    Vector("a long value", "ycweO0D0hqgedd6eEupjmWN2eZw=", b"a=" + b"x" * 4000),
    Vector("many fields", "JX8iDOEIM5LFdk2HTPTqRnC5JDM=", MANY),
    Vector("a whole callback", "rlhOOIrcp0xxhsqw06RFimfMIew=", WHOLE),
]


def holds(
    signature: str,
    body: bytes = BODY,
    *,
    url: str = URL,
    kind: str = FORM,
    tokens: tuple[str, ...] = (TOKEN,),
) -> bool:
    """Whether a delivery with this signature is believed."""
    headers = {"X-Twilio-Signature": signature, "Content-Type": kind}
    return verify(tokens=tokens, url=url, headers=headers, body=body)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_what_twilios_library_signs_is_believed(vector: Vector) -> None:
    assert holds(vector.signature, vector.body, url=vector.url, tokens=(vector.token,))


@pytest.mark.parametrize("vector", VECTORS, ids=lambda vector: vector.name)
def test_it_is_believed_of_nothing_else(vector: Vector) -> None:
    known = {"url": vector.url, "tokens": (vector.token,)}
    assert not holds(vector.signature, vector.body + b"&more=1", **known)  # type: ignore[arg-type]
    assert not holds(vector.signature, vector.body, url=vector.url + "x", tokens=(vector.token,))
    assert not holds(vector.signature, vector.body, url=vector.url, tokens=("0" * 32,))


def test_there_are_enough_vectors_and_none_says_the_same() -> None:
    assert len({(v.body, v.url, v.token) for v in VECTORS}) == len(VECTORS) >= 30


@pytest.mark.parametrize(
    ("signed", "known"),
    [
        ("https://calls.example/h", "https://calls.example:443/h"),
        ("https://calls.example:443/h", "https://calls.example/h"),
        ("http://calls.example/h?x=1", "http://calls.example:80/h?x=1"),
        ("http://calls.example:80/h", "http://calls.example/h"),
        ("https://[::1]/h", "https://[::1]:443/h"),
    ],
)
def test_the_standard_port_may_come_and_go(signed: str, known: str) -> None:
    assert holds(sign(token=TOKEN, url=signed, fields=[("a", "1")]), b"a=1", url=known)


@pytest.mark.parametrize(
    ("signed", "known"),
    [
        ("https://calls.example/h", "https://calls.example:8443/h"),
        ("https://calls.example:8443/h", "https://calls.example/h"),
        ("https://calls.example:80/h", "https://calls.example/h"),
        ("http://calls.example/h", "https://calls.example/h"),
        ("https://calls.example/h", "https://calls.example/h/"),
        ("https://other.example/h", "https://calls.example/h"),
        ("https://calls.example/h?a=1", "https://calls.example/h"),
    ],
)
def test_any_other_address_is_another_one(signed: str, known: str) -> None:
    assert not holds(sign(token=TOKEN, url=signed, fields=[("a", "1")]), b"a=1", url=known)


@pytest.mark.parametrize(
    ("url", "found"),
    [
        ("https://h/x//h", ["https://h/x//h", "https://h:443/x//h"]),
        ("https://h:8443/x", ["https://h:8443/x"]),
        ("ftp://h/x", ["ftp://h/x"]),
        ("https://h:port/x", ["https://h:port/x"]),
        ("", [""]),
    ],
)
def test_the_spellings_of_an_address(url: str, found: list[str]) -> None:
    assert spellings(url) == found


@pytest.mark.parametrize(
    ("tokens", "taken"),
    [
        ((TOKEN,), True),
        ((OTHER, TOKEN), True),
        ((TOKEN, OTHER), True),
        ((OTHER,), False),
        ((), False),
        (("", OTHER), False),
    ],
)
def test_every_active_token_is_tried(tokens: tuple[str, ...], taken: bool) -> None:
    assert holds(VECTORS[0].signature, tokens=tokens) is taken


def test_an_empty_token_signs_for_nobody() -> None:
    assert not holds(sign(token="", url=URL, fields=[("a", "1")]), b"a=1", tokens=("", TOKEN))


@pytest.mark.parametrize("signature", ["", " ", "UthBChjyoE82RP6g0kwYxYwJL9w", "é", "\ud800", "="])
def test_what_is_no_signature_is_none(signature: str) -> None:
    assert not holds(signature)


def test_the_names_of_headers_may_be_in_any_case() -> None:
    headers = {"x-TWILIO-signature": VECTORS[0].signature, "content-TYPE": FORM.upper()}
    assert verify(tokens=[TOKEN], url=URL, headers=headers, body=BODY)


def test_without_the_header_nothing_is_genuine() -> None:
    assert not verify(tokens=[TOKEN], url=URL, headers={"Content-Type": FORM}, body=BODY)


JSON = b'{"a": 1}'
DIGEST = hashlib.sha256(JSON).hexdigest()


def test_a_body_that_is_no_form_is_vouched_for_by_the_query() -> None:
    """The signature is that of Twilio's library again."""
    url = f"{URL}&bodySHA256={DIGEST}"
    assert holds("PnRBD+keXggxrwWPbOnKgR4Ci3E=", JSON, url=url, kind="application/json")


@pytest.mark.parametrize(
    ("query", "taken"),
    [
        (f"bodySHA256={DIGEST}", True),
        (f"bodySHA256={DIGEST.upper()}", True),
        (f"bodySHA256={'0' * 64}", False),
        (f"bodySHA256={DIGEST}&bodySHA256={DIGEST}", False),
        (f"bodysha256={DIGEST}", False),
        ("bodySHA256=", False),
        ("x=1", False),
    ],
)
@pytest.mark.parametrize("kind", ["application/json", "application/json; charset=utf-8", "", "x"])
def test_a_body_nothing_vouches_for_is_not_genuine(query: str, taken: bool, kind: str) -> None:
    url = f"{HOOK}?{query}"
    assert holds(sign(token=TOKEN, url=url, fields=[]), JSON, url=url, kind=kind) is taken


@pytest.mark.parametrize("body", [b"a=%FF", b"\xff", b"&".join([b"a=1"] * (MOST_FIELDS + 1))])
def test_a_form_nobody_could_have_signed_is_not_genuine(body: bytes) -> None:
    assert not holds(sign(token=TOKEN, url=URL, fields=[]), body)
    assert not holds(sign(token=TOKEN, url=URL, fields=[("a", "1")]), body)


@given(some.lists(some.tuples(some.text(max_size=5), some.text(max_size=9)), max_size=9))
def test_the_order_of_the_fields_makes_no_difference(fields: list[tuple[str, str]]) -> None:
    turned = sign(token=TOKEN, url=URL, fields=reversed(fields))
    assert sign(token=TOKEN, url=URL, fields=fields) == turned
