"""Twilio's credentials as we keep them: the account's SID and its auth token, as one word. Pure."""

from __future__ import annotations

import base64
import re
from dataclasses import dataclass

SHAPE = re.compile(r"(AC[0-9a-fA-F]{32}):([0-9A-Za-z]{16,64})")


@dataclass(frozen=True, slots=True, repr=False)
class Credential:
    """Who we are to Twilio, and the secret that shows it; the same secret signs what Twilio sends."""

    account_sid: str
    auth_token: str

    @property
    def basic(self) -> str:
        """The value of the Authorization header."""
        pair = f"{self.account_sid}:{self.auth_token}".encode()
        return "Basic " + base64.b64encode(pair).decode()


def read_credential(text: str) -> Credential | None:
    """Read `AC…:token`; None when it is anything else."""
    found = SHAPE.fullmatch(text)
    return Credential(*found.groups()) if found else None
