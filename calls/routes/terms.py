"""What may stand in a carrier account: where it is asked, how fast, and for how much. Pure."""

import math
import re
from decimal import Decimal
from urllib.parse import urlsplit

HERE = frozenset({"localhost", "127.0.0.1", "::1"})
# The last label of a public name is a word: whatever resolves as a number in disguise has none.
PUBLIC = re.compile(r"(?:[a-z0-9](?:[a-z0-9-]*[a-z0-9])?\.)+[a-z][a-z0-9-]*[a-z0-9]")
PRIVATE = (".local", ".localhost", ".internal", ".intranet", ".lan", ".home.arpa", ".invalid")
LONGEST_ADDRESS, LONGEST_NAME, LONGEST_KEY = 200, 100, 500
FASTEST, MOST_LINES, DEAREST = 1000, 100_000, 10_000

NOT_AN_ADDRESS = "Give the address as the carrier writes it, such as https://api.example.com."
NOT_SAFE = "A carrier is asked over https only: the credential would travel in clear."
NOT_A_PORT = "A carrier is asked at port 443 or 8443."
NOT_PUBLIC = "Give the carrier's public name. Addresses of this network are not asked."
NOT_THE_SANDBOX = "The sandbox is on this machine, or where SANDBOX_URL says."


def wrong_address(base_url: str, *, sandbox_url: str | None) -> str:
    """Why a carrier may not be asked there; "" when it may. `sandbox_url` is given for a sandbox."""
    try:
        parts = urlsplit(base_url)
        host, port = parts.hostname or "", parts.port
    except ValueError:
        return NOT_AN_ADDRESS
    bare = not (parts.username or parts.password or parts.query or parts.fragment)
    plain = base_url.isascii() and base_url.isprintable() and not re.search(r"[\s\\]", base_url)
    if not (host and bare and plain and port != 0 and len(base_url) <= LONGEST_ADDRESS):
        return NOT_AN_ADDRESS
    if parts.scheme not in ("http", "https"):
        return NOT_AN_ADDRESS
    if sandbox_url is not None:
        same = _origin(base_url) == _origin(sandbox_url)
        return "" if same or host in HERE else NOT_THE_SANDBOX
    if parts.scheme != "https":
        return NOT_SAFE
    if port not in (None, 443, 8443):
        return NOT_A_PORT
    public = PUBLIC.fullmatch(host) and not host.endswith(PRIVATE)
    return "" if public else NOT_PUBLIC


def _origin(url: str) -> tuple[str, str]:
    parts = urlsplit(url)
    return parts.scheme, parts.netloc.lower()


def wrong_term(name: str, value: object) -> str:
    """Why a named term of an account cannot be so; "" when it can."""
    return WRONG[name](value)


def _wrong_name(value: object) -> str:
    fits = isinstance(value, str) and value.strip() and len(value) <= LONGEST_NAME
    return "" if fits else f"Give a name of at most {LONGEST_NAME} characters."


def _wrong_cps(value: object) -> str:
    fits = _is_number(value) and 0 < float(str(value)) <= FASTEST
    return "" if fits else f"Calls per second: above 0, at most {FASTEST}, as your carrier says."


def _wrong_concurrency(value: object) -> str:
    fits = isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= MOST_LINES
    return "" if fits else "Calls at the same time: 1 or more. To stop all, pause the account."


def _wrong_price(value: object) -> str:
    fits = isinstance(value, Decimal) and value.is_finite() and 0 <= value < DEAREST
    exact = fits and value == round(value, 4) if isinstance(value, Decimal) else False
    return "" if exact else "A price per minute: 0 or more, with at most four decimals."


def _is_number(value: object) -> bool:
    plain = isinstance(value, int | float) and not isinstance(value, bool)
    return plain and math.isfinite(float(str(value)))


WRONG = {
    "name": _wrong_name,
    "cps": _wrong_cps,
    "concurrency": _wrong_concurrency,
    "price_per_minute": _wrong_price,
}


def wrong_key(text: str) -> str:
    """Why a text cannot be sent as a credential; "" when it can."""
    fits = text.isascii() and text.isprintable() and text == text.strip()
    if text and fits and len(text) <= LONGEST_KEY:
        return ""
    return "Copy the API key as the carrier shows it: one line of plain characters."
