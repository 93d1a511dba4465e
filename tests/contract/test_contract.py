"""A few hundred requests made from the document, over HTTP: no 5xx, and nothing the document does not say."""

from datetime import timedelta

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from calls.dispatch import actions
from calls.management.demo import seed_acme, seed_platform, seed_registry
from tests.contract.asking import ask

NOWHERE = "http://127.0.0.1:9"
SEED = 20_261_125
PHASES = [("public", "examples,fuzzing,stateful"), ("admin", "examples,fuzzing")]


@pytest.fixture
def keys(live_server: LiveServer) -> dict[str, str]:
    """A key for each document, in a house that seems at work for an hour."""
    now = timezone.now()
    seed_registry(now=now)
    for loop in ("sweep", "dial"):
        actions.beat(loop=loop, now=now + timedelta(hours=1))
    runtime = seed_acme(sandbox_url=NOWHERE, now=now).api_key
    return {"public": runtime, "admin": seed_platform(now=now)[1]}


@pytest.mark.journey
@pytest.mark.parametrize(("document", "phases"), PHASES)
def test_the_server_keeps_to_its_document(
    live_server: LiveServer, keys: dict[str, str], document: str, phases: str
) -> None:
    short = ("--phases", phases)
    said = ask(live_server.url, document, keys[document], most=12, seed=SEED, options=short)
    assert said.is_well, said.words
    assert said.cases > 150
