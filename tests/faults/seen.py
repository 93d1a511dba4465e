"""What the rows of the matrix ask about calls when the dust has settled."""

import time
from collections import Counter
from collections.abc import Iterable, Mapping
from random import Random

from tests.faults.house import House
from tests.patience import until

SANDBOX_WINDOW = 20.0  # seconds for which absence from the sandbox's log proves nothing
UNKNOWN = "outcome_unknown"


def numbers(house: House, count: int) -> list[str]:
    """So many callees nobody has called."""
    return [house.number() for _ in range(count)]


def placed_count(house: House, *callees: str) -> Counter[str]:
    """How often the carrier placed a call to each of these."""
    found = Counter(row["to"] for row in house.ledger())
    return Counter({to: found[to] for to in callees})


def asked_count(house: House, *callees: str) -> Counter[str]:
    """How often the carrier was asked to call each of these."""
    found = Counter(row["to"] for row in house.asked())
    return Counter({to: found[to] for to in callees})


def answered_with(house: House, *callees: str) -> set[int]:
    """The statuses with which requests to call these were answered; 0 where none was."""
    wanted = set(callees)
    return {row.get("status", 0) for row in house.asked() if row["to"] in wanted}


def people_have_what_was_not_placed(house: House, called: Mapping[str, str]) -> None:
    """With people are exactly those calls of which the carrier has none; by callee, their ids."""
    placed, ends = placed_count(house, *called), house.states(called.values())
    for to, sid in called.items():
        assert (ends[sid] == "needs_human") == (placed[to] == 0), (sid, ends[sid], placed[to])


def each_once(house: House, *callees: str) -> None:
    """The carrier placed exactly one call to each."""
    counts = placed_count(house, *callees)
    wrong = {to: count for to, count in counts.items() if count != 1}
    assert not wrong, f"placed: {wrong}"


def nobody(house: House, *callees: str) -> None:
    """The carrier placed no call to any of these."""
    assert not sum(placed_count(house, *callees).values())


def went_through(house: House, sids: Iterable[str], what: str) -> int:
    """How many of these calls have this in their story."""
    return sum(what in story for story in house.table.happened(sids).values())


def become(house: House, sids: Iterable[str], *wanted: str, seconds: float = 60.0) -> None:
    """Wait until every call is in one of these states.

    A carrier that fails as a row has it breaks again and again: nobody waits out its growing rests.
    """
    waiting = list(sids)

    def there() -> bool:
        house.table.hurry_probes()
        time.sleep(0.1)
        found = house.states(waiting)
        return len(found) == len(set(waiting)) and set(found.values()) <= set(wanted)

    try:
        until(there, seconds)
    except AssertionError:
        counts = Counter(house.states(waiting).values())
        raise AssertionError(f"{dict(counts)} after {seconds:g} s, wanted {wanted}") from None


def ended_as(house: House, sids: Iterable[str], *wanted: str, seconds: float = 90.0) -> None:
    """Wait until every call is over or with people; then it must have ended in one of these ways."""
    waiting = list(sids)
    become(house, waiting, *house.table.ENDS, seconds=seconds)
    counts = Counter(house.states(waiting).values())
    assert set(counts) <= set(wanted), f"ended as {dict(counts)}, wanted {wanted}"


def one_attempt_each(house: House, sids: Iterable[str]) -> None:
    """No call was tried a second time."""
    tries = Counter(sid for sid, _, _ in house.table.attempts(sids))
    assert set(tries.values()) <= {1}, tries.most_common(3)


def busiest_second(instants: Iterable[float]) -> int:
    """The most of these instants that lie within any one second."""
    times, start, most = sorted(instants), 0, 0
    for end, at in enumerate(times):
        while at - times[start] >= 1.0:
            start += 1
        most = max(most, end - start + 1)
    return most


def percentile(values: Iterable[float], share: float) -> float:
    """The value below which this share of them lies."""
    ranked = sorted(values)
    return ranked[min(len(ranked) - 1, int(len(ranked) * share))]


def timed_accepts(house: House, count: int) -> tuple[list[str], list[float]]:
    """Ask for so many calls one after the other; their ids, and how long each took."""
    sids, spans = [], []
    for web, to in enumerate(numbers(house, count)):
        began = time.monotonic()
        answer = house.place(to, web=web)
        spans.append(time.monotonic() - began)
        assert answer.status_code == 200, answer.text
        sids.append(str(answer.json()["call_sid"]))
    return sids, spans


def shuffled(rng: Random, items: Iterable[str]) -> list[str]:
    """The same in an order of the seed's."""
    found = list(items)
    rng.shuffle(found)
    return found
