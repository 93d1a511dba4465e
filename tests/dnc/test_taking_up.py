"""The sweep hints at imports that wait or whose worker died, and at no others."""

from datetime import timedelta
from typing import Any

import pytest

from calls.dnc import actions, importing
from calls.tasks import run_import, run_waiting_imports
from tests.dnc.registries import ANN, BEN, acmes, bring, listed, source_of, start
from tests.world import NOW, World

Hints = list[dict[str, str]]


@pytest.fixture
def hints(monkeypatch: pytest.MonkeyPatch) -> Hints:
    """What was hinted at."""
    sent: Hints = []
    monkeypatch.setattr(importing, "later", lambda task, **given: sent.append(given))
    return sent


def test_what_waits_is_taken_up(world: World, hints: Hints) -> None:
    found = start(source_of(None), ANN)
    importing.run_waiting(now=NOW)
    assert hints == [{"import_id": found.public_id}]


@pytest.mark.parametrize(("seconds", "taken_up"), [(29, False), (31, True)])
def test_what_stands_still_is_taken_up(
    world: World, hints: Hints, seconds: int, taken_up: bool
) -> None:
    found = start(source_of(None), ANN, BEN)
    actions.take_numbers(found=found, numbers=[ANN], lines=1, unreadable=0, now=NOW)
    importing.run_waiting(now=NOW + timedelta(seconds=seconds))
    assert bool(hints) is taken_up


def test_what_is_over_is_left_alone(world: World, hints: Hints) -> None:
    bring(source_of(None), ANN)
    bring(acmes(world), "junk")
    importing.run_waiting(now=NOW + timedelta(days=1))
    assert hints == []


def test_the_tasks_carry_a_file_in(world: World, monkeypatch: Any) -> None:
    source = source_of(None)
    found = start(source, ANN)
    monkeypatch.setattr(
        importing, "later", lambda task, import_id: run_import(import_id=import_id, more="words")
    )
    run_waiting_imports(from_a="newer sender")
    found.refresh_from_db()
    assert (found.state, listed(source)) == ("done", {ANN})
