"""What the sandbox remembers, in SQLite: every call it placed, its log rows, its webhooks to send.

The ledger has one row per accepted request. A repeated request is a second row, because the carrier
played here knows no idempotency: that is how a duplicate becomes visible.
"""

from __future__ import annotations

import json
import sqlite3
import threading
import time
import uuid
from collections.abc import Iterator
from contextlib import contextmanager

from calls.carriers.sandbox.placed import Asked, Placed, stamp
from calls.carriers.sandbox.twilio_callbacks import callbacks
from calls.carriers.sandbox.twilio_form import read_kept

SCHEMA = """
CREATE TABLE IF NOT EXISTS calls (
    call_sid TEXT PRIMARY KEY, key TEXT, account TEXT, to_number TEXT, from_number TEXT,
    greeting TEXT, agent_key TEXT, idempotency_key TEXT, fingerprint TEXT, script TEXT, at REAL);
CREATE INDEX IF NOT EXISTS calls_of_a_key ON calls (key, at);
CREATE INDEX IF NOT EXISTS calls_alike ON calls (key, fingerprint);
CREATE TABLE IF NOT EXISTS log_rows (
    n INTEGER PRIMARY KEY, row_id TEXT, shown_sid TEXT, call_sid TEXT, visible_from REAL);
CREATE INDEX IF NOT EXISTS log_rows_of_a_call ON log_rows (call_sid);
CREATE TABLE IF NOT EXISTS deliveries (
    n INTEGER PRIMARY KEY, event_id TEXT, call_sid TEXT, kind TEXT, due REAL, tries INTEGER);
CREATE INDEX IF NOT EXISTS deliveries_due ON deliveries (due);
CREATE TABLE IF NOT EXISTS forms (call_sid TEXT PRIMARY KEY, form TEXT, token TEXT);
CREATE TABLE IF NOT EXISTS accounts (
    key TEXT PRIMARY KEY, name TEXT, webhook_url TEXT, webhook_secret TEXT);
CREATE TABLE IF NOT EXISTS scripts (number TEXT PRIMARY KEY, script TEXT);
"""

LOGGED = (
    "FROM calls c JOIN log_rows l USING (call_sid)"
    " WHERE c.key = ? AND c.at >= ? AND c.at < ? AND l.visible_from <= ?"
)


class Ledger:
    """The sandbox's memory: a file, or nothing but memory where `path` is ":memory:"."""

    def __init__(self, path: str, *, pace: float) -> None:
        self.pace = pace
        self.news = threading.Event()  # set when a webhook may be due earlier than was thought
        self._lock = threading.RLock()
        self._db = sqlite3.connect(path, check_same_thread=False)
        self._db.row_factory = sqlite3.Row
        self._db.execute("PRAGMA journal_mode = WAL")
        self._db.execute("PRAGMA synchronous = NORMAL")
        self._db.executescript(SCHEMA)

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Give the connection to one thread at a time; commit at the end, or roll back."""
        with self._lock, self._db:
            yield self._db

    def read(self, query: str, *values: object) -> list[sqlite3.Row]:
        """Run one query."""
        with self._lock:
            return self._db.execute(query, values).fetchall()

    def place(self, asked: Asked, *, key: str, script: str) -> Placed:
        """Place a call: its ledger row, its log rows and its webhooks are one transaction."""
        call = Placed(
            call_sid="CA" + uuid.uuid4().hex,
            key=key,
            account=self.account_name(key),
            to=asked.to,
            caller_id=asked.caller_id,
            script_name=script,
            at=round(time.time(), 6),  # as exact as its stamp, so that a log can be cut at it
            pace=self.pace,
        )
        with self.transaction() as db:
            _write_call(db, call, asked)
            _write_log_rows(db, call)
            _write_deliveries(db, call, asked)
        self.news.set()
        return call

    def call(self, call_sid: str) -> Placed | None:
        """Find a call that was placed; None after a reset."""
        rows = self.read("SELECT * FROM calls WHERE call_sid = ?", call_sid)
        return self._placed(rows[0]) if rows else None

    def form(self, call_sid: str) -> sqlite3.Row | None:
        """Find the form and token that a call was asked for with; None where it was asked for in JSON."""
        rows = self.read("SELECT * FROM forms WHERE call_sid = ?", call_sid)
        return rows[0] if rows else None

    def placed_calls(self, to: str | None = None) -> list[dict[str, object]]:
        """List every call that was really placed, oldest first; `times` counts it and its twins."""
        rows = self.read(
            "SELECT c.*, form, (SELECT count(*) FROM calls d WHERE d.key = c.key"
            " AND d.fingerprint = c.fingerprint) AS times"
            " FROM calls c LEFT JOIN forms USING (call_sid)"
            " WHERE ? IS NULL OR to_number = ? ORDER BY at, c.rowid",
            to,
            to,
        )
        shown = ("call_sid", "account", "times", "greeting", "agent_key", "idempotency_key")
        return [
            {"to": r["to_number"], "from": r["from_number"], "at": stamp(r["at"])}
            | {name: r[name] for name in (*shown, "script")}
            | ({"form": json.loads(r["form"])} if r["form"] else {})
            for r in rows
        ]

    def log(
        self, key: str, *, since: float, until: float, visible: float, limit: int, offset: int
    ) -> tuple[list[dict[str, object]], int]:
        """List a page of an account's log, newest first, as far as it is visible; and its total."""
        rows = self.read(
            f"SELECT c.*, l.row_id, l.shown_sid {LOGGED} ORDER BY c.at DESC, l.n DESC"
            " LIMIT ? OFFSET ?",
            *(key, since, until, visible, limit, offset),
        )
        total = self.read(f"SELECT count(*) AS n {LOGGED}", key, since, until, visible)
        return [self._log_row(row) for row in rows], total[0]["n"]

    def account(self, key: str) -> sqlite3.Row | None:
        """Find what was announced of a bearer key."""
        rows = self.read("SELECT * FROM accounts WHERE key = ?", key)
        return rows[0] if rows else None

    def account_name(self, key: str) -> str:
        """Name the account of a bearer key; an unannounced key is named without being shown."""
        account = self.account(key)
        return account["name"] if account else f"unannounced-{uuid.uuid5(uuid.NAMESPACE_OID, key)}"

    def close(self) -> None:
        """Close the file."""
        with self._lock:
            self._db.close()

    def _placed(self, row: sqlite3.Row) -> Placed:
        return Placed(
            call_sid=row["call_sid"],
            key=row["key"],
            account=row["account"],
            to=row["to_number"],
            caller_id=row["from_number"],
            script_name=row["script"],
            at=row["at"],
            pace=self.pace,
        )

    def _log_row(self, row: sqlite3.Row) -> dict[str, object]:
        call = self._placed(row)
        shown = {"id": row["row_id"], "to": call.to, "from": call.caller_id}
        return call.data(time.time()) | shown | {"call_sid": row["shown_sid"]}


def _write_call(db: sqlite3.Connection, call: Placed, asked: Asked) -> None:
    db.execute(
        "INSERT INTO calls VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        (
            *(call.call_sid, call.key, call.account, call.to, call.caller_id),
            *(asked.greeting, asked.agent_key, asked.idempotency_key, asked.fingerprint),
            *(call.script_name, call.at),
        ),
    )
    if asked.form:
        db.execute("INSERT INTO forms VALUES (?, ?, ?)", (call.call_sid, asked.form, asked.token))


def _write_log_rows(db: sqlite3.Connection, call: Placed) -> None:
    """The first row shows the id that the client was told; a second one would be another's."""
    visible_from = call.at + call.script.log_lag * call.pace
    for n in range(call.script.rows):
        shown = call.call_sid if n == 0 else "CA" + uuid.uuid4().hex
        db.execute(
            "INSERT INTO log_rows VALUES (NULL, ?, ?, ?, ?)",
            ("log_" + uuid.uuid4().hex, shown, call.call_sid, visible_from),
        )


def _write_deliveries(db: sqlite3.Connection, call: Placed, asked: Asked) -> None:
    """Each event has one id, however often it is sent."""
    event_ids: dict[str, str] = {}
    for after, kind in _told(call, asked):
        event_id = event_ids.setdefault(kind, "evt_" + uuid.uuid4().hex)
        db.execute(
            "INSERT INTO deliveries VALUES (NULL, ?, ?, ?, ?, 0)",
            (event_id, call.call_sid, kind, call.at + after * call.pace),
        )


def _told(call: Placed, asked: Asked) -> tuple[tuple[float, str], ...]:
    if asked.form:
        return callbacks(call.script, read_kept(asked.form))
    return call.script.deliveries()
