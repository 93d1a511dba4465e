"""What every carrier can be asked, and what its answers prove.

The evidence table (RELIABILITY 1.3). Only E0 to E3 prove that no call exists; E5 proves nothing.

    class            observed                                   the call …       what may follow
    E0 NO_BYTE_SENT  no request byte left this machine          does not exist   try again, later
    E1 REFUSED       400                                        does not exist   never try again
    E2 CREDENTIALS   401, 403                                   does not exist   pause the account
    E3 THROTTLED     429                                        does not exist   wait, try again
    E4 ACCEPTED      2xx with a readable call id                exists           bind the id
    E5 UNKNOWN       bytes were sent, and none of the above     may exist        only reconcile
    E6 CONFIRMED     a genuine event or a matching log row      exists           bind the id
    E7 ABSENT        no log row after the carrier's window      likely does not  the tenant's policy

`classify` judges E0 to E5 from one request; E6 and E7 are found by reconciling.
A refusal (E1 to E3) speaks of its own request only: it never settles an earlier E5 of that call.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from importlib import import_module
from typing import Protocol, cast


class Evidence(StrEnum):
    """What is proved about one request to place a call; the table above explains each class."""

    NO_BYTE_SENT = "E0"
    REFUSED = "E1"
    CREDENTIALS = "E2"
    THROTTLED = "E3"
    ACCEPTED = "E4"
    UNKNOWN = "E5"
    CONFIRMED = "E6"
    ABSENT = "E7"


class CarrierUnavailable(Exception):
    """A harmless GET failed; `reason` is one sentence, `status` the HTTP status, if any."""

    def __init__(self, reason: str, *, status: int | None = None) -> None:
        super().__init__(reason)
        self.reason = reason
        self.status = status


class NoClient(Exception):
    """This installation does not know how to speak to a carrier of that name."""


class UnreadableEvent(Exception):
    """What came in at the hook is not an event in any shape the carrier is known to send."""


# The disposition of a call whose callee asked not to be called again.
OPTED_OUT = "opted_out"


@dataclass(frozen=True, slots=True)
class CallRequest:
    """One call to place. Numbers are E.164; `greeting` is spoken exactly as it stands."""

    to: str
    caller_id: str
    agent_key: str
    greeting: str
    idempotency_key: str
    org_id: str | None = None
    agent_version_id: str | None = None
    # For a carrier that connects the agent's media itself: whose call this is, and how it sounds.
    call_id: str = ""
    attempt: int = 0
    media_url: str = ""
    language: str = ""
    voice: str = ""


@dataclass(frozen=True, slots=True)
class Answer:
    """What came of asking once. `word` is the carrier's own status word, `retry_after` seconds.

    `reason` is one sentence for people: the carrier's words cleaned, no telephone number in it. `ours`
    tells trouble of our own, which says nothing of how the carrier is.
    """

    evidence: Evidence
    carrier_call_id: str | None = None
    http_status: int | None = None
    retry_after: float | None = None
    reason: str = ""
    word: str = ""
    ours: bool = False


@dataclass(frozen=True, slots=True)
class Report:
    """What a carrier says about one call, in a log row or in an event.

    `state` is ours: queued, ringing, in_progress, completed, busy, no_answer, failed, canceled, or
    "" when the carrier's `word` is unknown or does not move the state. `at` is when the carrier
    created the log row or the event. `disposition` is answered, voicemail or opted_out: the last
    in any state; the others when the carrier tells, with a completed call, or before, in a report whose
    `state` is "". `reference`
    is our own name of the attempt (its idempotency key), where the carrier gives it back.
    """

    carrier_call_id: str
    state: str
    word: str
    to: str = ""
    caller_id: str = ""
    at: datetime | None = None
    started_at: datetime | None = None
    duration_seconds: int | None = None
    disposition: str = ""
    escalated: bool = False
    summary: str = ""
    row_id: str = ""
    reference: str = ""


@dataclass(frozen=True, slots=True)
class CarrierEvent:
    """One event from the carrier. `dedupe_key` is the same for every delivery of the same event."""

    dedupe_key: str
    kind: str
    report: Report | None


@dataclass(frozen=True, slots=True)
class AccountAccess:
    """How to reach one carrier account; while a signing secret is rotated, several are valid.

    The former ones are until `former_until`. `hook_url` is where a carrier that is told with each
    request is to send the events of a call.
    """

    account_id: str
    carrier: str
    base_url: str
    api_key: str
    signing_secrets: tuple[str, ...] = ()
    hook_url: str = ""
    former_secrets: tuple[str, ...] = ()
    former_until: datetime | None = None

    def secrets_at(self, now: datetime) -> tuple[str, ...]:
        """Every secret with which an event may be signed at `now`."""
        overlap = self.former_until is not None and now < self.former_until
        return self.signing_secrets + (self.former_secrets if overlap else ())

    @property
    def is_sandbox(self) -> bool:
        """Whether it is asked inside: on this machine, or where the settings say."""
        return self.carrier in SANDBOXES

    def __repr__(self) -> str:
        """Name the account and never its credentials, so that a traceback can be shown."""
        return f"AccountAccess(account_id={self.account_id!r}, carrier={self.carrier!r})"


class Carrier(Protocol):
    """A telephone carrier, as much of it as we use."""

    access: AccountAccess

    def place(self, request: CallRequest) -> Answer:
        """Ask once for a call: exactly one HTTP request; no network trouble raises."""

    def call_log(self, *, since: datetime) -> Iterator[Report]:
        """Read the outbound calls created since `since`, newest first.

        Raises CarrierUnavailable, possibly after some reports: only a reading that ends without it
        shows that a call is absent.
        """

    def check(self) -> None:
        """Ask a harmless GET whether the account can be reached; raises CarrierUnavailable."""

    @staticmethod
    def read_event(body: bytes, *, query: str = "") -> CarrierEvent:
        """Read one event as it came over the wire, with the query it came by; raises UnreadableEvent."""

    def genuine(self, *, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Tell whether the carrier itself sent `body` to `url`, the address we are known by.

        True where no secret is configured and the carrier needs none.
        """


REFUSALS = {
    400: Evidence.REFUSED,
    401: Evidence.CREDENTIALS,
    403: Evidence.CREDENTIALS,
    429: Evidence.THROTTLED,
}


def classify(*, status: int | None, bytes_written: int, call_id: str | None) -> Evidence:
    """Judge what one request to place a call has proved.

    `status` is None where no answer came; `bytes_written` is counted by the transport; `call_id` is
    the id read from a whole and well-formed 2xx answer. Whatever is not proof is UNKNOWN.
    """
    if status is None:
        return Evidence.UNKNOWN if bytes_written else Evidence.NO_BYTE_SENT
    if 200 <= status < 300 and call_id:
        return Evidence.ACCEPTED
    return REFUSALS.get(status, Evidence.UNKNOWN)


# Dotted paths, so that naming a carrier does not load its client.
CARRIERS = {
    "stateset": "calls.carriers.stateset.StateSet",
    "twilio": "calls.carriers.twilio.Twilio",
    # The sandbox has two faces, and is spoken to through the client of each.
    "sandbox": "calls.carriers.stateset.StateSet",
    "sandbox-twilio": "calls.carriers.twilio.Twilio",
}

SANDBOXES = frozenset({"sandbox", "sandbox-twilio"})

_kept: dict[str, Carrier] = {}
_keeping = threading.Lock()


def carrier_for(access: AccountAccess) -> Carrier:
    """Find the carrier client of an account: one per process, kept, and shared by its threads.

    A client is built anew when the account's address, key or secrets have changed. Raises NoClient
    for a carrier that is not in CARRIERS.
    """
    with _keeping:
        kept = _kept.get(access.account_id)
        if kept is None or kept.access != access:
            kept = _kept[access.account_id] = _build(access)
        return kept


def class_of(carrier: str) -> type[Carrier]:
    """The client class of a carrier: it reads events without any account's credential. Raises NoClient."""
    if carrier not in CARRIERS:
        raise NoClient(f"There is no client for the carrier {carrier!r}.")
    module, _, name = CARRIERS[carrier].rpartition(".")
    return cast("type[Carrier]", getattr(import_module(module), name))


def carrier_over(access: AccountAccess, client: object) -> Carrier:
    """A carrier client over connections of the caller's, which the caller closes. Raises NoClient."""
    return cast("Callable[..., Carrier]", class_of(access.carrier))(access, client=client)


def _build(access: AccountAccess) -> Carrier:
    return cast("Callable[[AccountAccess], Carrier]", class_of(access.carrier))(access)


def _forget_after_fork() -> None:
    """Two processes must never share a connection: a forked worker starts without clients."""
    global _keeping
    _keeping = threading.Lock()
    _kept.clear()


os.register_at_fork(after_in_child=_forget_after_fork)
