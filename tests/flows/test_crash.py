"""Processes are killed without warning, the house is ended and started again: no call twice, none lost.

The tests run in order on one installation: the call whose worker is lost needs its lease to run out
(120 s), and the others happen meanwhile.
"""

import os
import signal
import sqlite3
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.flows.system import System, start
from tests.patience import until

pytestmark = [
    pytest.mark.journey,
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc (Linux)"),
]

TOLD_OF = "+15558110106"  # hangs for 70 s after accepting; its events come all the same
UNTOLD_OF = "+15558120106"  # hangs too, and its events are lost
PLAIN = "+1555813"
LEASE_AND_LOG_SECONDS = 180.0
RESTART_SECONDS = 60.0


class House:
    """An installation with its program, whose processes can be killed."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir = data_dir
        self.begin()

    def begin(self) -> None:
        """Starts it, and waits until it is ready."""
        self.system = System(start(self.data_dir), self.data_dir)
        try:
            self.system.wait()
        except BaseException:
            self.system.end()
            raise
        self.program = httpx.Client(
            base_url=f"{self.system.url}/api/v1",
            headers={"authorization": f"Bearer {self.system.seed['api_key']}"},
            trust_env=False,
            timeout=10,
        )

    def end(self) -> int:
        """Ends it as `kill` does and returns its exit code."""
        self.program.close()
        return self.system.end()

    def place(self, to: str, *, key: str | None = None, **fields: str) -> httpx.Response:
        """Asks for a call."""
        headers = {"idempotency-key": key} if key else {}
        return self.program.post("/make-call", json={"to": to, **fields}, headers=headers)

    def call(self, sid: str) -> dict[str, Any]:
        """A call as the API shows it; empty while nobody answers."""
        try:
            found: dict[str, Any] = self.program.get(f"/calls/{sid}").json()
        except httpx.HTTPError:
            return {}
        return found

    def is_over(self, sid: str) -> bool:
        """Whether the call completed."""
        return self.call(sid).get("state") == "completed"

    def processes(self, words: str) -> list[int]:
        """Children of the supervisor with these words in their command."""
        return [
            int(entry.name)
            for entry in Path("/proc").glob("[0-9]*")
            if parent_of(entry) == self.system.process.pid and words in command_of(entry)
        ]

    def kill(self, words: str) -> None:
        """`kill -9`; waits until another has taken the place and nothing of the old one is left."""
        before = self.processes(words)
        assert before, f"no process for {words!r}"
        family = [entry for pid in before for entry in family_of(pid)]
        for pid in before:
            os.kill(pid, signal.SIGKILL)
        until(lambda: set(self.processes(words)) - set(before), RESTART_SECONDS)
        until(lambda: not any(words in command_of(entry) for entry in family), 10)

    def lose_events(self, to: str) -> None:
        """The sandbox forgets what it was going to tell about this number's calls."""
        path = self.data_dir / "sandbox" / "sandbox.sqlite3"
        with closing(sqlite3.connect(path, timeout=10)) as ledger, ledger:
            ledger.execute(
                "DELETE FROM deliveries WHERE call_sid IN"
                " (SELECT call_sid FROM calls WHERE to_number = ?)",
                (to,),
            )


def family_of(pid: int) -> list[Path]:
    """A process and its children."""
    return [e for e in Path("/proc").glob("[0-9]*") if pid in (int(e.name), parent_of(e))]


def parent_of(entry: Path) -> int:
    try:
        return int((entry / "stat").read_text().rpartition(")")[2].split()[1])
    except OSError:
        return 0


def command_of(entry: Path) -> str:
    try:
        return (entry / "cmdline").read_text().replace("\0", " ")
    except OSError:
        return ""


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    found = House(tmp_path_factory.mktemp("crash") / "var")
    try:
        yield found
        placed = Counter(row["to"] for row in found.system.ledger())
        assert set(placed.values()) == {1}, f"called twice: {placed}"
    finally:
        code = found.end()
    assert code == 0, found.data_dir.with_suffix(".log").read_text()


@pytest.fixture(scope="module")
def orphaned(house: House) -> dict[str, str]:
    """Two calls that the carrier took while their worker was killed; by number, their sids."""
    sids = {to: house.place(to).json()["call_sid"] for to in (UNTOLD_OF, TOLD_OF)}
    until(lambda: house.system.placed_to(UNTOLD_OF), 30)
    house.lose_events(UNTOLD_OF)
    until(lambda: house.system.placed_to(TOLD_OF), 30)
    house.kill("worker -Q dispatch")
    return sids


def test_a_call_whose_worker_died_while_asking_is_found_by_its_events(
    house: House, orphaned: dict[str, str]
) -> None:
    sid = orphaned[TOLD_OF]
    until(lambda: house.is_over(sid), 60)
    assert house.system.placed_to(TOLD_OF) == 1
    assert len(house.call(sid)["attempts"]) == 1


def test_the_next_worker_carries_on(house: House, orphaned: dict[str, str]) -> None:
    sid = house.place(PLAIN + "0001").json()["call_sid"]
    until(lambda: house.call(sid).get("state") == "busy", 60)
    assert house.system.placed_to(PLAIN + "0001") == 1


def test_a_killed_web_process_answers_again_and_knows_its_calls(house: House) -> None:
    first = house.place(PLAIN + "0777", key="crash-1")
    assert first.status_code == 200
    house.kill("granian")
    until(lambda: house.call(first.json()["call_sid"]), RESTART_SECONDS)
    again = house.place(PLAIN + "0777", key="crash-1")
    assert (again.status_code, again.headers["idempotent-replayed"]) == (200, "true")
    assert again.json() == first.json()
    until(lambda: house.is_over(first.json()["call_sid"]), 60)
    assert house.system.placed_to(PLAIN + "0777") == 1


def test_without_any_event_the_log_finds_the_call_when_its_lease_is_over(
    house: House, orphaned: dict[str, str]
) -> None:
    sid = orphaned[UNTOLD_OF]
    until(lambda: house.is_over(sid), LEASE_AND_LOG_SECONDS)
    story = [event["what"] for event in house.call(sid)["events"]]
    assert "outcome_unknown" in story
    assert "requeued" not in story
    assert len(house.call(sid)["attempts"]) == 1
    assert house.system.placed_to(UNTOLD_OF) == 1


def test_ended_and_started_again_it_keeps_its_calls_and_finishes_what_waits(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(seconds=3)
    sid = house.place(PLAIN + "0888", scheduled_at=soon.isoformat()).json()["call_sid"]
    before = {row["call_sid"] for row in house.program.get("/call-logs").json()["data"]}
    assert house.end() == 0
    house.begin()
    after = {row["call_sid"] for row in house.program.get("/call-logs").json()["data"]}
    assert sid in before <= after
    until(lambda: house.is_over(sid), 60)
    assert house.system.placed_to(PLAIN + "0888") == 1
