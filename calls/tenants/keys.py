"""The spelling of an API key: `gl_<live|test|admin>_<8 id>_<43 secret><6 checksum>` (RELIABILITY R4.1). Pure.

The checksum lets a scanner, and us, tell a mistyped key from a wrong one without a database read.
"""

import hashlib
import hmac
import re
import secrets
import string
import zlib
from dataclasses import dataclass

_ALPHABET = string.digits + string.ascii_uppercase + string.ascii_lowercase
_PATTERN = re.compile(r"gl_(live|test|admin)_([0-9A-Za-z]{8})_([0-9A-Za-z]{43})([0-9A-Za-z]{6})")
# What scanners look for (docs/api.md); a whole match says nothing about the checksum.
SPELLED = re.compile(r"gl_(?:live|test|admin)_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}")


@dataclass(frozen=True, slots=True)
class SpelledKey:
    """A well-formed key: its public id and the SHA-256 (64 hex digits) we keep of the whole."""

    key_id: str
    sha256: str


def mint(environment: str) -> tuple[str, SpelledKey]:
    """A new key (shown once) and what is stored of it; `environment` is live, test or admin."""
    key_id = _random(8)
    body = f"gl_{environment}_{key_id}_{_random(43)}"
    key = body + _checksum(body)
    return key, SpelledKey(key_id, _sha256(key))


def parse(key: str) -> SpelledKey | None:
    """Read a presented key; None when its form or checksum is wrong."""
    match = _PATTERN.fullmatch(key)
    if match is None or _checksum(key[:-6]) != match[4]:
        return None
    return SpelledKey(key_id=match[2], sha256=_sha256(key))


def without_keys(text: str) -> str:
    """The text with every key in it, whole or mistyped, cut off behind its id."""
    return SPELLED.sub(lambda found: f"{found[0].rpartition('_')[0]}_…", text)


def same(stored: str, presented: str) -> bool:
    """Compare two digests in constant time."""
    return hmac.compare_digest(stored, presented)


def _sha256(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()


def _random(length: int) -> str:
    return "".join(secrets.choice(_ALPHABET) for _ in range(length))


def _checksum(body: str) -> str:
    number = zlib.crc32(body.encode())
    digits = ""
    for _ in range(6):
        number, digit = divmod(number, 62)
        digits = _ALPHABET[digit] + digits
    return digits
