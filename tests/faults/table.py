"""The house's database as the tests read it: past every proxy, without Django, also in mid-fault."""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any
from uuid import UUID

from calls.records import states
from tests.faults import stores


class Table:
    """Questions to a house's database; one short connection each."""

    ENDS = states.TERMINAL | {states.NEEDS_HUMAN}

    def __init__(self, *, port: int = 0, path: Path | None = None) -> None:
        self.port, self.path = port, path

    def rows(self, query: str, *values: object) -> list[tuple[Any, ...]]:
        """What a query finds; `?` stands for a value."""
        if self.path is not None:
            with closing(sqlite3.connect(self.path, timeout=30, isolation_level=None)) as reader:
                return reader.execute(query, values).fetchall()
        with stores.connect(self.port) as server:
            cursor = server.execute(query.replace("%", "%%").replace("?", "%s"), values)
            return cursor.fetchall() if cursor.description else []

    def states(self, sids: Iterable[str]) -> dict[str, str]:
        """Where each of these calls stands."""
        keys = {self.key(sid): sid for sid in sids}
        if not keys:
            return {}
        marks = ", ".join("?" * len(keys))
        found = self.rows(f"SELECT id, state FROM calls_call WHERE id IN ({marks})", *keys)
        return {keys[key]: state for key, state in found}

    def attempts(self, sids: Iterable[str]) -> list[tuple[str, str, str]]:
        """The attempts of these calls: whose, with what outcome, by which evidence."""
        keys = {self.key(sid): sid for sid in sids}
        marks = ", ".join("?" * len(keys))
        found = self.rows(
            "SELECT call_id, outcome, evidence FROM calls_attempt"
            f" WHERE call_id IN ({marks}) ORDER BY call_id, number",
            *keys,
        )
        return [(keys[key], outcome, evidence) for key, outcome, evidence in found]

    def reasons(self, sids: Iterable[str]) -> list[tuple[str, str, str]]:
        """Why attempts ended as they did: the outcome, the evidence, the sentence."""
        return [
            row
            for sid in sids
            for row in self.rows(
                "SELECT outcome, evidence, reason FROM calls_attempt WHERE call_id = ?",
                self.key(sid),
            )
        ]

    def happened(self, sids: Iterable[str]) -> dict[str, list[str]]:
        """What happened to each of these calls, in order."""
        keys = {self.key(sid): sid for sid in sids}
        marks = ", ".join("?" * len(keys))
        query = f"SELECT call_id, what FROM calls_callevent WHERE call_id IN ({marks}) ORDER BY id"
        story: dict[str, list[str]] = {sid: [] for sid in keys.values()}
        for key, what in self.rows(query, *keys):
            story[keys[key]].append(what)
        return story

    def end_leases(self, sids: Iterable[str]) -> None:
        """Let the time run out that a lost worker had: two minutes pass at once."""
        for sid in sids:
            self.rows(
                f"UPDATE calls_call SET lease_until = {self._past}"
                " WHERE state = 'dispatching' AND id = ?",
                self.key(sid),
            )

    def dispatching(self) -> list[str]:
        """Every call somebody has claimed."""
        rows = self.rows("SELECT id FROM calls_call WHERE state = 'dispatching'")
        return ["CA" + (key if isinstance(key, str) else key.hex) for (key,) in rows]

    def forget_lags(self) -> None:
        """How late the log was in one row does not make the next one wait."""
        self.rows("UPDATE calls_attempt SET log_lag = NULL WHERE log_lag IS NOT NULL")

    def forget_slots(self) -> None:
        """No request has its slot ahead of now any more."""
        self.rows("UPDATE calls_carrieraccount SET next_slot_at = NULL, next_send_at = NULL")

    def hurry_probes(self) -> None:
        """Let a broken carrier be asked now whether it is well, however often it broke lately."""
        self.rows(
            f"UPDATE calls_carrieraccount SET probe_at = {self._past}, breaks = 0"
            " WHERE broken_at IS NOT NULL"
        )

    @property
    def _past(self) -> str:
        return (
            "now() - interval '1 second'" if self.path is None else "datetime('now', '-1 second')"
        )

    def key(self, sid: str) -> Any:
        """The primary key behind a public id."""
        key = UUID(hex=sid[2:])
        return key.hex if self.path is not None else key
