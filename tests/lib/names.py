"""A name server of our own: what a name leads to, look-up by look-up."""

import socket
from typing import Any

import pytest


class Names:
    """Each name with its answers, one after the other; the last one stays. Counts who asked."""

    def __init__(self, table: dict[str, list[list[str]]]) -> None:
        self.table, self.asked, self.real = table, 0, socket.getaddrinfo

    def getaddrinfo(self, host: str, port: int, *args: Any, **named: Any) -> list[Any]:
        """As the system's resolver answers; an address is no name, and what is not in the table is not."""
        if not host.endswith(".example"):
            return list(self.real(host, port, *args, **named))
        self.asked += 1
        answers = self.table.get(host)
        if answers is None:
            raise socket.gaierror(-2, "Name or service not known")
        found = answers.pop(0) if len(answers) > 1 else answers[0]
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (text, port)) for text in found]


def names(monkeypatch: pytest.MonkeyPatch, **table: Any) -> Names:
    """Names of `example`: their addresses, or several answers in turn."""
    known = {
        f"{name}.example": answers if isinstance(answers[0], list) else [answers]
        for name, answers in table.items()
    }
    found = Names(known)
    monkeypatch.setattr(socket, "getaddrinfo", found.getaddrinfo)
    return found
