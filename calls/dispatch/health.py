"""Does a carrier account still answer? The breaker's judgement (RELIABILITY 1.4). Pure.

A carrier that leaves requests without an answer leaves calls behind of which nobody knows whether they
rang. So after a few of them no call is asked for any more, and a harmless GET finds out when it is well.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from calls.carriers.base import Evidence

LAST, WITHIN = 20, timedelta(seconds=60)
LEAST_FAILURES, SHARE = 5, 0.5
# From the intent to the end of its request: 15 s until its first byte, 60 s in all, and the commit.
LONGEST_REQUEST = timedelta(seconds=90)
FAILURES = frozenset({Evidence.NO_BYTE_SENT, Evidence.UNKNOWN})

# A GET that succeeds says little about the next request for a call: each time that did not last, the
# carrier is left alone for twice as long.
FIRST_REST, LONGEST_REST = timedelta(seconds=10), timedelta(minutes=5)
LASTED = timedelta(minutes=10)
PROBE_EVERY = timedelta(seconds=10)
# One GET is given up by then; nobody else asks meanwhile.
LONGEST_PROBE = timedelta(seconds=90)


def is_broken(outcomes: Sequence[str]) -> bool:
    """Whether a breaker opens: `outcomes` is the evidence of the last requests within the window."""
    failed = sum(outcome in FAILURES for outcome in outcomes)
    return failed >= LEAST_FAILURES and failed >= SHARE * len(outcomes)


def breaks_in_a_row(*, breaks: int, mended_at: datetime | None, now: datetime) -> int:
    """How often in a row it broke, this time included; a carrier that was well for a while begins anew."""
    lasted = mended_at is None or now - mended_at > LASTED
    return 1 if lasted else breaks + 1


def rest(breaks: int) -> timedelta:
    """How long a carrier is left alone at its `breaks`-th breakdown in a row."""
    times: int = 2 ** min(breaks - 1, 10)
    return min(LONGEST_REST, FIRST_REST * times)
