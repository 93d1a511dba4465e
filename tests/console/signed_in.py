"""Signed-in clients on Acme's pages, and what a filled-in form of a new call looks like."""

from datetime import datetime
from typing import Any
from uuid import uuid4

import time_machine
from django.test import Client

from tests.world import NOW, PASSWORD, World

HTMX = {"HX-Request": "true"}


def sign_in(world: World, name: str = "bob") -> Client:
    """A client with this person's session."""
    client = Client()
    assert client.login(username=world.user(name).email, password=PASSWORD)
    return client


def at(moment: datetime = NOW) -> time_machine.travel:
    """The world's Tuesday morning, standing still."""
    return time_machine.travel(moment, tick=False)


def filled(world: World, **fields: Any) -> dict[str, Any]:
    """The form as Bob fills it in for a fictional number, with other fields where given."""
    typed = {
        "to": "(555) 555-5678",
        "route": world.route.public_id,
        "agent": "support_primary",
        "greeting": world.appointment.public_id,
        "when": "now",
        "at": "",
        "reference": "",
        "token": str(uuid4()),
    }
    return typed | fields


def words(html: bytes | str) -> str:
    """A page as one line of text, spaces made single."""
    text = html.decode() if isinstance(html, bytes) else html
    return " ".join(text.split())
