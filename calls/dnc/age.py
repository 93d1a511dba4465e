"""How old may a copy of a registry be? Pure (RELIABILITY R5.7)."""

from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.lib.hours import first_instant

FRESH, AGEING, STALE = "fresh", "ageing", "stale"
# A copy that may be 31 days old is spoken of from its 25th day on, others in proportion.
_WARN_AT = 25 / 31


def born(day: date, zone: str) -> datetime:
    """When a copy that was given out on a day begins to age: as early as that can have been."""
    return first_instant(datetime.combine(day, time.min), ZoneInfo(zone))


def is_fresh(fetched_at: datetime | None, max_age_days: int, now: datetime) -> bool:
    """Whether a copy of this age still proves that a number is not on it."""
    return fetched_at is not None and now - fetched_at <= timedelta(days=max_age_days)


def standing(fetched_at: datetime | None, max_age_days: int, now: datetime) -> str:
    """`fresh`, `ageing` (fetch it soon) or `stale` (calls that need it are refused)."""
    if fetched_at is None or not is_fresh(fetched_at, max_age_days, now):
        return STALE
    worn = now - fetched_at >= timedelta(days=max_age_days) * _WARN_AT
    return AGEING if worn else FRESH


def days_left(fetched_at: datetime | None, max_age_days: int, now: datetime) -> int:
    """Whole days until the copy is too old; 0 when it is."""
    if fetched_at is None:
        return 0
    return max(0, (fetched_at + timedelta(days=max_age_days) - now).days)
