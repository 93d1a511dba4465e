"""F18 to F22: processes that die or freeze in mid-call, and many that want the same call."""

from random import Random

from tests.faults.house import House
from tests.faults.matrix import row
from tests.faults.seen import (
    SANDBOX_WINDOW,
    UNKNOWN,
    asked_count,
    each_once,
    ended_as,
    numbers,
    one_attempt_each,
    people_have_what_was_not_placed,
    placed_count,
    went_through,
)
from tests.patience import until

HEALED = ("completed", "busy", "no_answer", "failed")
BESIDE = 6  # children that dial at the same time


def killed_at(house: House, place: str, sids: list[str]) -> None:
    """Each call is dialled by a process of its own, which is killed there; then its time runs out."""
    ends = house.dial(sids, cut=f"{place}:1", beside=BESIDE)
    assert {how for how, _ in ends.values()} == {"killed"}, ends
    house.table.end_leases(sids)


@row("F18", "kill -9 between claim and intent", full=200, short=8)
def after_claim(house: House, rng: Random, times: int) -> None:
    """The call waits again, and is dialled once."""
    callees = numbers(house, times)
    with house.without(*house.dialling):
        sids = house.placed(*callees)
        killed_at(house, "after_claim", sids)
    ended_as(house, sids, *HEALED, seconds=90 + times)
    assert went_through(house, sids, "requeued") == times
    assert went_through(house, sids, UNKNOWN) == 0
    one_attempt_each(house, sids)
    each_once(house, *callees)
    worker_dies(house, rng, "after_claim")


@row("F19", "kill -9 before, in and after the request", full=600, short=12)
def around_the_request(house: House, rng: Random, times: int) -> None:
    """Unknown, whatever had left; found if the carrier has it, people's if not, and never asked again."""
    callees, third = numbers(house, times), times // 3
    sids: list[str] = []
    with house.without(*house.dialling):
        for n, place in enumerate(("after_intent", "mid_request", "after_send")):
            some = house.placed(*callees[n * third : (n + 1) * third])
            killed_at(house, place, some)
            sids += some
    worker_dies(house, rng, "after_send")
    ended_as(house, sids, *HEALED, "needs_human", seconds=SANDBOX_WINDOW + 60 + times)
    assert went_through(house, sids[: 2 * third], UNKNOWN) == 2 * third
    placed = placed_count(house, *callees)
    assert max(placed.values()) <= 1
    assert not sum(placed[to] for to in callees[: 2 * third]), "placed without a whole request"
    people_have_what_was_not_placed(house, dict(zip(callees, sids, strict=True)))
    one_attempt_each(house, sids)
    assert max(asked_count(house, *callees).values()) <= 1


@row("F20", "kill -9 between the answer and its record", full=400, short=9)
def around_the_record(house: House, rng: Random, times: int) -> None:
    """The carrier has the call, and we find it: by its events or in its log."""
    callees, third = numbers(house, times), times // 3
    house.script("*", rng.choice(("no_events", "answered")))
    places = ("after_response", "before_result_commit", "after_result_commit")
    sids: list[str] = []
    with house.without(*house.dialling):
        for n, place in enumerate(places):
            some = house.placed(*callees[n * third : (n + 1) * third])
            killed_at(house, place, some)
            sids += some
    worker_dies(house, rng, rng.choice(places))
    ended_as(house, sids, *HEALED, seconds=90 + times)
    one_attempt_each(house, sids)
    each_once(house, *callees[: len(sids)])


def worker_dies(house: House, rng: Random, place: str) -> None:
    """The same with a whole Celery worker, in whose other threads other calls are under way."""
    victim = rng.choice(house.dialling)
    house.restart(victim, GREENLIGHT_CUT=f"{place}:{rng.randint(1, 4)}")
    callees: list[str] = []
    sids: list[str] = []

    def dead() -> bool:
        house.table.hurry_probes()
        if house.processes[victim].alive:
            more = numbers(house, 2)
            callees.extend(more)
            sids.extend(house.placed(*more))
        return not house.processes[victim].alive

    until(dead, 90)
    house.revive()
    house.table.end_leases(sids)
    ended_as(house, sids, *HEALED, "needs_human", seconds=SANDBOX_WINDOW + 90)
    assert max(placed_count(house, *callees).values()) <= 1


@row("F21", "frozen at every place, then woken up", full=70, short=7)
def frozen(house: House, rng: Random, times: int) -> None:
    """Whoever wakes up after its lease asks nobody and changes nothing; at worst one late call, never two."""
    from calls.lib.cut import PLACES

    # Who freezes inside a transaction of SQLite holds everybody's lock; PostgreSQL takes it back.
    places = [place for place in PLACES if house.scaled or place != "before_result_commit"]
    callees, share = numbers(house, times), times // len(PLACES)
    sids: list[str] = []
    pids: list[int] = []
    with house.without(*house.dialling):
        for n, place in enumerate(places):
            some = house.placed(*callees[n * share : (n + 1) * share])
            ends = house.dial(some, cut=f"{place}:1:STOP")
            assert {how for how, _ in ends.values()} == {"frozen"}, (place, ends)
            pids += [pid for _, pid in ends.values()]
            sids += some
        house.table.end_leases(sids)
        until(lambda: "dispatching" not in house.states(sids).values(), 30)
    ended_as(house, sids[:share], *HEALED)  # nobody had asked: others dial it meanwhile
    ends = house.dialler.ask("thaw", pids=pids)
    assert set(ends) <= {"done", "failed"}, ends
    ended_as(house, sids, *HEALED, "needs_human", seconds=SANDBOX_WINDOW + 60)
    one_attempt_each(house, sids)
    placed = placed_count(house, *callees)
    assert max(placed.values()) <= 1
    late = callees[
        share : 2 * share
    ]  # frozen after the intent: the lease is looked at before asking
    assert not sum(placed[to] for to in late), "asked although the lease was used up"


@row("F22", "twenty want the same call", full=1000, short=20)
def one_call_many_hands(house: House, rng: Random, times: int) -> None:
    """One claims it; the others leave without a word."""
    callees = numbers(house, times)
    with house.without(*house.dialling):
        sids = house.placed(*callees)
        won = house.dialler.ask("race", sids=sids, beside=20, seconds=600 + times)
        assert sum(won) == times, won
    ended_as(house, sids, *HEALED, seconds=60 + times)
    one_attempt_each(house, sids)
    each_once(house, *callees)
