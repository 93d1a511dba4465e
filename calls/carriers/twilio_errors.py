"""What Twilio's error codes prove about a request for a call, and what people should do. Pure.

The HTTP status is judged first (`classify`). A code that Twilio documents can only sharpen a status
that is proof already: whether this call is refused for ever, the account cannot be used, or waiting
helps. One status is proof because of its code alone: 404 with 20404, which Twilio answers before it
looks at a request, when the account in the address is not there. One code takes proof away: 21204
says that a call was begun already.
"""

from __future__ import annotations

from calls.carriers.base import REFUSALS, Evidence, classify

REFUSED, CREDENTIALS, THROTTLED = Evidence.REFUSED, Evidence.CREDENTIALS, Evidence.THROTTLED

_ACCOUNT = "Look at the account in Twilio's console, then resume it here."
_NUMBER = "Check the number."
_CALLER = "Use a caller ID that this Twilio account owns or has verified."
_COUNTRY = "Allow the destination in Twilio's voice geographic permissions, or leave it out."
_OURS = "This is a fault of this installation; tell who runs it."

# Twilio's code → what it proves, and our sentence.
KNOWN: dict[int, tuple[Evidence, str]] = {
    10001: (CREDENTIALS, f"The Twilio account is not active. {_ACCOUNT}"),
    10002: (REFUSED, "A trial account of Twilio cannot do this. Upgrade the account."),
    10004: (THROTTLED, "The Twilio account has as many calls under way as it may."),
    10005: (CREDENTIALS, f"Voice calls are switched off for the Twilio account. {_ACCOUNT}"),
    20001: (REFUSED, f"Twilio does not know a field of the request. {_OURS}"),
    20003: (CREDENTIALS, "Twilio does not accept the account's SID and token. Enter them anew."),
    20005: (CREDENTIALS, f"The Twilio account is not active. {_ACCOUNT}"),
    20006: (CREDENTIALS, f"Twilio denies this account access. {_ACCOUNT}"),
    20008: (CREDENTIALS, "These are Twilio's test credentials. Enter the live ones."),
    20403: (CREDENTIALS, f"Twilio forbids this account the request. {_ACCOUNT}"),
    20404: (CREDENTIALS, "Twilio knows no such account. Check the account's SID and base URL."),
    20429: (THROTTLED, "Twilio asks us to slow down."),
    21201: (REFUSED, f"Twilio misses the number to call. {_OURS}"),
    21202: (REFUSED, "Twilio takes this number for a premium one and does not call it."),
    21203: (REFUSED, f"International calls are not switched on at Twilio. {_COUNTRY}"),
    21204: (Evidence.UNKNOWN, "Twilio says that this call was begun already."),
    21205: (REFUSED, f"Twilio cannot use the address of the callback. {_OURS}"),
    21208: (REFUSED, f"Twilio cannot use the time a call may ring. {_OURS}"),
    21209: (REFUSED, f"Twilio cannot use the method of the callback. {_OURS}"),
    21210: (REFUSED, f"Twilio does not know the caller ID as this account's. {_CALLER}"),
    21211: (REFUSED, f"Twilio says that this is no telephone number. {_NUMBER}"),
    21212: (REFUSED, f"Twilio cannot use the caller ID. {_CALLER}"),
    21213: (REFUSED, f"Twilio misses the caller ID. {_CALLER}"),
    21214: (REFUSED, f"Twilio cannot reach this number. {_NUMBER}"),
    21215: (REFUSED, f"The Twilio account may not call this destination. {_COUNTRY}"),
    21216: (REFUSED, f"The Twilio account is not allowed to call this number. {_COUNTRY}"),
    21217: (REFUSED, f"Twilio says that the number is not valid. {_NUMBER}"),
    21218: (REFUSED, f"Twilio knows no such application. {_OURS}"),
    21219: (REFUSED, "A trial account of Twilio calls verified numbers only. Upgrade the account."),
    13223: (REFUSED, f"Twilio cannot read the number. {_NUMBER}"),
    13224: (REFUSED, f"Twilio does not call this number, or it does not exist. {_NUMBER}"),
    13225: (REFUSED, "Twilio forbids calls to this number."),
    13226: (REFUSED, f"Twilio knows no such country code. {_NUMBER}"),
    13227: (REFUSED, f"Twilio's geographic permissions forbid this destination. {_COUNTRY}"),
}


def judge(*, status: int | None, code: int, bytes_written: int, call_id: str | None) -> Evidence:
    """Judge one answer of Twilio; `code` is 0 where a whole answer names none."""
    known = KNOWN.get(code)
    if known and (status in REFUSALS or (status, code) == (404, 20404)):
        return known[0]
    return classify(status=status, bytes_written=bytes_written, call_id=call_id)


def sentence_of(code: int, evidence: Evidence) -> str:
    """Our sentence for a code; "" for one that we do not know, or that does not explain the proof."""
    meant, sentence = KNOWN.get(code, (None, ""))
    return sentence if meant is evidence else ""
