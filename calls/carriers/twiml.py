"""The orders a call carries to Twilio: speak the approved words, then connect the agent. Pure.

An XML parser reads the words back byte for byte; what no parser could is refused before it is sent.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit
from xml.sax.saxutils import escape, quoteattr

from calls.carriers.base import CallRequest

LONGEST = 4000  # characters of the Twiml parameter, by Twilio's own description of its API
# What XML 1.0 cannot carry, whatever one writes.
FOREIGN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


class Unspeakable(Exception):
    """The words or the version cannot be put into a call; `sentence` says what to change."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def write(request: CallRequest) -> str:
    """Write the orders of one call. Raises Unspeakable."""
    if not _is_stream(request.media_url):
        raise Unspeakable(
            "The agent's version names no media stream. Publish one whose media_url begins with wss://."
        )
    voice = _attributes(voice=request.voice, language=request.language)
    # A bare carriage return would be read back as a line feed.
    words = escape(request.greeting, {"\r": "&#13;"})
    said = f"<Say{voice}>{words}</Say>" if request.greeting else ""
    whose = f"<Parameter{_attributes(name='call_id', value=request.call_id)}/>"
    stream = f"<Stream{_attributes(url=request.media_url)}>{whose}</Stream>"
    orders = f"<Response>{said}<Connect>{stream}</Connect></Response>"
    if FOREIGN.search(orders):
        raise Unspeakable("The greeting holds a character that cannot be sent. Take it out.")
    if length(orders) > LONGEST:
        raise Unspeakable(
            f"The greeting makes orders of {length(orders)} characters; Twilio takes {LONGEST}. Shorten it."
        )
    return orders


def length(orders: str) -> int:
    """How many characters Twilio may count: an emoji is two where strings are UTF-16."""
    return len(orders.encode("utf-16-le", "surrogatepass")) // 2


def _attributes(**values: str) -> str:
    return "".join(f" {name}={quoteattr(value)}" for name, value in values.items() if value)


def _is_stream(url: str) -> bool:
    try:
        parts = urlsplit(url)
    except ValueError:
        return False
    return parts.scheme == "wss" and bool(parts.hostname)
