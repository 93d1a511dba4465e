"""A request for a call as Twilio is sent it, read as strictly as Twilio documents it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from urllib.parse import urlsplit
from xml.etree import ElementTree

from calls.carriers.sandbox.placed import E164, Asked
from calls.carriers.twilio_reading import reference_in
from calls.carriers.twilio_signature import Fields, read_form
from calls.carriers.twiml import LONGEST, length

FIELDS = {
    *("To", "From", "Url", "Method", "Twiml", "ApplicationSid", "Timeout", "TimeLimit"),
    *("StatusCallback", "StatusCallbackEvent", "StatusCallbackMethod"),
    *("MachineDetection", "AsyncAmd", "AsyncAmdStatusCallback", "AsyncAmdStatusCallbackMethod"),
}
ORDERS = ("Twiml", "Url", "ApplicationSid")
CALLBACKS = ("StatusCallback", "AsyncAmdStatusCallback")


class Wrong(Exception):
    """A request that Twilio would refuse: the HTTP status, its own code, and a sentence."""

    def __init__(self, code: int, message: str, *, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.status = code, message, status


def read_asked(body: bytes, *, token: str) -> Asked:
    """Read a request. Raises Wrong, with the code that Twilio documents for the fault."""
    fields = read_form(body)
    if not fields:
        raise Wrong(20001, "The body is not a form.")
    form = dict(fields)
    _check(form)
    return Asked(
        to=form["To"],
        caller_id=form["From"],
        greeting=words_in(form.get("Twiml", "")),
        agent_key="",
        # Twilio knows no such key: what names the attempt is in the address of its callbacks.
        idempotency_key=reference_in(urlsplit(form.get("StatusCallback", "")).query),
        form=json.dumps(fields),
        token=token,
    )


def words_in(orders: str) -> str:
    """The words that the orders have spoken; "" without orders. Raises Wrong."""
    if not orders:
        return ""
    try:
        # Expat bounds what entities may grow to; and this reads our own tests' orders.
        found = ElementTree.fromstring(orders)  # noqa: S314
    except ElementTree.ParseError:
        raise Wrong(12100, "Twiml cannot be parsed.") from None
    return "".join(said.text or "" for said in found.iter("Say"))


def _check(form: Mapping[str, str]) -> None:
    if strange := set(form) - FIELDS:
        raise Wrong(20001, f"Unknown field: {min(strange)}.")
    if not form.get("To"):
        raise Wrong(21201, "No 'To' number is specified.")
    if not E164.fullmatch(form["To"]):
        raise Wrong(21211, "Invalid 'To' phone number.")
    if not form.get("From"):
        raise Wrong(21213, "'From' phone number is required.")
    if not E164.fullmatch(form["From"]):
        raise Wrong(21212, "Invalid 'From' phone number.")
    if not any(form.get(name) for name in ORDERS):
        raise Wrong(21205, "Url, Twiml or ApplicationSid is needed.")
    if length(form.get("Twiml", "")) > LONGEST:
        raise Wrong(20001, f"Twiml is longer than {LONGEST} characters.")
    if not all(_is_address(form.get(name, "")) for name in CALLBACKS):
        raise Wrong(21205, "The address of a callback is not valid.")


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        return not url or (parts.scheme in ("http", "https") and bool(parts.hostname))
    except ValueError:
        return False


def read_kept(form: str) -> Fields:
    """The fields of a form as the ledger keeps it."""
    return [(name, value) for name, value in json.loads(form)]
