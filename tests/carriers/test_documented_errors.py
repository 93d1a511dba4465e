"""Every documented answer of both carriers: what it proves, and the sentence people read.

`test_classify` holds the table without words; here whole answers go through each client.
"""

import json
from dataclasses import replace

import httpx
import pytest

from calls.carriers.base import AccountAccess, Answer, CallRequest, Carrier, Evidence
from calls.carriers.stateset import StateSet
from calls.carriers.twilio import Twilio
from calls.carriers.twilio_errors import KNOWN
from calls.lib.http import KeptClient
from tests.carriers.world import request

SID = "AC" + "0" * 32
PLACED = {"sid": "CA" + "1" * 32, "status": "queued"}
E1, E2, E3, E4, E5 = (
    Evidence.REFUSED,
    Evidence.CREDENTIALS,
    Evidence.THROTTLED,
    Evidence.ACCEPTED,
    Evidence.UNKNOWN,
)

# HTTP status, Twilio's code, what is proved, a part of our sentence
TWILIO = [
    (400, 20001, E1, "fault of this installation"),
    (400, 21201, E1, "misses the number"),
    (400, 21202, E1, "premium"),
    (400, 21203, E1, "not switched on"),
    (400, 21204, E5, "begun already"),
    (400, 21205, E1, "address of the callback"),
    (400, 21208, E1, "may ring"),
    (400, 21209, E1, "method"),
    (400, 21210, E1, "owns or has verified"),
    (400, 21211, E1, "no telephone number"),
    (400, 21212, E1, "caller ID"),
    (400, 21213, E1, "misses the caller ID"),
    (400, 21214, E1, "cannot reach"),
    (400, 21215, E1, "geographic permissions"),
    (400, 21216, E1, "not allowed to call"),
    (400, 21217, E1, "not valid"),
    (400, 21218, E1, "application"),
    (400, 21219, E1, "trial account"),
    (400, 13223, E1, "cannot read the number"),
    (400, 13224, E1, "does not exist"),
    (400, 13225, E1, "forbids calls"),
    (400, 13226, E1, "country code"),
    (400, 13227, E1, "geographic permissions"),
    (400, 10002, E1, "trial account"),
    (400, 99999, E1, "refused the request as wrong"),
    (400, 0, E1, "refused the request as wrong"),
    # Of the whole account, whatever the status: the call itself is not to blame.
    (400, 10001, E2, "not active"),
    (400, 10004, E3, "as many calls under way"),
    (400, 10005, E2, "switched off"),
    (401, 20003, E2, "SID and token"),
    (401, 20005, E2, "not active"),
    (401, 0, E2, "refused our credentials"),
    (403, 20003, E2, "SID and token"),
    (403, 20006, E2, "denies"),
    (403, 20008, E2, "test credentials"),
    (403, 20403, E2, "forbids"),
    (403, 0, E2, "refused our credentials"),
    # Of one destination, though the status speaks of the account: nobody else's calls stop.
    (403, 21215, E1, "geographic permissions"),
    (403, 13227, E1, "geographic permissions"),
    (429, 20429, E3, "slow down"),
    (429, 10004, E3, "as many calls under way"),
    (429, 0, E3, "slow down"),
    # Twilio itself says that the account is not there; a 404 of anybody else proves nothing.
    (404, 20404, E2, "knows no such account"),
    (404, 21211, E5, "may or may not"),
    (404, 0, E5, "may or may not"),
    # What else may stand between us and Twilio.
    (402, 0, E5, "may or may not"),
    (405, 20004, E5, "may or may not"),
    (408, 0, E5, "may or may not"),
    (409, 0, E5, "may or may not"),
    (422, 20422, E5, "may or may not"),
    (500, 20500, E5, "may or may not"),
    (500, 21211, E5, "may or may not"),
    (500, 20404, E5, "may or may not"),
    (502, 0, E5, "may or may not"),
    (503, 20503, E5, "may or may not"),
    (503, 20429, E5, "may or may not"),
    (504, 0, E5, "may or may not"),
]

# HTTP status, the contract's error, what is proved, a part of our sentence
STATESET = [
    (400, "invalid_number", E1, "refused the request as wrong"),
    (400, "invalid_route", E1, "refused the request as wrong"),
    (400, "unknown_agent_key", E1, "refused the request as wrong"),
    (400, "tenant_misconfigured", E1, "refused the request as wrong"),
    (401, "unauthorized", E2, "refused our credentials"),
    (403, "wrong_credential_class", E2, "refused our credentials"),
    (404, "not_found", E5, "may or may not"),
    (409, "possible_duplicate", E5, "may or may not"),
    (409, "idempotency_in_progress", E5, "may or may not"),
    (412, "precondition_failed", E5, "may or may not"),
    (422, "idempotency_key_reused", E5, "may or may not"),
    (429, "rate_limited", E3, "slow down"),
    (500, "internal_error", E5, "may or may not"),
    (502, "carrier_error", E5, "may or may not"),
    (503, "carrier_unavailable", E5, "may or may not"),
]


def asked(carrier: type[StateSet] | type[Twilio], status: int, body: object) -> Answer:
    """What a client makes of one answer."""
    data = body if isinstance(body, bytes) else json.dumps(body).encode()
    reply = httpx.Response(status, stream=httpx.ByteStream(data), headers={"retry-after": "7"})
    transport = httpx.MockTransport(lambda _: reply)
    access = AccountAccess("account-1", "any", "https://carrier.test", f"{SID}:{'a' * 32}")
    client: Carrier = carrier(access, client=KeptClient(transport=transport))
    return client.place(call())


def call() -> CallRequest:
    """A request that both carriers can be asked."""
    return replace(request("+15555555678"), media_url="wss://agents.example/media", call_id="CA1")


@pytest.mark.parametrize(("status", "code", "proved", "sentence"), TWILIO)
def test_what_twilios_answer_proves(
    status: int, code: int, proved: Evidence, sentence: str
) -> None:
    answer = asked(Twilio, status, {"code": code, "message": "No +15555555678.", "status": status})
    assert (answer.evidence, answer.http_status, answer.retry_after) == (proved, status, 7.0)
    assert sentence in answer.reason
    assert "No (number)." in answer.reason
    assert answer.carrier_call_id is None


@pytest.mark.parametrize(("status", "error", "proved", "sentence"), STATESET)
def test_what_statesets_answer_proves(
    status: int, error: str, proved: Evidence, sentence: str
) -> None:
    answer = asked(StateSet, status, {"ok": False, "error": error, "message": "No +15555555678."})
    assert (answer.evidence, answer.http_status, answer.retry_after) == (proved, status, 7.0)
    assert sentence in answer.reason
    assert "No (number)." in answer.reason


@pytest.mark.parametrize("status", [200, 201, 202])
def test_a_sid_in_a_2xx_is_a_call(status: int) -> None:
    answer = asked(Twilio, status, PLACED)
    assert answer == Answer(E4, PLACED["sid"], status, retry_after=7.0, word="queued")


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"<html>",
        b"null",
        b'{"sid": "CA1"',
        [PLACED],
        {"status": "queued"},
        {"sid": None},
        {"sid": ""},
        {"sid": 7},
        {"sid": "has space"},
        {"sid": "x" * 200},
        b"\xff\xfe",
        b" " * 70_000,
    ],
)
def test_a_2xx_without_a_readable_sid_proves_nothing(body: object) -> None:
    answer = asked(Twilio, 201, body)
    assert (answer.evidence, answer.carrier_call_id) == (E5, None)


@pytest.mark.parametrize("code", ["21211", None, True, [], 21211.5, -1])
def test_a_code_that_is_none_changes_nothing(code: object) -> None:
    assert asked(Twilio, 400, {"code": code}).evidence is E1
    assert asked(Twilio, 404, {"code": code}).evidence is E5


def test_a_sid_beside_a_refusal_is_no_call() -> None:
    answer = asked(Twilio, 400, PLACED | {"code": 21211})
    assert (answer.evidence, answer.carrier_call_id, answer.word) == (E1, None, "")


def test_a_404_cut_short_is_nobodys_word() -> None:
    assert asked(Twilio, 404, b'{"code": 20404, "message": "not fo').evidence is E5


def test_every_code_we_know_is_tried() -> None:
    assert {code for _, code, _, _ in TWILIO} >= set(KNOWN)
    assert len({case[:2] for case in TWILIO}) == len(TWILIO)
    assert len(TWILIO) + len(STATESET) >= 40


@pytest.mark.parametrize("code", KNOWN)
def test_a_sentence_fits_a_line_and_ends(code: int) -> None:
    sentence = KNOWN[code][1]
    assert len(sentence) <= 150
    assert sentence.endswith(".")
    assert "Twilio" in sentence
