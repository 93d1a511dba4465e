"""The clock, the queues and the hints name tasks that exist, and ticks never pile up."""

import ast

import pytest
from django.conf import settings

from calls import tasks
from console.celery import app
from tests.house.source import product

OURS = {name for name in app.tasks if name.startswith("calls.")}
BEAT = app.conf.beat_schedule


def test_every_task_says_where_it_lives() -> None:
    in_the_file = {task.name for task in vars(tasks).values() if hasattr(task, "apply_async")}
    assert in_the_file == OURS != set()
    assert all(hasattr(tasks, name.removeprefix("calls.tasks.")) for name in OURS)


@pytest.mark.parametrize("entry", BEAT.values(), ids=BEAT)
def test_a_tick_names_a_task_that_needs_no_id(entry: dict[str, object]) -> None:
    assert entry["task"] in OURS
    assert not entry.get("args")
    assert not entry.get("kwargs")


@pytest.mark.parametrize("entry", BEAT.values(), ids=BEAT)
def test_a_tick_nobody_took_is_dropped(entry: dict[str, dict[str, float]]) -> None:
    assert 0 < entry["options"]["expires"] <= 2 * float(str(entry["schedule"]))


@pytest.mark.parametrize("task", ["sweep", "absorb_waiting", "fold", "seal"])
def test_what_keeps_the_house_going_ticks_every_second(task: str) -> None:
    schedules = [e["schedule"] for e in BEAT.values() if e["task"] == f"calls.tasks.{task}"]
    assert schedules == [1]


def test_anchors_are_asked_for_more_often_than_once_an_hour() -> None:
    """The hour is read from the file itself, so that a restart of the clock neither repeats nor skips it."""
    schedules = [e["schedule"] for e in BEAT.values() if e["task"] == "calls.tasks.anchor"]
    assert schedules == [60]


def test_what_may_hang_has_a_queue_of_its_own() -> None:
    queues = {
        "dispatch": ("dial", "dial_next", "match_account", "probe", "pulse", "reconcile"),
        "hooks": ("deliver_next", "pulse_hooks"),
    }
    hanging = {f"calls.tasks.{name}": queue for queue in queues for name in queues[queue]}
    routed = {task: where["queue"] for task, where in settings.CELERY_TASK_ROUTES.items()}
    assert routed == hanging
    assert set(hanging) <= OURS
    assert settings.CELERY_TASK_DEFAULT_QUEUE == "upkeep"


def test_every_hint_names_a_task() -> None:
    hinted = {
        f"calls.tasks.{call.args[0].value!s}"
        for module in product()
        for call in ast.walk(module.tree)
        if isinstance(call, ast.Call)
        and ast.unparse(call.func) == "later"
        and isinstance(call.args[0], ast.Constant)
    }
    assert {"calls.tasks.dial", "calls.tasks.absorb", "calls.tasks.reconcile"} <= hinted <= OURS


def test_no_task_is_tried_again_by_celery() -> None:
    for name in OURS:
        assert not getattr(app.tasks[name], "autoretry_for", ())
        assert app.tasks[name].acks_late is False
