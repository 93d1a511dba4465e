"""The hosted StateSet Voice API (CONTRACT 6), and the sandbox, which speaks the same contract.

StateSet documents no idempotency for requests, so a request whose answer is not proof is never
repeated here: the caller reconciles with `call_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime

from calls.carriers.base import (
    AccountAccess,
    Answer,
    CallRequest,
    CarrierEvent,
    CarrierUnavailable,
    Evidence,
    Report,
    classify,
)
from calls.carriers.reading import (
    REASONS,
    call_id,
    json_object,
    read_event,
    read_row,
    retry_after,
    sentence,
    text,
)
from calls.lib import signing
from calls.lib.http import KeptClient, Reply

ANSWER_CAP = 64 * 1024  # bytes
LOG_CAP = 4 * 1024 * 1024  # bytes of one page of 200 rows
PAGE = 200  # rows, the most that the contract allows
MOST_PAGES = 500  # a log that goes on for longer is not being paged by the other side


class StateSet:
    """One carrier account, with its kept connections."""

    def __init__(self, access: AccountAccess, *, client: KeptClient | None = None) -> None:
        self.access = access
        self._base = access.base_url.rstrip("/")
        self._client = client or KeptClient(inside=access.is_sandbox)

    def place(self, request: CallRequest) -> Answer:
        """Ask once for a call; what came of it is told by the answer's evidence."""
        reply = self._client.ask(
            "POST",
            f"{self._base}/api/v1/make-call",
            cap=ANSWER_CAP,
            headers={**self._credentials(), "idempotency-key": request.idempotency_key},
            payload=_fields(request),
        )
        return _answer(reply)

    def call_log(self, *, since: datetime) -> Iterator[Report]:
        """Read the account's outbound calls created since `since`, newest first, each row once.

        Raises CarrierUnavailable when a page cannot be had, and at the end when a row could not be
        read: after an incomplete reading no call may be taken for absent.
        """
        seen: set[tuple[str, str]] = set()
        unreadable = 0
        for row in self._rows(since):
            if isinstance(row, dict) and row.get("direction") == "inbound":
                continue
            report = read_row(row)
            if report is None:
                unreadable += 1
            elif (key := (report.row_id, report.carrier_call_id)) not in seen:
                seen.add(key)
                yield report
        if unreadable:
            raise CarrierUnavailable(f"{unreadable} rows of the call log cannot be read.")

    def check(self) -> None:
        """Ask for one row of the call log; raises CarrierUnavailable."""
        self._page({"limit": "1", "offset": "0"})

    @staticmethod
    def read_event(body: bytes, *, query: str = "") -> CarrierEvent:
        """Read one event, in the envelope of today or in the older one; raises UnreadableEvent."""
        return read_event(body)

    def genuine(self, *, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Check the signature; with no secret configured the hook's secret path is the proof."""
        secrets = self.access.secrets_at(now)
        return not secrets or signing.verify(secrets=secrets, headers=headers, body=body, now=now)

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()

    def _credentials(self) -> dict[str, str]:
        return {"authorization": f"Bearer {self.access.api_key}"}

    def _rows(self, since: datetime) -> Iterator[object]:
        """Page by offset. New calls push rows to later pages: they repeat, and none is missed."""
        start = since.astimezone(UTC).isoformat().replace("+00:00", "Z")
        offset = 0
        for _ in range(MOST_PAGES):
            rows, total = self._page({"limit": str(PAGE), "offset": str(offset), "from": start})
            yield from rows
            offset += len(rows)
            if not rows and total is not None and offset < total:
                raise CarrierUnavailable("The call log ends before the rows that it counts.")
            if not rows or (offset >= total if total is not None else len(rows) < PAGE):
                return
        raise CarrierUnavailable("The call log does not come to an end.")

    def _page(self, params: Mapping[str, str]) -> tuple[list[object], int | None]:
        reply = self._client.ask(
            "GET",
            f"{self._base}/api/v1/call-logs",
            cap=LOG_CAP,
            headers=self._credentials(),
            params=params,
        )
        page = json_object(reply.body) if reply.whole and reply.status == 200 else None
        rows = page.get("data") if page else None
        if page is None or not isinstance(rows, list):
            what = reply.trouble or f"status {reply.status}"
            raise CarrierUnavailable(f"The call log cannot be had ({what}).", status=reply.status)
        total = page.get("total")
        return rows, total if isinstance(total, int) and not isinstance(total, bool) else None


def _fields(request: CallRequest) -> dict[str, object]:
    """The contract's six fields, and no other: what else we know is our own business."""
    fields = {
        "to": request.to,
        "from": request.caller_id,
        "agent_key": request.agent_key,
        "greeting": request.greeting,
        "agent_version_id": request.agent_version_id,
        "org_id": request.org_id,
    }
    return {name: value for name, value in fields.items() if value is not None}


def _answer(reply: Reply) -> Answer:
    """Judge a reply. A readable acceptance is a whole JSON object with `ok` true and a call id."""
    said = json_object(reply.body) if reply.whole else None
    said = said or {}
    accepted = call_id(said.get("call_sid")) if said.get("ok") is True else ""
    evidence = classify(
        status=reply.status, bytes_written=reply.bytes_written, call_id=accepted or None
    )
    return Answer(
        evidence=evidence,
        carrier_call_id=accepted if evidence is Evidence.ACCEPTED else None,
        http_status=reply.status,
        retry_after=retry_after(reply.headers.get("retry-after"), now=datetime.now(UTC)),
        reason=_reason(evidence, reply, said),
        word=text(said.get("status"), longest=64),
    )


def _reason(evidence: Evidence, reply: Reply, said: Mapping[str, object]) -> str:
    if evidence is Evidence.ACCEPTED:
        return ""
    theirs = sentence(said.get("message")) or sentence(said.get("error"))
    what = theirs or reply.trouble or f"status {reply.status}"
    return f"{REASONS[evidence]} ({what})"
