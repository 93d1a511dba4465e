"""When does one more call fit under a cap? What does the house itself cap? Pure.

Windows roll: a call counts until the window has passed since it, to the second, whatever the calendar
says. Where several caps apply, all must have room, so the one that opens last decides.
"""

from collections import defaultdict, deque
from collections.abc import Hashable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

CALLEE, REQUESTER, ROUTE, AGENT = "callee", "requester", "route", "agent"
TENANT, COUNTRY, PREFIX, SPEND = "tenant", "country", "prefix", "spend"
# What velocity counts: accepted calls. Callees are counted by when they were rung, spend in money.
VELOCITY = (REQUESTER, ROUTE, AGENT, TENANT, COUNTRY, PREFIX)

MINUTE, HOUR, DAY = 60, 3600, 86400


_WORDS = {
    CALLEE: "calls to one person",
    REQUESTER: "calls by one person or key",
    ROUTE: "calls over one route",
    AGENT: "calls by one agent",
    TENANT: "calls",
    COUNTRY: "calls to one country",
    PREFIX: "calls to one block of numbers",
}


@dataclass(frozen=True, slots=True)
class Cap:
    """At most `most` in any `window_seconds`, and never two within `min_gap_seconds`.

    `scope` is what is counted together; an empty `subject` means each for itself. `why` is the citation,
    the reason or the name of the house default. `origin` is `law`, `house`, `ramp`, `platform` or `own`.
    """

    scope: str
    most: int
    window_seconds: int
    min_gap_seconds: int = 0
    why: str = ""
    subject: str = ""
    origin: str = "own"

    @property
    def what(self) -> str:
        """The cap in words: `3 calls to one person in 24 hours`."""
        gap = f", {_span(self.min_gap_seconds)} apart" if self.min_gap_seconds else ""
        if self.scope == SPEND:
            return f"{self.most:,} spent a day"
        return f"{self.most:,} {self._calls} in {_span(self.window_seconds)}{gap}"

    @property
    def _calls(self) -> str:
        words = _WORDS[self.scope]
        return words.replace("calls", "call", 1) if self.most == 1 else words

    def __post_init__(self) -> None:
        """Nothing at all is a pause, not a cap."""
        if self.most < 1 or self.window_seconds < 1 or self.min_gap_seconds < 0:
            raise ValueError(f"{self.most} per {self.window_seconds} s is no cap")


@dataclass(frozen=True, slots=True)
class Standing:
    """A cap, and when one more fits under it; None when it fits at the instant that was asked about."""

    cap: Cap
    next_free: datetime | None


def next_free(times: Sequence[datetime], cap: Cap, at: datetime) -> datetime | None:
    """None when one more at `at` fits, else the first instant from then on at which it would.

    `times` are the instants counted, newest first, none later than `at`; `cap.most` of them are enough.
    """
    nth = times[cap.most - 1] if len(times) >= cap.most else None
    return free_after(times[0] if times else None, nth, cap, at)


def free_after(
    newest: datetime | None, nth: datetime | None, cap: Cap, at: datetime
) -> datetime | None:
    """`next_free` of a history of which only the newest and the `cap.most`-th newest are known."""
    free = at
    if nth is not None:
        free = max(free, nth + timedelta(seconds=cap.window_seconds))
    if newest is not None:
        free = max(free, newest + timedelta(seconds=cap.min_gap_seconds))
    return None if free == at else free


def refusals_in(calls: Iterable[tuple[Hashable, datetime]], cap: Cap) -> int:
    """How many of these calls a cap would have refused; each is what it counts under, and when.

    Oldest first. What is refused does not count against the next.
    """
    refused, histories = 0, defaultdict[Hashable, deque[datetime]](lambda: deque(maxlen=cap.most))
    for key, at in calls:
        history = histories[key]
        if next_free(history, cap, at) is None:
            history.appendleft(at)
        else:
            refused += 1
    return refused


def standings(caps: Iterable[Cap], times: Sequence[datetime], at: datetime) -> list[Standing]:
    """Where each cap stands for one more at `at`, all counting the same `times` (newest first)."""
    return [Standing(cap, next_free(times, cap, at)) for cap in caps]


def longest_window(caps: Iterable[Cap]) -> timedelta:
    """How far back must be looked to judge all of these."""
    spans = [max(cap.window_seconds, cap.min_gap_seconds) for cap in caps]
    return timedelta(seconds=max(spans, default=0))


def latest(standings: Iterable[Standing]) -> Standing | None:
    """The cap that keeps a call waiting longest; None when it fits under all of them."""
    full = ((found.next_free, found) for found in standings if found.next_free is not None)
    return max(full, key=lambda pair: pair[0], default=(None, None))[1]


# What holds without anybody setting it. A platform-wide limit takes the place of its scope's row.
HOUSE = (
    Cap(CALLEE, 10, DAY, why="House default: 10 rings of one person in 24 hours", origin="house"),
    Cap(REQUESTER, 60, MINUTE, why="House default: 60 calls a minute per key", origin="house"),
    Cap(TENANT, 300, MINUTE, why="House default: 300 calls a minute", origin="house"),
    Cap(COUNTRY, 2000, HOUR, why="House default: 2,000 calls an hour to a country", origin="house"),
    # R5.5: toll fraud pumps blocks of numbers that differ in their last four digits.
    Cap(PREFIX, 50, HOUR, why="House default: 50 calls an hour to one prefix", origin="house"),
)

# How many calls a day a new tenant starts with: until day n since it went live, so many (R5.11).
RAMP = ((7, 20), (14, 200), (30, 2000))


def ramp(live_since: datetime | None, at: datetime) -> Cap | None:
    """The cap of a tenant that calls real people only since `live_since`; None after a month.

    A live tenant of which nobody noted since when is as new as can be.
    """
    age = at - live_since if live_since else timedelta(0)
    for days, most in RAMP:
        if age < timedelta(days=days):
            why = f"New tenants: {most:,} calls a day until day {days} (R5.11)"
            return Cap(TENANT, most, DAY, why=why, origin="ramp")
    return None


def in_force(
    limits: Iterable[Cap],
    *,
    is_exempt: bool,
    is_live: bool,
    live_since: datetime | None,
    at: datetime,
) -> list[Cap]:
    """Every cap on a call at `at`: those somebody set, then the house's and a new tenant's ramp.

    `is_exempt` is a sandbox's call to a fictional number: only what somebody set holds for it.
    """
    caps = list(limits)
    if is_exempt:
        return caps
    replaced = {cap.scope for cap in caps if cap.origin == "platform" and not cap.subject}
    caps += [cap for cap in HOUSE if cap.scope not in replaced]
    rising = ramp(live_since, at) if is_live else None
    return [*caps, rising] if rising else caps


def against(caps: Iterable[Cap], subjects: Mapping[str, str]) -> list[Cap]:
    """The caps that count a call of these `subjects`: scope → whom, which or where; unknown is left out."""
    return [cap for cap in caps if (own := subjects.get(cap.scope)) and cap.subject in ("", own)]


def _span(seconds: int) -> str:
    """A length of time in its largest whole unit, up to a few days in hours as rules of law write it."""
    if seconds % DAY == 0 and seconds > 2 * DAY:
        return f"{seconds // DAY} days"
    units = ((HOUR, "hour"), (MINUTE, "minute"), (1, "second"))
    unit, name = next(found for found in units if seconds % found[0] == 0)
    count = seconds // unit
    return f"{count:,} {name}" + ("" if count == 1 else "s")
