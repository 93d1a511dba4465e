"""Acme at Twilio's face: its account, and callbacks signed as Twilio signs them."""

from datetime import datetime
from typing import Any
from urllib.parse import parse_qsl, urlencode

from django.conf import settings

from calls.carriers.twilio_signature import FORM, sign
from calls.events import actions as events
from calls.events.models import InboundEvent
from calls.records.models import Call
from calls.routes.models import CarrierAccount
from tests.world import CALLEE, CALLER_ID, NOW, World, account_of

ACCOUNT_SID, TOKEN = "AC" + "0" * 32, "a" * 32
REMOTE = "CA" + "1" * 32  # Twilio's own id of a call
STREAM = "wss://agents.example/media"


def at_twilio(world: World, url: str = "http://127.0.0.1:9", **fields: Any) -> CarrierAccount:
    """An account at the sandbox's Twilio face, which Acme's calls go through from now on."""
    given: dict[str, Any] = {
        "carrier": CarrierAccount.SANDBOX_TWILIO,
        "name": "Acme at Twilio",
        "api_key": f"{ACCOUNT_SID}:{TOKEN}",
        "hook_token": "acme-twilio-hook",
        "hook_secrets": [],
    }
    world.account = account_of(world.acme, url, **given | fields)
    world.route.account = world.account
    world.route.save()
    world.version.config = world.version.config | {"media_url": STREAM}
    world.version.save()
    return world.account


def hook(account: CarrierAccount, call: Call | None = None, *, attempt: int = 1) -> str:
    """Where Twilio sends what happens to a call."""
    query = f"?call_id={call.sid}&attempt={attempt}" if call else ""
    return f"{settings.PUBLIC_URL}/hooks/twilio/{account.public_id}{query}"


def callback(status: str, **changes: str) -> bytes:
    """The form that Twilio sends; "" leaves a field out."""
    known = {
        "CallSid": REMOTE,
        "CallStatus": status,
        "To": CALLEE,
        "From": CALLER_ID,
        "Timestamp": NOW.strftime("%a, %d %b %Y %H:%M:%S +0000"),
        "SequenceNumber": "1",
    }
    return urlencode({n: v for n, v in (known | changes).items() if v}).encode()


def signed(url: str, body: bytes, *, token: str = TOKEN) -> dict[str, str]:
    """The headers that Twilio sends with it."""
    fields = parse_qsl(body.decode(), keep_blank_values=True)
    return {"X-Twilio-Signature": sign(token=token, url=url, fields=fields), "Content-Type": FORM}


def deliver(url: str, body: bytes, *, token: str = TOKEN, now: datetime = NOW) -> InboundEvent:
    """Receive one delivery, as the door hands it on."""
    path = url.partition("?")[0].rpartition("/")[2]
    return events.receive(
        token=path, url=url, headers=signed(url, body, token=token), body=body, now=now
    )
