"""Two tenants as the demo seeds them, and a program with a key of each."""

from datetime import UTC, datetime, timedelta

import pytest

from calls.management.demo import Seeded, seed_acme, seed_globex
from tests.api.program import REAL_NUMBER, Program
from tests.world import agree

SEEDED_AT = datetime(2026, 1, 5, 15, 0, tzinfo=UTC)
NOWHERE = "http://127.0.0.1:9"


@pytest.fixture
def acme(db: None) -> Seeded:
    """The demo tenant; the owner of REAL_NUMBER agreed to be called."""
    seeded = seed_acme(sandbox_url=NOWHERE, now=SEEDED_AT)
    agree(seeded.tenant, REAL_NUMBER, captured_at=SEEDED_AT - timedelta(days=7), now=SEEDED_AT)
    return seeded


@pytest.fixture
def globex(db: None) -> Seeded:
    """The other tenant."""
    return seed_globex(sandbox_url=NOWHERE, now=SEEDED_AT)


@pytest.fixture
def program(acme: Seeded) -> Program:
    """A program with Acme's key, which may place and read calls."""
    return Program(acme.api_key)


@pytest.fixture
def stranger(globex: Seeded) -> Program:
    """A program with Globex's key."""
    return Program(globex.api_key)
