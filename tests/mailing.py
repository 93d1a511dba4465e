"""A mail server that tests take down and bring up; what it takes lies in `django.core.mail.outbox`."""

from collections.abc import Sequence

import pytest
from django.core.mail import EmailMessage
from django.core.mail.backends.locmem import EmailBackend


class Switch:
    """The server: `asked` counts its connections; it fails for everybody while down, or for one address."""

    def __init__(self) -> None:
        self.is_down, self.asked = False, 0
        self.refuses: dict[str, Exception] = {}

    def down(self) -> None:
        """From now on nobody answers."""
        self.is_down = True

    def up(self) -> None:
        """It takes mail again."""
        self.is_down = False

    def connect(self) -> None:
        """Fail while down; the words would give an address away."""
        self.asked += 1
        if self.is_down:
            raise ConnectionRefusedError("mail.example refuses bob@acme.example")


def mail_server(monkeypatch: pytest.MonkeyPatch) -> Switch:
    """Stand between Django and its outbox."""
    server, keep = Switch(), EmailBackend.send_messages

    def take(backend: EmailBackend, mails: Sequence[EmailMessage]) -> int:
        for mail in mails:
            if problem := server.refuses.get(mail.to[0]):
                raise problem
        return int(keep(backend, mails))

    monkeypatch.setattr(EmailBackend, "open", lambda backend: server.connect())
    monkeypatch.setattr(EmailBackend, "send_messages", take)
    return server
