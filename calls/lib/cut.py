"""Places in the code at which a test may take this process away, to see what is left of a call.

`GREENLIGHT_CUT=after_intent:3` kills the process, without a word, as it comes past that place for the third
time; `after_intent:3:STOP` freezes it there. Unset, as it is everywhere else, a place costs one comparison.
"""

from __future__ import annotations

import os
import signal
import threading
from dataclasses import dataclass, field

from django.core.exceptions import ImproperlyConfigured

# In the order in which one call comes past them (RELIABILITY 8).
PLACES = (
    "after_claim",
    "after_intent",
    "mid_request",
    "after_send",
    "after_response",
    "before_result_commit",
    "after_result_commit",
)
SIGNALS = {"KILL": signal.SIGKILL, "STOP": signal.SIGSTOP}


@dataclass(slots=True)
class _Cut:
    place: str
    left: int
    signum: signal.Signals
    lock: threading.Lock = field(default_factory=threading.Lock)

    def come_past(self) -> None:
        """Count one more, and send this process its signal when it was the last."""
        with self.lock:
            self.left -= 1
            last = self.left == 0
        if last:
            os.kill(os.getpid(), self.signum)


_armed: _Cut | None = None


def arm(orders: str) -> None:
    """Take the orders of GREENLIGHT_CUT; empty: none. Raises ImproperlyConfigured for orders nobody can follow."""
    global _armed
    _armed = _read(orders) if orders else None


def here(place: str) -> None:
    """Come past a place."""
    if _armed is not None and _armed.place == place:
        _armed.come_past()


def _read(orders: str) -> _Cut:
    place, _, rest = orders.partition(":")
    count, _, name = rest.partition(":")
    if place not in PLACES:
        raise ImproperlyConfigured(
            f"GREENLIGHT_CUT: {place!r} is no place for a cut; it is one of {', '.join(PLACES)}."
        )
    if not (count.isascii() and count.isdigit() and int(count) > 0):
        raise ImproperlyConfigured(
            f"GREENLIGHT_CUT: {count!r} is no count of passings; write it as in {place}:1."
        )
    if name and name not in SIGNALS:
        raise ImproperlyConfigured(f"GREENLIGHT_CUT: {name!r} is not one of {', '.join(SIGNALS)}.")
    return _Cut(place, int(count), SIGNALS[name or "KILL"])
