"""How staff sign in, where django-allauth lets us say so."""

import logging
from base64 import b32encode
from secrets import token_bytes

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from django.http import HttpRequest

from calls.lib import secrets

log = logging.getLogger(__name__)


class StaffAccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    """Accounts are made by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves."""
        return False


class StaffMFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Second factors are sealed at rest like every other secret."""

    def encrypt(self, text: str) -> str:
        """What goes into the database."""
        return secrets.seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """What came out of it; in place of what nobody can open, a secret that no code fits."""
        try:
            return secrets.unseal(encrypted_text)
        except secrets.Undecryptable:
            log.exception("a second factor cannot be opened")
            return b32encode(token_bytes(20)).decode()
