"""Telling a worker that there is something to do, once the transaction has committed.

The database is the truth and a hint only saves the second until the next sweep. So a hint that
cannot be sent is logged and forgotten, and it may not hold up the request that sent it.
"""

import logging
import time
from functools import partial

from celery import current_app
from django.db import transaction

log = logging.getLogger(__name__)

# A hint nobody took in this time is stale: the sweep has sent another, or will.
STALE_SECONDS = 30
# After a failure nothing is tried for a while: each try may cost a socket timeout.
SILENCE_SECONDS = 5.0
_silent_until = 0.0


def later(task: str, **ids: str) -> None:
    """Sends `calls.tasks.<task>` with these ids after the commit; outside a transaction at once."""
    transaction.on_commit(partial(_send, task, ids), robust=True)


def _send(task: str, ids: dict[str, str]) -> None:
    global _silent_until
    if time.monotonic() < _silent_until:
        return
    try:
        current_app.send_task(f"calls.tasks.{task}", kwargs=ids, retry=False, expires=STALE_SECONDS)
    except Exception as error:  # noqa: BLE001 - whatever the transport raises, the row is what counts
        _silent_until = time.monotonic() + SILENCE_SECONDS
        log.warning(
            "hint not sent, the sweep will find the row", extra={"task": task, "error": error}
        )
