"""F23 to F25: a broker and a database that go away, hang, are emptied, locked, full."""

import os
import resource
import signal
import sqlite3
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from pathlib import Path
from random import Random

import httpx

from tests.faults import stores
from tests.faults.house import POSTGRESQL, House
from tests.faults.matrix import row
from tests.faults.seen import (
    each_once,
    ended_as,
    numbers,
    people_have_what_was_not_placed,
    percentile,
    timed_accepts,
)
from tests.patience import until

HEALED = ("completed", "busy", "no_answer", "failed")
# A program hears that it may safely send the same again (or got no answer at all).
TRY_AGAIN = {0, 502, 503, 504}


def _frozen(house: House, seconds: float) -> None:
    house.processes["broker"].freeze()
    time.sleep(seconds)
    house.processes["broker"].thaw()


def _restarted(house: House, seconds: float) -> None:
    house.kill("broker")
    time.sleep(seconds / 2)
    house.restart("broker")


def _away(house: House, seconds: float) -> None:
    house.proxies["broker"].down()
    time.sleep(seconds)
    house.proxies["broker"].up()


def _hole(house: House, seconds: float) -> None:
    house.proxies["broker"].be(black_hole=True)
    time.sleep(seconds)
    house.proxies["broker"].well()
    house.proxies["broker"].reset()


def _flushed(house: House, seconds: float) -> None:
    for _ in range(4):
        stores.flush(house.ports["broker"])
        time.sleep(seconds / 4)


BROKER_FAULTS: tuple[Callable[[House, float], None], ...] = (
    _flushed,
    _restarted,
    _away,
    _frozen,
    _hole,
)


@row(
    "F23", "broker: emptied, restarted, away, frozen, a hole", full=60, short=6, forms=(POSTGRESQL,)
)
def ill_broker(house: House, rng: Random, times: int) -> None:
    """Accepting does not wait for it, and what was accepted meanwhile goes out when it is back."""
    faults = list(BROKER_FAULTS)
    rng.shuffle(faults)
    _, calm = timed_accepts(house, times)
    usual = max(0.3, 3 * percentile(calm, 0.5))  # the machine may be busy with other things
    for fault in faults:
        with ThreadPoolExecutor(1) as program:
            # Not the other way round: a process ends with the thread that started it.
            accepts = program.submit(timed_accepts, house, times)
            fault(house, 3.0 if times < 20 else 60.0)
            sids, spans = accepts.result()
        name = fault.__name__
        assert percentile(spans, 0.5) < usual, (
            f"{name}: half of the accepts took {max(spans):.2f} s"
        )
        assert max(spans) < 4.0, f"{name}: an accept took {max(spans):.2f} s"
        try:
            # A worker that hears nothing ends itself, and its supervisor starts it again (R2.8).
            until(lambda sids=sids: not house.revive() and _all_asked(house, sids), 90)
            ended_as(house, sids, *HEALED, seconds=60)
        except AssertionError as problem:
            problem.add_note(f"after the broker was {name}, {len(sids)} accepted meanwhile")
            raise


def _all_asked(house: House, sids: list[str]) -> bool:
    return not {"queued", "dispatching"} & set(house.states(sids).values())


@row("F24", "database: restarted, connections killed, COMMIT unanswered", full=240, short=24)
def ill_database(house: House, rng: Random, times: int) -> None:
    """A program repeats with its key and gets one call; workers go on, and ask nobody twice."""
    callees = numbers(house, times)
    found: dict[str, str] = {}
    told: Counter[int] = Counter()
    with _insisting(house, callees, found, told):
        if house.scaled:
            _hurt_server(house, rng, times)
        else:
            _hurt_writers(house, rng, times)
    house.table.end_leases(house.table.dispatching())
    assert len(found) == times
    assert set(told) <= {200, *TRY_AGAIN}, told
    ended_as(house, found.values(), *HEALED, "needs_human", seconds=150 + times)
    people_have_what_was_not_placed(house, found)
    placed = Counter(row["to"] for row in house.ledger())
    assert max(placed[to] for to in callees) <= 1
    rows = house.table.rows("SELECT \"to\" FROM calls_call WHERE state <> 'refused'")
    accepted = Counter(to for (to,) in rows)
    assert {accepted[to] for to in callees} == {1}


def _hurt_server(house: House, rng: Random, times: int) -> None:
    """Kill connections five times a second, lose answers to COMMIT, restart the server twice."""
    seconds = 5.0 if times < 50 else 60.0
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        stores.terminate_backends(house.ports["postgres"], most=rng.randint(1, 3))
        time.sleep(0.2)
    proxy = house.proxies["database"]
    proxy.reset_on_answer(b"COMMIT\0", times=max(4, times // 6))
    until(lambda: not proxy.ill.resets_left, 60)
    for hurt in rng.sample([signal.SIGINT, signal.SIGKILL], 2):
        house.processes["database"].send(hurt)
        house.processes["database"].wait(30)
        house.restart("database")
        house.wait_for("database")
        time.sleep(rng.uniform(0.2, 1.0))


def _hurt_writers(house: House, rng: Random, times: int) -> None:
    """SQLite has no server: whoever writes is killed in mid-write instead."""
    for _ in range(3 if times < 50 else 20):
        time.sleep(rng.uniform(0.2, 1.0))
        house.kill(rng.choice((*house.webs, *house.workers)))
        house.revive()
        house.wait_for(*house.webs)


@contextmanager
def _insisting(
    house: House, callees: list[str], found: dict[str, str], told: Counter[int]
) -> Iterator[None]:
    """Programs that ask for these calls meanwhile, and again with the same key until they are accepted."""
    halves = (callees[0::2], callees[1::2])
    threads = [
        threading.Thread(target=_insist, args=(house, web, half, found, told))
        for web, half in enumerate(halves)
    ]
    for thread in threads:
        thread.start()
    yield
    for thread in threads:
        thread.join(240)


def _insist(
    house: House, web: int, callees: list[str], found: dict[str, str], told: Counter[int]
) -> None:
    for to in callees:
        deadline = time.monotonic() + 120
        while to not in found and time.monotonic() < deadline:
            status, sid = _ask(house, web, to)
            told[status] += 1
            if sid:
                found[to] = sid
            else:
                web += 1  # the other web process may be well
                time.sleep(0.1)
        time.sleep(0.05)


def _ask(house: House, web: int, to: str) -> tuple[int, str]:
    with house.client(web, timeout=30) as program:
        try:
            answer = program.post(
                "/make-call", json={"to": to}, headers={"idempotency-key": f"insist-{to}"}
            )
        except httpx.HTTPError:
            return 0, ""
    ok = answer.status_code == httpx.codes.OK
    return answer.status_code, str(answer.json()["call_sid"]) if ok else ""


@row("F25", "the database takes no writes: locked, full, read-only", full=12, short=3)
def no_writes(house: House, rng: Random, times: int) -> None:
    """503 with the advice to repeat, nobody is asked meanwhile, and then everything goes out once."""
    waiting = house.placed(*numbers(house, times), scheduled_at=_soon(2.0))
    closed = (_read_only,) if house.scaled else (_full_disk, _locked)
    for close in closed:
        callees = numbers(house, 2)
        with close(house):
            asked = len(house.asked())
            with ThreadPoolExecutor(8) as programs:
                asks = [(house, web + n, to) for n in range(4) for web, to in enumerate(callees)]
                tries = list(programs.map(lambda ask: _ask(*ask), asks))
            assert {status for status, _ in tries} <= TRY_AGAIN, tries
            time.sleep(2.0)
            assert len(house.asked()) == asked, "asked without an intent on record"
        found = [_sid(house, web, to) for web, to in enumerate(callees)]
        ended_as(house, [*found, *waiting], *HEALED, seconds=120)
        each_once(house, *callees)


def _sid(house: House, web: int, to: str) -> str:
    sids: list[str] = []

    def accepted() -> bool:
        sids.append(_ask(house, web, to)[1])
        return bool(sids[-1])

    until(accepted, 60)
    return sids[-1]


def _soon(seconds: float) -> str:
    from datetime import UTC, datetime, timedelta

    return (datetime.now(UTC) + timedelta(seconds=seconds)).isoformat()


@contextmanager
def _read_only(house: House) -> Iterator[None]:
    """Every transaction of PostgreSQL may only read: what a replica that was promoted too early does."""
    port = house.ports["postgres"]
    try:
        _alter(port, "SET default_transaction_read_only = on")
        yield
    finally:
        _alter(port, "RESET default_transaction_read_only")


def _alter(port: int, how: str) -> None:
    with stores.connect(port, "postgres") as server:
        server.execute(f"ALTER DATABASE {stores.DATABASE} {how}")
    stores.terminate_backends(port)


@contextmanager
def _locked(house: House) -> Iterator[None]:
    """Another process holds SQLite's write lock for longer than anybody waits."""
    with closing(sqlite3.connect(house.folder / "greenlight.sqlite3", timeout=30)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield  # closing it gives the lock back


@contextmanager
def _full_disk(house: House) -> Iterator[None]:
    """No file of web and workers may grow: what a full disk looks like from inside a process."""
    pids = [pid for name in (*house.webs, *house.workers) for pid in _family(house, name)]
    try:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (4096, resource.RLIM_INFINITY))
        yield
    finally:
        for pid in pids:
            resource.prlimit(pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY,) * 2)


def _family(house: House, name: str) -> list[int]:
    """The processes of a group."""
    group = house.processes[name].pid
    found = []
    for entry in Path("/proc").glob("[0-9]*"):
        try:
            if os.getpgid(int(entry.name)) == group:
                found.append(int(entry.name))
        except OSError:
            continue
    return found
