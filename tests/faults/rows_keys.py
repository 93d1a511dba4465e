"""F36: one idempotency key from many hands at once, under other words, and across the death of who serves it."""

import itertools
import threading
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from random import Random

import httpx

from tests.faults.house import House
from tests.faults.matrix import row
from tests.faults.seen import each_once, placed_count
from tests.patience import until

HANDS = 50
NAMES = itertools.count(1)


@row("F36", "one idempotency key: in parallel, with another body, after a crash", full=40, short=2)
def one_key(house: House, rng: Random, times: int) -> None:
    """Whoever asks, and however often: one row, one call, and no answer that is our fault (R1.2)."""
    callees = []
    for _ in range(times):
        key, to = f"one-key-{next(NAMES)}-{rng.random()}", house.number()
        answers = _at_once(house, key, to)
        _are_one(house, key, answers)
        other = house.place(house.number(), key=key, web=rng.randrange(9), reference=key)
        assert (other.status_code, other.json()["error"]) == (422, "idempotency_key_reused")
        callees.append(to)
    for _ in range(max(1, times // 2)):
        callees.append(_across_a_death(house, rng))
    until(lambda: all(placed_count(house, *callees).values()), 60)
    each_once(house, *callees)


def _at_once(house: House, key: str, to: str) -> list[httpx.Response]:
    """The same request from 50 hands, on connections of their own, to every web process."""
    barrier = threading.Barrier(HANDS)

    def ask(hand: int) -> httpx.Response:
        with house.client(hand, timeout=60) as program:
            barrier.wait(30)
            body, headers = {"to": to, "reference": key}, {"idempotency-key": key}
            return program.post("/make-call", json=body, headers=headers)

    with ThreadPoolExecutor(HANDS) as hands:
        return list(hands.map(ask, range(HANDS)))


def _are_one(house: House, key: str, answers: list[httpx.Response]) -> None:
    """One row; one first answer, and 49 that say they are replays of it."""
    assert Counter(answer.status_code for answer in answers) == {200: HANDS}
    assert len({answer.content for answer in answers}) == 1
    told = Counter(answer.headers.get("Idempotent-Replayed", "first") for answer in answers)
    assert told == {"true": HANDS - 1, "first": 1}
    assert _rows(house, key) == 1


def _across_a_death(house: House, rng: Random) -> str:
    """A web process is killed while it is asked; the same request to whoever serves next is the same call."""
    key, to = f"one-key-{next(NAMES)}-{rng.random()}", house.number()
    asking = threading.Thread(target=_ask_and_forget, args=(house, key, to))
    moment = rng.uniform(0, 0.03)
    asking.start()
    threading.Event().wait(moment)
    house.kill("web 1")
    asking.join()
    house.revive()
    house.wait_for("web 1")
    until(lambda: house.place(to, key=key, reference=key).status_code == httpx.codes.OK, 30)
    assert house.place(to, key=key, reference=key).headers["Idempotent-Replayed"] == "true"
    assert _rows(house, key) == 1
    return to


def _ask_and_forget(house: House, key: str, to: str) -> None:
    """A request whose answer may never come."""
    try:
        with house.client(0) as program:
            body, headers = {"to": to, "reference": key}, {"idempotency-key": key}
            program.post("/make-call", json=body, headers=headers)
    except httpx.TransportError:
        return


def _rows(house: House, key: str) -> int:
    """How many calls bear this name."""
    with house.client(0) as program:
        return int(program.get("/call-logs", params={"reference": key}).json()["total"])
