"""Standard Webhooks signatures: who sent this body, and when.

Scheme (github.com/standard-webhooks/standard-webhooks, spec): three headers `webhook-id`,
`webhook-timestamp` (Unix seconds of this attempt) and `webhook-signature`, a space-separated list
of `v1,<base64 of HMAC-SHA256 over "id.timestamp.body">`. Secrets are written `whsec_` + base64 of
24 to 64 random bytes. While a secret is rotated, a sender signs with the old and the new one.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import secrets as randomness
from collections.abc import Iterable, Mapping
from datetime import datetime

PREFIX = "whsec_"
TOLERANCE = 300  # seconds a timestamp may be off, to either side
MOST_SIGNATURES = 16  # a list longer than this is an attack on our time


def new_secret() -> str:
    """Make a secret of 32 random bytes."""
    return PREFIX + base64.b64encode(randomness.token_bytes(32)).decode()


def sign(*, secret: str, message_id: str, timestamp: int, body: bytes) -> str:
    """Sign one delivery; returns `v1,<base64>`. Raises ValueError when the secret is malformed."""
    signed = b".".join((message_id.encode(), str(timestamp).encode(), body))
    digest = hmac.new(_key(secret), signed, hashlib.sha256).digest()
    return "v1," + base64.b64encode(digest).decode()


def signed_headers(
    *, secrets: Iterable[str], message_id: str, body: bytes, now: datetime
) -> dict[str, str]:
    """Make the three headers of one delivery, signed with every secret that is still valid."""
    at = int(now.timestamp())
    signatures = [sign(secret=s, message_id=message_id, timestamp=at, body=body) for s in secrets]
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(at),
        "webhook-signature": " ".join(signatures),
    }


def verify(
    *, secrets: Iterable[str], headers: Mapping[str, str], body: bytes, now: datetime
) -> bool:
    """Tell whether `body` was signed with one of `secrets` within the tolerance of `now`.

    Header names may be in any case. Every signature is compared with every secret in constant time;
    a malformed secret matches nothing.
    """
    found = {name.lower(): value for name, value in headers.items()}
    message_id, stamp = found.get("webhook-id", ""), found.get("webhook-timestamp", "")
    given = found.get("webhook-signature", "").split()
    if (
        not (message_id and message_id.isascii())
        or not _fresh(stamp, now)
        or len(given) > MOST_SIGNATURES
    ):
        return False
    matches = 0
    for secret in secrets:
        right = _expected(secret, message_id, int(stamp), body)
        for signature in given:
            matches += bool(right) & hmac.compare_digest(right, signature.encode(errors="replace"))
    return matches > 0


def _fresh(stamp: str, now: datetime) -> bool:
    readable = stamp.isascii() and stamp.isdigit() and len(stamp) <= 12
    return readable and abs(now.timestamp() - int(stamp)) <= TOLERANCE


def _expected(secret: str, message_id: str, timestamp: int, body: bytes) -> bytes:
    try:
        return sign(secret=secret, message_id=message_id, timestamp=timestamp, body=body).encode()
    except ValueError:
        return b""


def _key(secret: str) -> bytes:
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError("A signing secret is `whsec_` and base64 after it.") from None
    if not 24 <= len(key) <= 64:
        raise ValueError("A signing secret has 24 to 64 random bytes.")
    return key
