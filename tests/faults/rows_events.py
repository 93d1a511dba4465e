"""F15 to F17: what the carrier tells later, by event or in its log."""

import threading
import time
from random import Random

from tests.faults.house import House
from tests.faults.matrix import row
from tests.faults.seen import (
    SANDBOX_WINDOW,
    asked_count,
    each_once,
    ended_as,
    numbers,
    one_attempt_each,
    went_through,
)
from tests.patience import until

HEALED = ("completed", "busy", "no_answer", "failed")


@row("F15", "every event is lost", full=300, short=10)
def no_events(house: House, rng: Random, times: int) -> None:
    """The log tells how each call ended."""
    callees = numbers(house, times)
    house.script("*", "no_events")
    sids = house.placed(*callees)
    ended_as(house, sids, "completed", seconds=60 + times)
    assert went_through(house, sids, "needs_human") == 0
    each_once(house, *callees)


@row("F16", "the log lags, fails, misses pages, grows while it is read", full=200, short=10)
def ill_log(house: House, rng: Random, times: int) -> None:
    """Nothing is taken for absent that is only late; once the log is well everything is found."""
    callees = numbers(house, times)
    lag = rng.choice((4, 6, 8))
    house.order("log", lag=lag)
    for to in callees:
        house.answer(
            to, answer=rng.choice(("well", "drop", "error")), status=500, script="no_events"
        )
    half = times // 2
    sids = house.placed(*callees[:half])
    house.order("log", status=rng.choice((500, 503)), lag=lag)
    grows = threading.Thread(target=lambda: sids.extend(house.placed(*callees[half:])))
    grows.start()
    grows.join()
    house.order("pages", empty=True)
    house.order("log", status=0, lag=lag)
    time.sleep(SANDBOX_WINDOW + 5.0)  # long enough for an empty page to pass for the end of the log
    house.order("pages")
    ended_as(house, sids, "completed", seconds=90 + times)
    assert went_through(house, sids, "needs_human") == 0
    one_attempt_each(house, sids)
    each_once(house, *callees)


@row("F17", "two log rows for one request", full=30, short=2)
def two_rows(house: House, rng: Random, times: int) -> None:
    """The second is on record as the carrier's duplicate, and nobody is asked there until a person looked."""
    paused = "SELECT 1 FROM calls_carrieraccount WHERE paused_at IS NOT NULL"
    callees = numbers(house, times)
    house.answer("*", script="two_rows_untold")
    for to in callees:
        sids = house.placed(to)
        until(lambda: house.table.rows(paused), 60)
        assert went_through(house, sids, "provider_duplicate") == 1
        house.act("resume")
        ended_as(house, sids, "completed", seconds=60)
        one_attempt_each(house, sids)
    assert set(asked_count(house, *callees).values()) == {1}
