"""A few hundred requests made from the document, over HTTP: no 5xx, and nothing the document does not say."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from calls.dispatch import actions
from calls.management.demo import seed_acme, seed_registry
from tests.contract.asking import ask

NOWHERE = "http://127.0.0.1:9"
SEED = 20_261_125


@pytest.fixture
def key(live_server: LiveServer) -> str:
    """A key of the demo tenant, in a house that seems at work for an hour."""
    now = timezone.now()
    seed_registry(now=now)
    for loop in ("sweep", "dial"):
        actions.beat(loop=loop, now=now + timedelta(hours=1))
    return seed_acme(sandbox_url=NOWHERE, now=now).api_key


@pytest.mark.journey
def test_the_server_keeps_to_its_document(live_server: LiveServer, key: str) -> None:
    short = ("--phases", "examples,fuzzing,stateful")
    said = ask(live_server.url, "public", key, most=16, seed=SEED, options=short)
    assert said.is_well, said.words
    assert said.cases > 300
