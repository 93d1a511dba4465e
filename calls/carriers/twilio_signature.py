"""Twilio's signature: who sent this form, and to which address. Pure.

Scheme (RELIABILITY 3.1): the whole URL as it was called, and after it, for each field of the form in
order, its name and its value; of that the HMAC-SHA1 with the account's auth token, in base64, in the
header `X-Twilio-Signature`. A body that is no form is not signed itself: the URL's query carries its
digest as `bodySHA256`, and the URL alone is signed. There is no time in it, so an old delivery is as
genuine as a new one: repeats are known by their content.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
from collections.abc import Iterable, Mapping
from urllib.parse import parse_qs, parse_qsl, urlsplit

HEADER = "X-Twilio-Signature"
FORM = "application/x-www-form-urlencoded"
MOST_FIELDS = 200  # a form with more is an attack on our time
STANDARD_PORTS = {"http": 80, "https": 443}

Fields = list[tuple[str, str]]


def sign(*, token: str, url: str, fields: Iterable[tuple[str, str]]) -> str:
    """Sign one delivery to `url`; a field that is there twice with one value counts once."""
    glued = url + "".join(name + value for name, value in sorted(set(fields)))
    # SHA-1 is Twilio's choice; as the heart of an HMAC it still cannot be forged.
    digest = hmac.new(token.encode(), glued.encode(errors="replace"), hashlib.sha1).digest()
    return base64.b64encode(digest).decode()


def verify(*, tokens: Iterable[str], url: str, headers: Mapping[str, str], body: bytes) -> bool:
    """Tell whether `body` was sent to `url` by somebody who knows one of `tokens`.

    Header names may be in any case. Every token is tried with every spelling of the address, each in
    constant time; an empty token matches nothing.
    """
    found = {name.lower(): value for name, value in headers.items()}
    given = found.get(HEADER.lower(), "").encode(errors="replace")
    fields = signed_fields(url=url, kind=found.get("content-type", ""), body=body)
    if fields is None or not given:
        return False
    matches = 0
    for token in filter(None, tokens):
        for address in spellings(url):
            right = sign(token=token, url=address, fields=fields).encode()
            matches += hmac.compare_digest(right, given)
    return matches > 0


def signed_fields(*, url: str, kind: str, body: bytes) -> Fields | None:
    """The fields that the signature covers; None when nothing vouches for the body."""
    if not body or kind.partition(";")[0].strip().lower() == FORM:
        return read_form(body)
    promised = parse_qs(urlsplit(url).query).get("bodySHA256", [])
    digest = hashlib.sha256(body).hexdigest().encode()
    kept = len(promised) == 1 and hmac.compare_digest(promised[0].lower().encode(), digest)
    return [] if kept else None


def read_form(body: bytes) -> Fields | None:
    """Read a form, blank values and repeated names included; None when it is none, or too long."""
    try:
        return parse_qsl(
            body.decode(), keep_blank_values=True, errors="strict", max_num_fields=MOST_FIELDS
        )
    except ValueError:
        return None


def spellings(url: str) -> list[str]:
    """The address with and without its scheme's own port, which proxies add and drop; else as it is."""
    try:
        parts = urlsplit(url)
        port, standard = parts.port, STANDARD_PORTS.get(parts.scheme)
    except ValueError:
        return [url]
    if standard is None or port not in (None, standard):
        return [url]
    host = parts.netloc if port is None else parts.netloc.rpartition(":")[0]
    return [
        url.replace(f"//{parts.netloc}", f"//{netloc}", 1)
        for netloc in (host, f"{host}:{standard}")
    ]
