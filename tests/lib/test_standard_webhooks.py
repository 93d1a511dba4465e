"""The package of the scheme's authors verifies what we sign, and we verify what it signs."""

import base64
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from calls.lib.signing import new_secret, signed_headers, verify

# The package reads the clock by itself, and the test may come long after this line.
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW, tick=False):
        yield


OTHER = new_secret()

SECRETS = {
    "24 bytes": "whsec_" + base64.b64encode(b"s" * 24).decode(),
    "32 bytes": "whsec_" + base64.b64encode(bytes(range(32))).decode(),
    "64 bytes": "whsec_" + base64.b64encode(b"\xff" * 64).decode(),
    "one of ours": new_secret(),
}
BODIES = {
    "an object": b'{"event":"voice.call.completed","data":{"status":"completed"}}',
    "spaces and lines": b'{ "a" : 1 ,\n "b" : [ ] }\n',
    "other scripts": json.dumps({"summary": "Grüße 你好 🙂"}, ensure_ascii=False).encode(),
    "escapes": json.dumps({"summary": "Grüße \0 \n"}).encode(),
    "dots": b'{"a":"1.2.3"}',
    "long": json.dumps({"summary": "x" * 20_000}).encode(),
}
VECTORS = [(secret, body) for secret in SECRETS for body in BODIES]


@pytest.mark.parametrize(("secret", "body"), VECTORS)
def test_it_verifies_ours(secret: str, body: str) -> None:
    headers = signed_headers(
        secrets=[SECRETS[secret]], message_id="evt_1", body=BODIES[body], now=NOW
    )
    assert Webhook(SECRETS[secret]).verify(BODIES[body], headers) == json.loads(BODIES[body])


@pytest.mark.parametrize(("secret", "body"), VECTORS)
def test_we_verify_its(secret: str, body: str) -> None:
    headers = {
        "webhook-id": "evt_1",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": Webhook(SECRETS[secret]).sign("evt_1", NOW, BODIES[body].decode()),
    }
    assert verify(secrets=[SECRETS[secret]], headers=headers, body=BODIES[body], now=NOW)


@pytest.mark.parametrize("valid", [0, 1])
def test_either_of_two_secrets_is_enough_for_it(valid: int) -> None:
    pair = [SECRETS["32 bytes"], OTHER]
    headers = signed_headers(secrets=pair, message_id="evt_1", body=b"{}", now=NOW)
    assert Webhook(pair[valid]).verify(b"{}", headers) == {}


@pytest.mark.parametrize("fault", ["body", "id", "secret", "time"])
def test_both_refuse_the_same(fault: str) -> None:
    at = NOW - timedelta(minutes=6) if fault == "time" else NOW
    headers = signed_headers(secrets=[OTHER], message_id="evt_1", body=b"{}", now=at)
    headers |= {"webhook-id": "evt_2"} if fault == "id" else {}
    body = b"[]" if fault == "body" else b"{}"
    secret = SECRETS["32 bytes"] if fault == "secret" else OTHER
    with pytest.raises(WebhookVerificationError):
        Webhook(secret).verify(body, headers)
    assert not verify(secrets=[secret], headers=headers, body=body, now=NOW)
