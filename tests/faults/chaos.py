"""`make chaos SECONDS=60`: many calls while processes die at random; then the oracle, and a page about it.

python -m tests.faults.chaos [--seconds 60] [--calls 2000] [--seed 7] [--form postgresql]
"""

import argparse
import logging
import random
import sys
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from random import Random

import httpx

from tests.faults import stores
from tests.faults.house import FORMS, POSTGRESQL, Broken, House, folder, forget
from tests.faults.seen import percentile

PROGRAMS = 8
LINES = {"cps": 100.0, "concurrency": 2000}
# A lease (120 s), the window of the sandbox's log (20 s), the breaker's rests, and room for a slow machine.
SETTLING = 420.0
# What the carrier does to a call, by the last four digits of its number; most are simply answered.
DIGITS = ("0001", "0002", "0003", "0004", "0101", "0102", "0105", "0107", "0109", "0108", "0104")
FAULTY = 0.1


@dataclass
class Run:
    """What happened."""

    house: House
    rng: Random
    sids: dict[str, str] = field(default_factory=dict)  # by idempotency key
    told: Counter[str] = field(default_factory=Counter)
    hurts: Counter[str] = field(default_factory=Counter)
    lock: threading.Lock = field(default_factory=threading.Lock)
    over: threading.Event = field(default_factory=threading.Event)

    def number(self) -> str:
        """A callee, some of whom bring trouble."""
        with self.lock:
            faulty = self.rng.random() < FAULTY
            return self.house.number(self.rng.choice(DIGITS) if faulty else "")


def load(run: Run, program: int) -> None:
    """Ask for one call after the other until told to stop; each again, with its key, until accepted."""
    clients = [run.house.client(web, timeout=10) for web in range(len(run.house.urls))]
    turn = program
    while not run.over.is_set():
        to, key = run.number(), f"chaos-{program}-{turn}"
        while key not in run.sids:
            word, sid = ask(clients[turn % len(clients)], to, key)
            turn += 1
            with run.lock:
                run.told[word] += 1
                if sid:
                    run.sids[key] = sid
            if not sid:
                time.sleep(0.1)
    for client in clients:
        client.close()


def ask(client: httpx.Client, to: str, key: str) -> tuple[str, str]:
    """One request; what came of it in a word, and the call's id."""
    try:
        answer = client.post("/make-call", json={"to": to}, headers={"idempotency-key": key})
    except httpx.HTTPError as trouble:
        return type(trouble).__name__, ""
    ok = answer.status_code == httpx.codes.OK
    return str(answer.status_code), str(answer.json()["call_sid"]) if ok else ""


def hurt(run: Run) -> None:
    """One random wound, and after a moment everything that ended is started again."""
    house, rng = run.house, run.rng
    name = rng.choice([name for name in house.processes if name != "sandbox"])
    process = house.processes[name]
    ways = ["killed", "killed", "frozen", "told to end"]
    ways += ["connections cut"] if name in house.proxies else []
    ways += ["emptied"] if name == "broker" and house.scaled else []
    way = rng.choice(ways)
    run.hurts[f"{name} {way}"] += 1
    if way == "killed":
        process.kill()
    elif way == "frozen":
        process.freeze()
        time.sleep(rng.uniform(0.5, 3.0))
        process.thaw()
    elif way == "told to end":
        process.ask_to_end()
    elif way == "emptied":
        stores.flush(house.ports["broker"])
    else:
        house.proxies[name].reset()
    time.sleep(rng.uniform(0.1, 1.0))
    house.revive()


def storm(run: Run, *, seconds: float, calls: int) -> float:
    """Load and wounds together, for so long and until so many calls were accepted; how long it took."""
    began = time.monotonic()
    threads = [threading.Thread(target=load, args=(run, n), daemon=True) for n in range(PROGRAMS)]
    for thread in threads:
        thread.start()
    while time.monotonic() - began < seconds or len(run.sids) < calls:
        time.sleep(run.rng.uniform(0.3, 2.0))
        hurt(run)
        assert time.monotonic() - began < seconds * 10, f"only {len(run.sids)} calls were accepted"
    run.over.set()
    run.house.heal()
    run.house.act("widen", **LINES)
    for thread in threads:
        thread.join(60)
    return time.monotonic() - began


def settle(run: Run) -> tuple[float, list[str]]:
    """Wait until every call is at rest; how long it took, and those that are not."""
    began = time.monotonic()
    stuck = list(run.sids.values())
    while stuck and time.monotonic() - began < SETTLING:
        time.sleep(1.0)
        states = run.house.states(stuck)
        stuck = [sid for sid in stuck if states.get(sid) not in run.house.table.ENDS]
        run.house.revive()
    return time.monotonic() - began, stuck


def report(run: Run, seed: int, spans: tuple[float, float], stuck: list[str]) -> tuple[str, bool]:
    """The page, and whether every promise held."""
    house, sids = run.house, list(run.sids.values())
    ends = Counter(house.states(sids).values())
    stories = house.table.happened(sids)
    unknown = [sid for sid in sids if "outcome_unknown" in stories[sid]]
    ended = house.states(unknown)
    people = sum(state == "needs_human" for state in ended.values())
    placed = Counter(row["idempotency_key"].rpartition("-")[0] for row in house.ledger())
    late = house.act("lateness", sids=sids)
    try:
        house.uphold()
        broken = ""
    except Broken as problem:
        broken = str(problem)
    twice = sum(count > 1 for count in placed.values())
    missing = [sid for sid in sids if sid not in house.states(sids)]
    good = not (broken or stuck or twice or missing)
    lines = [
        f"# Chaos, seed {seed}: {'every promise held' if good else 'BROKEN'}",
        "",
        f"{len(sids)} calls accepted in {spans[0]:.0f} s, at rest {spans[1]:.0f} s later ({house.form})",
        f"{twice} placed twice · {len(missing)} lost · {len(stuck)} stuck",
        f"{len(placed)} placed by the carrier · {len(sids) - len(placed)} accepted calls it never placed",
        (
            f"{len(unknown)} became unknown, of which {len(unknown) - people} were found"
            f" and {people} went to people"
        ),
        (
            f"asked after they were accepted: half within {percentile(late, 0.5):.1f} s,"
            f" 99 % within {percentile(late, 0.99):.1f} s, the last after {max(late):.1f} s"
        ),
        "",
        "ended as        " + ", ".join(f"{n} {state}" for state, n in ends.most_common()),
        "programs heard  " + ", ".join(f"{n} × {word}" for word, n in run.told.most_common()),
        f"wounds ({run.hurts.total()})",
        *(f"  {n:>3} {what}" for what, n in sorted(run.hurts.items())),
    ]
    return "\n".join([*lines, *(["", broken] if broken else []), ""]), good


def main() -> int:
    """Storm, settle, judge, report; 1 when a promise was broken."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults.chaos", description=__doc__)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--calls", type=int, default=2000, help="at least so many are accepted")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--form", choices=FORMS, default=POSTGRESQL)
    wanted = parser.parse_args()
    logging.disable(logging.WARNING)
    sys.stdout.write(f"seed {wanted.seed}\n")
    house = House(wanted.form, folder())
    good = False
    try:
        house.start()
        house.act("widen", **LINES)
        run = Run(house, Random(wanted.seed))
        stormed = storm(run, seconds=wanted.seconds, calls=wanted.calls)
        settled, stuck = settle(run)
        page, good = report(run, wanted.seed, (stormed, settled), stuck)
        sys.stdout.write(page)
    finally:
        if good:
            forget(house)
        else:
            house.end()
            sys.stdout.write(f"logs: {house.folder / 'logs'}\n")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
