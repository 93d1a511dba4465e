"""Real workers are told to end, or hear nothing: what is asked is finished, what is not goes to the next."""

from collections.abc import Iterator
from itertools import count

import pytest

from tests.faults.house import EMBEDDED, House, folder, forget
from tests.patience import until

pytestmark = pytest.mark.journey

SLOW = "0106"  # takes the call, and answers after seven seconds
WORKER = "dispatch 1"
BLOCKS = count(300)


@pytest.fixture(scope="module")
def house() -> Iterator[House]:
    found = House(EMBEDDED, folder()).start()
    try:
        yield found
    finally:
        for program in found._programs:
            program.close()
        forget(found)


def under_way(house: House, many: int) -> list[str]:
    """So many calls that the carrier has taken and not yet answered for."""
    before = len(house.ledger())
    sids = house.placed(*[f"+1555{next(BLOCKS)}{SLOW}" for _ in range(many)])
    until(lambda: len(house.ledger()) == before + many, 30)
    return sids


@pytest.mark.parametrize("times", [1, 2])
def test_told_to_end_it_finishes_what_it_asked_for(house: House, times: int) -> None:
    """F27: once or twice, nothing becomes unknown, and the process ends well."""
    worker = house.processes[WORKER]
    sids = under_way(house, 5)
    for _ in range(times):
        worker.ask_to_end()
    waiting = house.placed(house.number())
    assert worker.wait(60) == 0, worker.words()
    assert not {"dispatching", "unknown"} & set(house.states(sids).values())
    assert house.states(waiting) == {waiting[0]: "queued"}
    house.restart(WORKER)
    assert set(house.settle([*sids, *waiting])) == {"completed"}
    house.uphold()


def test_a_worker_that_hears_nothing_while_calls_are_due_ends_to_be_started_again(
    house: House,
) -> None:
    """R2.8: the clock is gone, the broker is there, and a call waits that was scheduled."""
    house.drop("clock")
    worker = house.processes[WORKER]
    worker.end()
    house.restart(WORKER, WORKER_SILENCE="6")
    assert worker.wait(90) == 0, worker.words()
    assert "deaf" in worker.words()
