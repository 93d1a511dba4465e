"""The same request while the first is still being recorded waits for it, and is its replay or itself the first."""

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from django.db import connection

from calls.placing.actions import KeyReused, Placement
from calls.records import actions as records
from calls.records.models import Call
from tests.concurrency.together import elsewhere
from tests.world import World

pytestmark = pytest.mark.django_db(transaction=True)


class Outage(Exception):
    """The first request fails at its last moment."""


class Held:
    """The first request, stopped inside its transaction once its call is written."""

    def __init__(self) -> None:
        self.written, self.go_on, self.fails = threading.Event(), threading.Event(), False
        self.result: object = None

    def start(self, work: Callable[[], object]) -> None:
        """Run it until its call is written."""

        def first() -> None:
            try:
                self.result = work()
            except Outage as problem:
                self.result = problem
            finally:
                connection.close()

        self.thread = threading.Thread(target=first)
        self.thread.start()
        assert self.written.wait(20)

    def end(self) -> None:
        """Let it finish."""
        self.go_on.set()
        self.thread.join()


@pytest.fixture
def held(monkeypatch: pytest.MonkeyPatch) -> Iterator[Held]:
    """The first call that is written waits there."""
    state, real = Held(), records.open_call

    def open_call(**given: Any) -> Call:
        call = real(**given)
        if not state.written.is_set():
            state.written.set()
            assert state.go_on.wait(20)
            if state.fails:
                raise Outage
        return call

    monkeypatch.setattr(records, "open_call", open_call)
    yield state
    state.go_on.set()


def second(world: World, **fields: Any) -> tuple[threading.Thread, list[Any]]:
    """The same request again, which cannot know yet."""
    found: list[Any] = []

    def ask() -> None:
        try:
            found.append(world.place(actor=actor, idempotency_key="order-77", **fields))
        except Exception as problem:
            found.append(problem)
        finally:
            connection.close()

    actor = world.program
    thread = threading.Thread(target=ask)
    thread.start()
    return thread, found


def first(world: World, held: Held) -> None:
    actor = world.program
    held.start(lambda: world.place(actor=actor, idempotency_key="order-77"))


def test_it_is_the_replay_of_the_first(world: World, held: Held) -> None:
    first(world, held)
    thread, found = second(world)
    thread.join(0.5)
    assert (thread.is_alive(), found) == (True, [])
    held.end()
    thread.join(20)
    placed: Placement = found[0]
    assert isinstance(held.result, Placement)
    assert (placed.replayed, placed.call.pk) == (True, held.result.call.pk)
    assert elsewhere(Call.objects.count) == 1


def test_another_body_is_told_once_that_is_known(world: World, held: Held) -> None:
    first(world, held)
    thread, found = second(world, reference="other")
    held.end()
    thread.join(20)
    assert isinstance(found[0], KeyReused)
    assert elsewhere(Call.objects.count) == 1


def test_if_nothing_came_of_the_first_it_is_the_first(world: World, held: Held) -> None:
    held.fails = True
    first(world, held)
    thread, found = second(world)
    held.end()
    thread.join(20)
    assert isinstance(held.result, Outage)
    assert isinstance(found[0], Placement)
    assert not found[0].replayed
    assert elsewhere(Call.objects.count) == 1
