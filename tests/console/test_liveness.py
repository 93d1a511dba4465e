"""When a worker ends by itself: it hears nothing while calls are due, and the broker is there."""

from datetime import timedelta

import pytest
from celery.worker import state
from django.utils import timezone

from calls.dispatch import actions as dispatch
from console.liveness import Watch, broker_answers, why_end
from tests.world import World

# seconds without a message, since a sign of life of its queue, since the oldest call is due; whether it ends
JUDGED = [
    (0, None, None, False),
    (61, None, None, False),  # nothing to do: nothing to hear
    (61, 0.0, None, False),
    (60, 0.0, 99.0, False),
    (61, 0.0, 99.0, True),
    (61, 0.0, 10.0, False),  # due for a moment only
    (61, 0.0, 10.1, True),
    (31, 31.0, None, True),  # nobody of its queue goes round
    (31, 30.0, None, False),
    (30, 99.0, None, False),  # but this one has heard something
    (31, None, 99.0, False),  # nobody ever went round
]


@pytest.mark.parametrize(("silent", "beat", "overdue", "ends"), JUDGED)
def test_when_a_worker_ends(
    silent: float, beat: float | None, overdue: float | None, ends: bool
) -> None:
    assert bool(why_end(silent=silent, patience=60, beat=beat, overdue=overdue)) is ends


@pytest.fixture
def ended() -> list[str]:
    """Why the worker ended."""
    return []


@pytest.fixture
def watch(ended: list[str]) -> Watch:
    """A worker of the dispatch queue with two hands, behind a broker that answers."""
    return Watch(loop="dial", patience=60, hands=2, answers=lambda: True, end=ended.append)


def hear_nothing(watch: Watch, seconds: int) -> None:
    for _ in range(seconds):
        watch.tick()


@pytest.fixture
def overdue(world: World) -> None:
    """A call that has been due for a minute, and a queue that goes round."""
    world.place(now=timezone.now() - timedelta(minutes=1))
    dispatch.beat(loop="dial", now=timezone.now())


@pytest.mark.usefixtures("overdue")
def test_it_ends_after_a_minute_without_a_message(watch: Watch, ended: list[str]) -> None:
    hear_nothing(watch, 60)
    assert ended == []
    hear_nothing(watch, 5)
    assert ended == ["no message for 65 s while calls are due"]


@pytest.mark.usefixtures("overdue")
def test_each_message_begins_the_minute_anew(watch: Watch, ended: list[str]) -> None:
    for _ in range(5):
        hear_nothing(watch, 55)
        watch.hear(request=None)
    assert ended == []


@pytest.mark.usefixtures("overdue")
def test_a_broker_that_is_gone_is_no_reason(watch: Watch, ended: list[str]) -> None:
    watch.answers = lambda: False
    hear_nothing(watch, 600)
    assert ended == []
    watch.answers = lambda: True
    hear_nothing(watch, 5)
    assert len(ended) == 1


@pytest.mark.usefixtures("overdue")
def test_nor_are_full_hands(
    watch: Watch, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(state, "active_requests", {1, 2})
    hear_nothing(watch, 600)
    assert ended == []


def test_without_anything_due_it_waits(world: World, watch: Watch, ended: list[str]) -> None:
    dispatch.beat(loop="dial", now=timezone.now())
    hear_nothing(watch, 600)
    assert ended == []


def test_a_queue_that_no_longer_goes_round(world: World, watch: Watch, ended: list[str]) -> None:
    dispatch.beat(loop="dial", now=timezone.now() - timedelta(seconds=40))
    hear_nothing(watch, 35)
    assert ended and "has not gone round for 40 s" in ended[0]


def test_the_other_queue_is_none_of_its_business(
    world: World, watch: Watch, ended: list[str]
) -> None:
    dispatch.beat(loop="dial", now=timezone.now())
    dispatch.beat(loop="sweep", now=timezone.now() - timedelta(hours=1))
    hear_nothing(watch, 600)
    assert ended == []


def test_a_broker_in_memory_answers() -> None:
    assert broker_answers()


def test_where_nobody_listens_nobody_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("django.conf.settings.CELERY_BROKER_URL", "redis://127.0.0.1:9/0")
    assert not broker_answers()


def test_hands_that_hold_the_same_tasks_for_long_are_stuck(
    watch: Watch, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A wedged connection may hold them for hours: nobody asks the database, and nobody waits for more."""
    monkeypatch.setattr(state, "active_requests", {1, 2})
    hear_nothing(watch, 600)
    assert ended == []
    hear_nothing(watch, 1)
    assert ended == ["the same tasks have filled all hands for 600 s"]


def test_hands_that_change_their_tasks_are_busy_and_not_stuck(
    watch: Watch, ended: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    for task in range(8):
        monkeypatch.setattr(state, "active_requests", {task, task + 1})
        hear_nothing(watch, 400)
    monkeypatch.setattr(state, "active_requests", {7})
    hear_nothing(watch, 1)
    monkeypatch.setattr(state, "active_requests", {7, 8})
    hear_nothing(watch, 400)
    assert ended == []
