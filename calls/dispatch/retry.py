"""When do we try again, ask again, and call people? Pure.

Trying again follows only proof that nothing was placed: full jitter under a growing cap, with the
carrier's own Retry-After as floor. Asking again follows the schedules of R3.6, quicker for a sandbox.
"""

from datetime import datetime, timedelta

# Retries may take a tenth of what an account may send, so that a storm of refusals cannot feed itself
# (RELIABILITY 1.4): as many in any minute as a tenth of its CPS makes. A call that is alone tries six
# times in its first minute, and every account may do as much.
MINUTE = timedelta(minutes=1)
_RETRY_SHARE = 0.1
_LEAST_RETRIES = 6

_BASE_SECONDS = 1.0
_CAP_SECONDS = 300.0

# Seconds after the attempt at which the carrier's log is read again.
_SCHEDULE = (30, 120, 600, 3600)
_SANDBOX_SCHEDULE = (2, 4, 7, 10, 15, 20, 25, 30, 40, 50)
_THEN_EVERY = 3600
_SANDBOX_THEN_EVERY = 60
LONG_ENOUGH_FOR_ANY_LOG = timedelta(hours=48)

# One reading of a log is given up by then; nobody else starts one for the same calls meanwhile.
LONGEST_READING = timedelta(seconds=90)

# How long a log that does not show a call may still be merely late (R1.3: W).
WINDOW = timedelta(minutes=10)
ACCEPTING = ASKING = timedelta(seconds=60)
# A carrier's clock and ours may differ by this much before a report is taken for an older call's.
CLOCK_SKEW = timedelta(seconds=30)
SANDBOX_WINDOW = timedelta(seconds=20)


def next_try(*, now: datetime, tries: int, retry_after: float | None, random: float) -> datetime:
    """When a refused-with-proof request may be repeated; `random` is uniform in [0, 1)."""
    ceiling = min(_CAP_SECONDS, _BASE_SECONDS * 2 ** min(tries, 30))
    return now + timedelta(seconds=(retry_after or 0.0) + random * ceiling)


def most_retries(cps: float) -> int:
    """How many calls an account may try again in any minute."""
    return max(_LEAST_RETRIES, int(_RETRY_SHARE * cps * MINUTE.total_seconds()))


def next_check(*, asked_at: datetime, now: datetime, is_sandbox: bool) -> datetime:
    """When to read the carrier's log next about a call asked for at `asked_at`.

    After two days once a day, for as long as its end is not known: no call is forgotten.
    """
    age = (now - asked_at).total_seconds()
    if age > LONG_ENOUGH_FOR_ANY_LOG.total_seconds():
        return now + timedelta(days=1)
    schedule = _SANDBOX_SCHEDULE if is_sandbox else _SCHEDULE
    for seconds in schedule:
        if seconds > age:
            return asked_at + timedelta(seconds=seconds)
    return now + timedelta(seconds=_SANDBOX_THEN_EVERY if is_sandbox else _THEN_EVERY)


def window(*, longest_lag: float, is_sandbox: bool) -> timedelta:
    """How long absence from the log proves nothing (W, RELIABILITY 1.3).

    `longest_lag` is the longest, in seconds, that the account's log took of late to show a call. Beside it
    stand the time a carrier may take to accept, our own request's limit and the skew of two clocks.
    """
    if is_sandbox:
        return max(SANDBOX_WINDOW, timedelta(seconds=longest_lag))
    return max(WINDOW, timedelta(seconds=longest_lag) + ACCEPTING + ASKING + 2 * CLOCK_SKEW)
