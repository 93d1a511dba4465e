"""A worker that hears nothing while there is work ends itself, and whoever keeps it starts it again (R2.8).

A process that lives is no sign of work: after an interrupted connection a consumer may wait for ever for
messages that others get. Only seconds in which this process was awake count, so that one that was frozen
has time to hear of what happened.
"""

import logging
import os
import signal
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from celery.signals import task_received
from celery.worker import state
from django.conf import settings
from kombu import Connection

log = logging.getLogger(__name__)

TICK = 1.0
# A due call waits for a slot or a sweep for some seconds without anything being wrong.
OVERDUE = 10.0
# No task takes so many seconds; a worker whose hands have all held the same ones for as long is stuck.
STUCK = 600.0
# A request under way is finished first; then nothing is waited for any more.
LAST_SECONDS = 75.0
# Which loop leaves signs of life for the workers of a queue; for all others the sweep does.
LOOPS = {"dispatch": "dial", "hooks": "hooks"}


def why_end(*, silent: float, patience: float, beat: float | None, overdue: float | None) -> str:
    """Why a worker that heard nothing for `silent` seconds ends; empty while it goes on.

    `beat` and `overdue`: seconds since any worker of its queue gave a sign of life, and since when the
    longest-waiting call is due.
    """
    if silent > patience and overdue is not None and overdue > OVERDUE:
        return f"no message for {silent:.0f} s while calls are due"
    if silent > patience / 2 and beat is not None and beat > patience / 2:
        return f"no message for {silent:.0f} s, and its loop has not gone round for {beat:.0f} s"
    return ""


@dataclass
class Watch:
    """Counts how long a worker has heard nothing, and ends it when that means that it is deaf."""

    loop: str
    patience: float
    hands: int
    answers: Callable[[], bool]
    end: Callable[[str], object]
    silent: float = field(default=0.0)
    held: frozenset[object] = frozenset()
    stuck: float = 0.0

    def hear(self, **_: Any) -> None:
        """A message came."""
        self.silent = 0.0

    def tick(self) -> None:
        """One second in which this process was awake."""
        holding = frozenset(state.active_requests)
        if len(holding) >= self.hands:
            self.silent = 0.0  # all hands are full: it takes no more messages, and should not
            self._judge_hands(holding)
            return
        self.held, self.stuck = frozenset(), 0.0
        self.silent += TICK
        if self.silent > self.patience / 2 and self.silent % 5 == 0:
            self._judge()

    def _judge_hands(self, holding: frozenset[object]) -> None:
        """End a worker whose hands have held the very same tasks for long: asks no database, it may hang."""
        self.stuck = self.stuck + TICK if holding == self.held else 0.0
        self.held = holding
        if self.stuck >= STUCK:
            self.end(f"the same tasks have filled all hands for {self.stuck:.0f} s")

    def _judge(self) -> None:
        from calls.dispatch import queries

        now = queries.database_now()
        why = why_end(
            silent=self.silent,
            patience=self.patience,
            beat=_age(queries.last_beat(self.loop), now),
            overdue=_age(queries.oldest_due(now), now),
        )
        # While the broker itself is gone nobody hears anything; Celery tries it again by itself.
        if why and self.answers():
            self.end(why)


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else (now - at).total_seconds()


def broker_answers() -> bool:
    """Whether a new connection to the broker can be had at once."""
    options = settings.CELERY_BROKER_TRANSPORT_OPTIONS
    try:
        with Connection(settings.CELERY_BROKER_URL, transport_options=options) as connection:
            connection.ensure_connection(max_retries=1, timeout=2)
    except Exception:  # noqa: BLE001 - whatever the transport raises, it does not answer
        return False
    return True


def end_this_process(why: str) -> None:
    """As SIGTERM does; should even that not be heard, without asking."""
    log.error("this worker is deaf or stuck and ends, to be started again", extra={"why": why})
    os.kill(os.getpid(), signal.SIGTERM)
    time.sleep(LAST_SECONDS)
    os._exit(1)


def watch(consumer: Any) -> None:
    """Begin to watch a worker once it listens."""
    queues = consumer.app.amqp.queues.consume_from
    found = Watch(
        loop=next((loop for queue, loop in LOOPS.items() if queue in queues), "sweep"),
        patience=float(settings.WORKER_SILENCE),
        hands=consumer.controller.concurrency,
        answers=broker_answers,
        end=end_this_process,
    )
    task_received.connect(found.hear, weak=False)
    threading.Thread(target=_go_on, args=(found,), name="liveness", daemon=True).start()


def _go_on(found: Watch) -> None:
    from django.db import connection

    while True:
        time.sleep(TICK)
        try:
            found.tick()
        except Exception:  # without its database a worker can judge nothing, and goes on
            log.exception("liveness could not be judged")
        finally:
            connection.close()
