"""Live says that a process answers, ready that the house works."""

from datetime import UTC, datetime, timedelta

import pytest
from django.db import DatabaseError
from django.test import Client

from calls.dispatch import actions, queries


def test_live_asks_nobody(client: Client) -> None:
    assert client.get("/health/live").json() == {"ok": True}


@pytest.mark.django_db
def test_ready_while_both_queues_are_alive(client: Client) -> None:
    for loop in ("sweep", "dial"):
        actions.beat(loop=loop, now=datetime.now(UTC))
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["ok"]) == (200, True)


@pytest.mark.django_db
@pytest.mark.parametrize("silent", ["sweep", "dial"])
def test_not_ready_while_one_queue_is_silent(client: Client, silent: str) -> None:
    other = {"sweep": "dial", "dial": "sweep"}[silent]
    actions.beat(loop=other, now=datetime.now(UTC))
    actions.beat(loop=silent, now=datetime.now(UTC) - timedelta(seconds=31))
    assert client.get("/health/ready").json()["error"] == "workers_silent"


@pytest.mark.django_db
def test_not_ready_before_the_first_sweep(client: Client) -> None:
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["error"]) == (503, "workers_silent")


@pytest.mark.django_db
def test_not_ready_when_the_sweep_fell_silent(client: Client) -> None:
    actions.beat(loop="sweep", now=datetime.now(UTC) - timedelta(seconds=31))
    answer = client.get("/health/ready")
    assert answer.status_code == 503
    assert answer.json()["sweep_age_seconds"] >= 31


def test_not_ready_without_a_database(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    def down(loop: str) -> None:
        raise DatabaseError

    monkeypatch.setattr(queries, "last_beat", down)
    answer = client.get("/health/ready")
    assert (answer.status_code, answer.json()["error"]) == (503, "database_unavailable")
