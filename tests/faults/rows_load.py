"""F26 to F29: many calls at once, deployments, too many of everything, clocks that differ."""

import sys
from pathlib import Path
from random import Random

from tests.faults.house import House
from tests.faults.matrix import row
from tests.faults.seen import (
    UNKNOWN,
    answered_with,
    each_once,
    ended_as,
    numbers,
    one_attempt_each,
    went_through,
)
from tests.patience import until

HEALED = ("completed", "busy", "no_answer", "failed")
MOST_MEMORY = 300_000_000  # bytes per process


@row("F26", "a crowd of calls due at one instant", full=20_000, short=200)
def crowd(house: House, rng: Random, times: int) -> None:
    """Drained at the account's pace, the expired expire, memory stays, and another tenant is not held up."""
    house.act("widen", cps=100.0, concurrency=1000)
    late, before = times * 3 // 4, _memory(house)
    sids = house.act("crowd", count=times, expired=late)
    theirs = house.act("place_for_other_tenant", count=10)
    ended_as(house, theirs, *HEALED, seconds=60)
    waits = house.act("lateness", sids=theirs)
    assert max(waits) < 15.0, f"another tenant waited {max(waits):.1f} s"
    ended_as(house, sids, *HEALED, "expired", seconds=60 + times / 10)
    assert sum(state == "expired" for state in house.states(sids).values()) == late
    one_attempt_each(house, sids)
    for name, after in _memory(house).items():
        assert after < MOST_MEMORY, f"{name}: {after:,} bytes, {before[name]:,} before"


def _memory(house: House) -> dict[str, int]:
    found = {}
    for name in house.workers:
        pages = Path(f"/proc/{house.processes[name].pid}/statm").read_text().split()[1]
        found[name] = int(pages) * 4096
    return found


@row("F27", "a deployment with requests in flight", full=50, short=12)
def deployed(house: House, rng: Random, times: int) -> None:
    """SIGTERM: requests under way are finished, none becomes unknown; a second one costs no call either."""
    slow = 5.0 if times > 20 else 1.5
    for signals in (1, 2):
        callees = numbers(house, times)
        house.answer("*", hang=slow)
        before = len(house.asked())
        sids = house.placed(*callees)
        until(lambda before=before: len(house.asked()) > before + times // 3, 30)
        for name in house.dialling * signals:
            house.processes[name].ask_to_end()
        codes = [house.processes[name].wait(90) for name in house.dialling]
        if signals == 1:
            assert codes == [0] * len(codes)
            assert not went_through(house, sids, UNKNOWN), house.table.reasons(sids)
        house.answer("*")
        house.revive()
        house.table.end_leases(sids)
        ended_as(house, sids, *HEALED, "needs_human", seconds=120)
        one_attempt_each(house, sids)
        if signals == 1:
            assert answered_with(house, *callees) == {200}, "not every request was finished"
            each_once(house, *callees)


@row("F28", "too many sweepers, beats and reconcilers", full=300, short=16)
def too_many(house: House, rng: Random, times: int) -> None:
    """Only work is wasted: nothing happens twice."""
    extra = ["upkeep 2", "upkeep 3", "dispatch 8", "dispatch 9"]
    for name in extra:
        house.another(name, like=f"{name.split()[0]} 1")
    if house.scaled:
        beat = [*house.processes["clock"].command]
        beat[beat.index("-s") + 1] += "-2"
        house.add("clock 2", beat)
        extra.append("clock 2")
    callees = numbers(house, times)
    for to in callees:
        script = rng.choice(("answered", "no_events", "jumbled_events", "lagging_log"))
        house.answer(to, answer=rng.choice(("well", "drop", "error")), status=500, script=script)
    sids = house.placed(*callees)
    ended_as(house, sids, *HEALED, seconds=90 + times)
    one_attempt_each(house, sids)
    each_once(house, *callees)
    for story in house.table.happened(sids).values():
        assert max(story.count(what) for what in ("claimed", "placed", "completed")) <= 1, story
    for name in extra:
        house.drop(name)


@row("F29", "a worker's clock that is wrong, and jumps", full=60, short=9)
def clocks(house: House, rng: Random, times: int) -> None:
    """Due times, leases and order go by the database; a worker whose clock is wrong dials nobody twice.

    On SQLite the machine's clock is the database's, so all processes share it and jump together.
    """
    third, file = times // 3, house.folder / "ahead"
    if house.scaled:
        turned: tuple[str, ...] = (rng.choice(house.dialling),)
        jumps = (rng.choice((600, -600)), rng.choice((-600, 600)), -3600)
    else:
        turned, jumps = (*house.webs, *house.workers, "clock"), (0, 600, 1200)
    file.write_text(str(jumps[0]))
    for name in turned:
        _put_under(house, name, file)
    house.wait_for(*house.webs)
    callees, sids = numbers(house, third * 3), []
    for n, ahead in enumerate(jumps):
        mine = callees[n * third : (n + 1) * third]
        script = rng.choice(("answered", "no_events"))
        house.answer(*mine, answer=rng.choice(("well", "drop")), script=script)
        file.write_text(str(ahead))
        some = house.placed(*mine)
        ended_as(house, some, *HEALED, "needs_human", seconds=120)
        sids += some
    one_attempt_each(house, sids)
    each_once(house, *callees)
    for name in turned:
        _put_under(house, name, None)
    if (
        not house.scaled
    ):  # the machine's clock goes back: what was reserved ahead would hold up later rows
        house.table.forget_slots()


def _put_under(house: House, name: str, file: Path | None) -> None:
    """Start a process again under a clock of its own, or under everybody's."""
    process = house.processes[name]
    process.end()
    command = [*process.command]
    if "tests.faults.shifted" in command:
        command = [sys.executable, "-m", *command[4:]]
    if file is not None:
        command = [sys.executable, "-m", "tests.faults.shifted", str(file), *command[2:]]
    process.command = command
    process.start()
