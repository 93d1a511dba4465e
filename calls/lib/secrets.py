"""Sealing secrets at rest: carrier credentials, webhook secrets, second factors.

A sealed text is `<key id>:<Fernet token>`. The first of `settings.ENCRYPTION_KEYS` seals, every one
of them opens, so a key is changed by putting the new one in front and resealing what is stored.
"""

import hashlib
import re

from cryptography.fernet import Fernet, InvalidToken
from django.conf import settings

KEY_ID = re.compile("[0-9a-f]{8}")


class Undecryptable(Exception):
    """The key that sealed this text is not among `ENCRYPTION_KEYS`, or the text was changed."""

    def __init__(self, wanted: str) -> None:
        """`wanted` is the id of the key that sealed the text; whatever else stood there is not repeated."""
        wanted = wanted if KEY_ID.fullmatch(wanted) else "unknown"
        super().__init__(f"No key in ENCRYPTION_KEYS opens this secret; it wants key {wanted!r}.")
        self.key_id = wanted


def key_id(key: str) -> str:
    """The public name of a key: 8 hex digits of its SHA-256."""
    return hashlib.sha256(key.encode()).hexdigest()[:8]


def seal(text: str) -> str:
    """Encrypts with the first key of the ring."""
    key = settings.ENCRYPTION_KEYS[0]
    return f"{key_id(key)}:{Fernet(key).encrypt(text.encode()).decode()}"


def unseal(sealed: str) -> str:
    """Decrypts with the key the text names; `Undecryptable` where that fails."""
    wanted, _, token = sealed.partition(":")
    ring = {key_id(key): key for key in settings.ENCRYPTION_KEYS}
    if wanted not in ring:
        raise Undecryptable(wanted)
    try:
        return Fernet(ring[wanted]).decrypt(token.encode()).decode()
    except InvalidToken as error:
        raise Undecryptable(wanted) from error


def reseal(sealed: str) -> str:
    """The same secret under the first key: as it is where that sealed it. Raises Undecryptable."""
    text = unseal(sealed)
    is_current = sealed.partition(":")[0] == key_id(settings.ENCRYPTION_KEYS[0])
    return sealed if is_current else seal(text)
