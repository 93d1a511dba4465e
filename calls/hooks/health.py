"""When is a delivery tried again, and when do we stop calling an endpoint? Pure (RELIABILITY 3.2, R3.8)."""

from datetime import datetime, timedelta

# Before each try, counted from the one before it: ten tries over 75 hours, 35 minutes and 5 seconds.
SCHEDULE = (
    timedelta(0),
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
JITTER = 0.2
# An endpoint may ask for more time, and gets no more than this.
LONGEST_ASKED = timedelta(hours=24)
PATIENCE = timedelta(days=5)
GONE = 410
# One endpoint holds at most a tenth of those who deliver.
SHARE = 10
# And all endpoints of one tenant together a quarter.
TENANT_SHARE = 4


def is_taken(status: int | None) -> bool:
    """Whether an answer says that the event was taken; a redirect does not."""
    return status is not None and 200 <= status < 300


def next_try(
    *, tried: int, now: datetime, random: float, retry_after: float | None = None
) -> datetime | None:
    """When a delivery is tried again that was tried `tried` times in vain; None: never.

    `random` is uniform in [0, 1) and spreads each gap by a fifth either way.
    """
    if tried >= len(SCHEDULE):
        return None
    gap = SCHEDULE[tried] * (1 - JITTER + 2 * JITTER * random)
    asked = min(LONGEST_ASKED, timedelta(seconds=max(0.0, retry_after or 0.0)))
    return now + max(gap, asked)


def has_failed_for_too_long(*, failing_since: datetime | None, now: datetime) -> bool:
    """Whether an endpoint is disabled: nothing has succeeded there for five days of trying."""
    return failing_since is not None and now - failing_since >= PATIENCE


def most_at_once(hands: int, *, failing: bool = False) -> int:
    """How many deliveries one endpoint may have under way, of `hands` that deliver; one while it fails."""
    return 1 if failing else max(1, hands // SHARE)


def most_of_tenant(hands: int) -> int:
    """How many deliveries of one tenant may be under way, to however many endpoints."""
    return max(1, hands // TENANT_SHARE)
