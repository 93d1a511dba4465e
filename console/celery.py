"""The Celery app. A message is a hint: losing or repeating it changes latency, never a call."""

import os
from typing import Any

from celery import Celery
from celery.signals import setup_logging, worker_ready, worker_shutting_down

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "console.settings")

app = Celery("greenlight")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks(["calls"])


def every(seconds: float, task: str) -> dict[str, Any]:
    """One entry of the clock; a tick nobody took in time is dropped, so ticks never pile up."""
    expiry = {"expires": seconds * 2}
    return {"task": f"calls.tasks.{task}", "schedule": seconds, "options": expiry}


app.conf.beat_schedule = {
    "sweep": every(1, "sweep"),
    "stop_forbidden": every(1, "stop_forbidden"),
    "pulse": every(5, "pulse"),
    "match_waiting": every(60, "match_waiting"),
    "absorb_waiting": every(1, "absorb_waiting"),
    "tell_endpoints": every(1, "tell_endpoints"),
    "pulse_hooks": every(5, "pulse_hooks"),
    "fold": every(1, "fold"),
    "seal": every(1, "seal"),
    "anchor": every(60, "anchor"),
    "tell_waiting": every(30, "tell_waiting"),
    "run_waiting_imports": every(5, "run_waiting_imports"),
}


@setup_logging.connect
def keep_our_logging(**_: Any) -> None:
    """Celery leaves logging alone once this hook is connected; Django's LOGGING stays in force."""


@worker_ready.connect
def watch_liveness(sender: Any, **_: Any) -> None:
    """A worker that hears nothing while there is work ends itself."""
    from console.liveness import watch

    watch(sender)


@worker_shutting_down.connect
def claim_nothing_more(**_: Any) -> None:
    """Asked to end, a worker finishes what it has asked carriers for, and gives back what it has not."""
    from calls.dispatch.dial import ending

    ending.set()
