"""New call: what the form keeps, what it refuses, and that it never places twice."""

import pytest
from django.test import Client

from calls.records.models import Call
from tests.world import CALLEE, PASSWORD, World, world

__all__ = ["world"]


@pytest.fixture
def bob(world: World) -> Client:
    client = Client()
    assert client.login(username=world.user("bob").email, password=PASSWORD)
    return client


def test_page(bob: Client, world: World) -> None:
    assert bob.get("/t/acme/calls/new").status_code == 200
    assert bob.get("/t/acme/calls").status_code == 200
    assert bob.get("/t/acme/scheduled").status_code == 200
    sid = world.place().call.sid
    assert bob.get("/t/acme/calls").status_code == 200
    assert bob.get(f"/t/acme/calls/{sid}").status_code == 200
