"""GET /api/v1/health/ready: the same as /health/ready, in the API's shape."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, OperationalError
from django.test import Client
from django.utils import timezone

from calls.dispatch import actions, queries


def beat(*, seconds_ago: int = 0) -> None:
    """Both queues gave a sign of life, so long ago."""
    for loop in ("sweep", "dial"):
        actions.beat(loop=loop, now=timezone.now() - timedelta(seconds=seconds_ago))


@pytest.mark.django_db
def test_it_needs_no_key_and_tells_ages(client: Client) -> None:
    beat()
    answer = client.get("/api/v1/health/ready")
    assert answer.status_code == 200
    assert set(answer.json()) == {
        "ok",
        "sweep_age_seconds",
        "dial_age_seconds",
        "oldest_due_age_seconds",
    }


@pytest.mark.django_db
def test_silence_is_a_503_in_our_shape(client: Client) -> None:
    beat(seconds_ago=31)
    answer = client.get("/api/v1/health/ready")
    body = answer.json()
    assert (answer.status_code, body["error"]) == (503, "workers_silent")
    assert body["details"]["dial_age_seconds"] >= 31


@pytest.mark.parametrize("path", ["/api/v1/health/ready", "/health/ready"])
def test_a_house_without_a_database_is_not_ready(
    client: Client, monkeypatch: pytest.MonkeyPatch, path: str
) -> None:
    def down(loop: str) -> None:
        raise OperationalError("gone")

    assert issubclass(OperationalError, DatabaseError)
    monkeypatch.setattr(queries, "last_beat", down)
    assert client.get(path).status_code == 503
