"""The sandbox's levers: who is told by webhook, which number gets which script, how the log fails."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from urllib.parse import urlsplit

from calls.carriers.sandbox.ledger import Ledger
from calls.carriers.sandbox.placed import BadRequest
from calls.carriers.sandbox.scripts import script_named, script_of
from calls.lib import signing

ANY_NUMBER = "*"


@dataclass
class Control:
    """What was ordered by hand. Accounts and scripts survive a restart; the log's faults do not."""

    ledger: Ledger
    log_status: int = 0  # answer the call log with this error; 0 is none
    log_lag: float = 0.0  # seconds for which a call is missing from the log
    refused: Counter[tuple[str, str]] = field(default_factory=Counter)

    def announce(self, key: str, orders: dict[str, object]) -> None:
        """Learn the name, hook and signing secret of an account, by its bearer key or its SID."""
        name = _text(orders, "name")
        url, secret = _text(orders, "webhook_url"), _text(orders, "webhook_secret")
        _check_hook(url, secret)
        with self.ledger.transaction() as db:
            db.execute(
                "INSERT OR REPLACE INTO accounts VALUES (?, ?, ?, ?)", (key, name, url, secret)
            )

    def direct(self, number: str, orders: dict[str, object]) -> None:
        """Give a number, or "*" for every number, a script by name or digits; "" takes it back."""
        try:
            script = _text(orders, "script") and script_named(_text(orders, "script"))
        except KeyError:
            raise BadRequest("script: no such script; GET / lists them.") from None
        with self.ledger.transaction() as db:
            db.execute("DELETE FROM scripts WHERE number = ?", (number,))
            if script:
                db.execute("INSERT INTO scripts VALUES (?, ?)", (number, script))

    def fail_log(self, orders: dict[str, object]) -> None:
        """Let the call log answer `status` (0: well again) or lag by `lag` seconds."""
        status, lag = orders.get("status", 0), orders.get("lag", 0)
        if not isinstance(status, int) or not isinstance(lag, int | float):
            raise BadRequest("status, lag: numbers are needed.")
        self.log_status, self.log_lag = status, float(lag)

    def script_for(self, number: str) -> str:
        """Name the script of a number: ordered for it, else for every number, else by digits."""
        rows = self.ledger.read("SELECT * FROM scripts WHERE number IN (?, ?)", number, ANY_NUMBER)
        ordered = {row["number"]: row["script"] for row in rows}
        return ordered.get(number) or ordered.get(ANY_NUMBER) or script_of(number)

    def refuse_again(self, key: str, number: str, times: int) -> bool:
        """Count a refusal, and tell whether this request is still to be refused."""
        self.refused[key, number] += 1
        if self.refused[key, number] <= times:
            return True
        del self.refused[key, number]
        return False

    def reset(self) -> None:
        """Forget every call, order and fault; announced accounts stay."""
        with self.ledger.transaction() as db:
            for table in ("calls", "forms", "log_rows", "deliveries", "scripts"):
                db.execute(f"DELETE FROM {table}")  # noqa: S608  # names from the line above
        self.log_status, self.log_lag = 0, 0.0
        self.refused.clear()


def _text(orders: dict[str, object], name: str) -> str:
    value = orders.get(name) or ""
    if not isinstance(value, str):
        raise BadRequest(f"{name}: a string is needed.")
    return value


def _check_hook(url: str, secret: str) -> None:
    try:
        where = urlsplit(url)
        reachable = where.scheme in ("http", "https") and where.hostname and where.port != 0
        if secret:
            signing.sign(secret=secret, message_id="check", timestamp=0, body=b"")
    except ValueError as wrong:
        raise BadRequest(f"webhook_url, webhook_secret: {wrong}") from None
    if url and not reachable:
        raise BadRequest("webhook_url: an http or https URL with a host is needed.")
