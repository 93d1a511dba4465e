"""What a version's configuration may hold. Pure."""

from collections.abc import Mapping
from typing import Any
from urllib.parse import urlsplit

KEYS = ("model", "voice", "language", "prompt_key", "media_url", "carrier_version_id")
LONGEST = 300


def flaw(config: Mapping[str, Any]) -> tuple[str, str] | None:
    """The first key that cannot stand and why, as a sentence; None when all is well."""
    for key, value in config.items():
        if key not in KEYS:
            return key, f"A version has no “{key}”. It has {', '.join(KEYS)}."
        if not isinstance(value, str) or not value or len(value) > LONGEST:
            return key, f"Give {key} as text of at most {LONGEST} characters, or leave it out."
    return _flaw_of_address(str(config.get("media_url", "")))


def _flaw_of_address(address: str) -> tuple[str, str] | None:
    if not address:
        return None
    try:
        parts = urlsplit(address)
    except ValueError:
        parts = urlsplit("")
    if parts.scheme in ("wss", "https") and parts.hostname and not parts.username:
        return None
    return "media_url", "Give an address that begins with wss:// or https://, without a password."
