"""How often and after how long is a call dialled again that reached nobody? Pure.

Nothing is dialled again unless the tenant says so, per outcome, in minutes that widen: 5, 30, 120.
"""

from collections.abc import Sequence
from datetime import timedelta
from itertools import pairwise

MOST = 3
LONGEST = 24 * 60


def what_is_wrong(gaps: Sequence[int]) -> str:
    """Why these minutes cannot be the gaps between redials, in a sentence; empty when they can."""
    if len(gaps) > MOST:
        return f"A call is dialled again {MOST} times at most."
    if not all(1 <= gap <= LONGEST for gap in gaps):
        return "Each gap is at least a minute and at most a day, 1440 minutes."
    if any(later <= sooner for sooner, later in pairwise(gaps)):
        return "Gaps widen: each is longer than the one before, as in 5, 30, 120."
    return ""


def next_gap(gaps: Sequence[int], *, made: int) -> timedelta | None:
    """How long after its end a call is dialled again, `made` redials having been made; None: not again."""
    return timedelta(minutes=gaps[made]) if made < len(gaps) else None
