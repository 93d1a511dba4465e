"""Acme and Globex before anybody agreed to anything."""

import pytest

from calls.consent.models import ConsentRecord
from tests.world import World, build


@pytest.fixture
def world(db: None) -> World:
    """The world of every test, without the consent that the New Yorker gave there."""
    built = build()
    ConsentRecord.objects.all().delete()
    return built
