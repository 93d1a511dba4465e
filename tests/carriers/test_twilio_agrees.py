"""Twilio's own library believes what we sign, and we believe what it signs, delivery by delivery.

test_twilio_signature.py has its signatures frozen; here the library itself is asked, so a newer one that
signs otherwise is noticed.
"""

import hashlib
from typing import NamedTuple
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from django.http import QueryDict
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st
from twilio.request_validator import RequestValidator

from calls.carriers.twilio_signature import FORM, read_form, sign, verify
from calls.events.models import InboundEvent
from tests.callbacks import TOKEN as ACCOUNT_TOKEN
from tests.callbacks import at_twilio, callback, hook
from tests.carriers.test_twilio_signature import TOKEN, VECTORS, Vector
from tests.world import World

HOST = "calls.example"
RINGING = b"CallSid=CA1&CallStatus=ringing"
ADDRESSES = {
    "https": f"https://{HOST}/h",
    "https with its port": f"https://{HOST}:443/h",
    "http": f"http://{HOST}/h",
    "http with its port": f"http://{HOST}:80/h",
    "a port of one's own": f"https://{HOST}:8443/h",
    "http with a port of one's own": f"http://{HOST}:8080/h",
    "https at the port of http": f"https://{HOST}:80/h",
    "an IPv4 address": "http://192.0.2.7:8000/h",
    "a slash at the end": f"https://{HOST}/h/",
    "no path": f"https://{HOST}",
    "a query": f"https://{HOST}/h?a=1&b=2",
    "a query twice": f"https://{HOST}/h?a=2&a=1",
    "an empty query value": f"https://{HOST}/h?a=&b",
    "an escaped query": f"https://{HOST}/h?x=%20y&z=%C3%A4",
    "a plus in the query": f"https://{HOST}/h?to=%2B1555+7",
    "a query and a port": f"https://{HOST}:8443/h?call_id=CA1&attempt=2",
    "an upper-case path": f"https://{HOST}/Hook/CA_1",
    "an escaped path": f"https://{HOST}/h%20h/%C3%A4",
}
FORMS = {
    "no fields": b"",
    "one field twice": b"Media=b&Media=a",
    "one pair twice": b"Media=a&Media=a",
    "three of a name": b"M=c&M=a&M=b&A=1",
    "empty values": b"CallSid=CA1&Digits=&ToZip=",
    "an umlaut": "Name=Jörg".encode(),
    "an emoji": b"Name=%F0%9F%91%8B",
    "right to left": b"City=%D8%A7%D9%84%D9%82%D8%A7%D9%87%D8%B1%D8%A9",
    "Chinese": b"City=%E5%8C%97%E4%BA%AC&Z=1",
    "composed otherwise": b"Name=Jo%CC%88rg",
    "a name beyond ASCII": b"%C3%A4=1&z=2",
    "names in both cases": b"b=1&B=2&a=3&A=4",
    "names with digits": b"Media10=a&Media2=b&Media1=c",
    "spaces": b"a=+x+&b=%20",
    "separators": b"a=1%262&b=%3D",
    "JSON in a field": b"AddOns=%7B%22status%22%3A%22successful%22%7D",
    "lines": b"a=1%0D%0A2",
    "a very long value": b"a=" + b"x" * 5000,
}
JSON = {
    "an object": b'{"a": 1}',
    "an array": b"[]",
    "unicode": '{"name": "Jörg 👋"}'.encode(),
    "spaces": b' { "a" : "b" } \n',
}


class Delivery(NamedTuple):
    """A form or a JSON text to an address."""

    url: str
    body: bytes
    token: str = TOKEN
    kind: str = FORM

    @property
    def theirs(self) -> str:
        """How Twilio's library signs it."""
        fields = QueryDict(self.body.decode()) if self.kind == FORM else {}
        found: str = RequestValidator(self.token).compute_signature(self.url, fields)
        return found

    @property
    def ours(self) -> str:
        """How we sign it."""
        fields = read_form(self.body) if self.kind == FORM else []
        return sign(token=self.token, url=self.url, fields=fields or [])

    def believed_by_us(self, signature: str) -> bool:
        """Whether we take it for genuine."""
        headers = {"X-Twilio-Signature": signature, "Content-Type": self.kind}
        return verify(tokens=[self.token], url=self.url, headers=headers, body=self.body)

    def believed_by_them(self, signature: str) -> bool:
        """Whether Twilio's library does."""
        told = QueryDict(self.body.decode()) if self.kind == FORM else self.body.decode()
        return bool(RequestValidator(self.token).validate(self.url, told, signature))


def of(vector: Vector) -> Delivery:
    return Delivery(vector.url, vector.body, vector.token)


def as_json(body: bytes, url: str = f"https://{HOST}/h?x=1") -> Delivery:
    """A text that the address vouches for."""
    digest = hashlib.sha256(body).hexdigest()
    return Delivery(f"{url}&bodySHA256={digest}", body, kind="application/json")


DELIVERIES = {
    **{vector.name: of(vector) for vector in VECTORS},
    **{f"to {name}": Delivery(url, RINGING) for name, url in ADDRESSES.items()},
    **{f"with {name}": Delivery(f"https://{HOST}/h?a=1", body) for name, body in FORMS.items()},
    **{f"JSON: {name}": as_json(body) for name, body in JSON.items()},
    "JSON to a port": as_json(b"{}", f"https://{HOST}:8443/h?x=1"),
}


def test_there_are_enough_and_none_says_the_same() -> None:
    assert len(set(DELIVERIES.values())) >= 65


@pytest.mark.parametrize("name", DELIVERIES)
def test_both_agree(name: str) -> None:
    sent = DELIVERIES[name]
    assert sent.ours == sent.theirs
    assert sent.believed_by_us(sent.theirs)
    assert sent.believed_by_them(sent.ours)


@pytest.mark.parametrize("name", DELIVERIES)
def test_both_refuse_what_was_changed(name: str) -> None:
    sent = DELIVERIES[name]
    more = b"&more=1" if sent.kind == FORM and sent.body else b"more=1"
    for changed in (
        sent._replace(body=sent.body + more),
        sent._replace(url=sent.url.replace("//", "//x", 1)),
        sent._replace(token="0" * 32),
    ):
        assert not changed.believed_by_us(sent.ours)
        assert not changed.believed_by_them(sent.ours)


@pytest.mark.parametrize("url", [ADDRESSES["https"], ADDRESSES["http"]])
def test_both_let_a_proxy_add_and_drop_the_schemes_port(url: str) -> None:
    scheme, _ = url.split("://")
    ported = url.replace(HOST, f"{HOST}:{443 if scheme == 'https' else 80}")
    for signed, called in ((url, ported), (ported, url)):
        signature = Delivery(signed, RINGING).theirs
        assert Delivery(called, RINGING).believed_by_us(signature)
        assert Delivery(called, RINGING).believed_by_them(signature)


def test_neither_takes_http_for_https() -> None:
    signed, called = Delivery(ADDRESSES["http"], RINGING), Delivery(ADDRESSES["https"], RINGING)
    assert not called.believed_by_us(signed.theirs)
    assert not called.believed_by_them(signed.ours)


def test_another_port_is_another_address_to_us_alone() -> None:
    """Their library drops any port; we only the scheme's own, so nothing else is taken for it."""
    signed, called = f"https://{HOST}/h", f"https://{HOST}:8443/h"
    signature = Delivery(signed, RINGING).theirs
    assert Delivery(called, RINGING).believed_by_them(signature)
    assert not Delivery(called, RINGING).believed_by_us(signature)


words = st.text(st.characters(exclude_categories=["Cs"]), max_size=9)


@given(fields=st.lists(st.tuples(words, words), max_size=9), query=words)
def test_both_agree_on_any_form(fields: list[tuple[str, str]], query: str) -> None:
    sent = Delivery(f"https://{HOST}/h?{urlencode({'q': query})}", urlencode(fields).encode())
    assert parse_qsl(sent.body.decode(), keep_blank_values=True) == fields
    assert sent.ours == sent.theirs
    assert sent.believed_by_us(sent.theirs)
    assert sent.believed_by_them(sent.ours)


@pytest.mark.parametrize("proto", ["", "http", "https"])
def test_at_the_door_behind_a_proxy(world: World, settings: object, proto: str) -> None:
    """Twilio signs the https address that we told it; the proxy passes it on by http, whatever it claims."""
    settings.PUBLIC_URL = "https://calls.example"  # type: ignore[attr-defined]
    url, body = hook(at_twilio(world)), callback("ringing")
    signed = RequestValidator(ACCOUNT_TOKEN).compute_signature(url, QueryDict(body.decode()))
    headers = {"X-Twilio-Signature": signed} | ({"X-Forwarded-Proto": proto} if proto else {})
    answer = Client().post(urlsplit(url).path, body, content_type=FORM, headers=headers)
    assert (answer.status_code, InboundEvent.objects.count()) == (204, 1)
