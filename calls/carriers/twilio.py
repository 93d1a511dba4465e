"""Twilio's REST API for calls (CONTRACT 7).

Twilio documents no idempotency for creating a call, so a request whose answer is not proof is never
repeated here: the caller reconciles with `call_log`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from urllib.parse import urlencode, urljoin, urlsplit

from calls.carriers import twilio_errors, twilio_reading, twilio_signature, twiml
from calls.carriers.base import (
    AccountAccess,
    Answer,
    CallRequest,
    CarrierEvent,
    CarrierUnavailable,
    Evidence,
    Report,
)
from calls.carriers.reading import REASONS, call_id, json_object, retry_after, sentence, text
from calls.carriers.twilio_account import read_credential
from calls.lib.http import KeptClient, Reply

ANSWER_CAP = 64 * 1024  # bytes
LOG_CAP = 8 * 1024 * 1024  # bytes of one page
PAGE = 1000  # rows, the most that Twilio gives
MOST_PAGES = 500  # a log that goes on for longer is not being paged by the other side
# The log is filtered by the day a call started, which our clock and Twilio's may see differently.
MARGIN = timedelta(minutes=10)
# Twilio may let a call ring five seconds longer than told; all of it must fit the 30 s of the gates.
RING_SECONDS = 25
EVENTS = ("initiated", "ringing", "answered", "completed")
UNREADABLE = "The account's credential is not a Twilio SID and token. Enter it anew."


class Twilio:
    """One carrier account, with its kept connections."""

    def __init__(self, access: AccountAccess, *, client: KeptClient | None = None) -> None:
        self.access = access
        self._known = read_credential(access.api_key)
        self._client = client or KeptClient(inside=access.is_sandbox)
        sid = self._known.account_sid if self._known else ""
        self._calls = f"{access.base_url.rstrip('/')}/2010-04-01/Accounts/{sid}/Calls.json"

    def place(self, request: CallRequest) -> Answer:
        """Ask once for a call; what cannot be asked for is refused here, and nothing is sent."""
        if self._known is None:
            return Answer(Evidence.CREDENTIALS, reason=f"Nothing was sent. {UNREADABLE}")
        try:
            form = self._form(request)
        except twiml.Unspeakable as problem:
            return Answer(Evidence.REFUSED, reason=f"Nothing was sent. {problem.sentence}")
        reply = self._client.ask(
            "POST", self._calls, cap=ANSWER_CAP, headers=self._credentials(), form=form
        )
        return _answer(reply)

    def call_log(self, *, since: datetime) -> Iterator[Report]:
        """Read the calls that were asked for since `since`: those that wait, then the newest first.

        Twilio filters by when a call started, which one in its queue has not: these are read by
        themselves, and first, so that one that starts meanwhile is met in the second reading. Raises
        CarrierUnavailable when a page cannot be had, and at the end when a row could not be read.
        """
        seen: set[str] = set()
        unreadable = 0
        for row in filter(twilio_reading.is_ours, self._rows_since(since)):
            report = twilio_reading.read_row(row)
            if report is None:
                unreadable += 1
            elif report.carrier_call_id not in seen and _is_recent(report, since):
                seen.add(report.carrier_call_id)
                yield report
        if unreadable:
            raise CarrierUnavailable(f"{unreadable} rows of the call log cannot be read.")

    def check(self) -> None:
        """Ask for one row of the call log; raises CarrierUnavailable."""
        self._page(self._calls, {"PageSize": "1"})

    @staticmethod
    def read_event(body: bytes, *, query: str = "") -> CarrierEvent:
        """Read one callback; the query is the one we gave with the request. Raises UnreadableEvent."""
        return twilio_reading.read_callback(body, query=query)

    def genuine(self, *, url: str, headers: Mapping[str, str], body: bytes, now: datetime) -> bool:
        """Check the signature, made with the auth token; a former one may stand among the secrets."""
        token = self._known.auth_token if self._known else ""
        tokens = (token, *self.access.secrets_at(now))
        return twilio_signature.verify(tokens=tokens, url=url, headers=headers, body=body)

    def close(self) -> None:
        """Close the kept connections."""
        self._client.close()

    def _credentials(self) -> dict[str, str]:
        if self._known is None:
            raise CarrierUnavailable(UNREADABLE)
        return {"authorization": self._known.basic}

    def _form(self, request: CallRequest) -> list[tuple[str, str]]:
        """The request as a form. The greeting is not delayed by the question who answered it."""
        query = urlencode({"call_id": request.call_id, "attempt": request.attempt})
        hook = f"{self.access.hook_url}?{query}"
        return [
            ("To", request.to),
            ("From", request.caller_id),
            ("Twiml", twiml.write(request)),
            ("StatusCallback", hook),
            *(("StatusCallbackEvent", event) for event in EVENTS),
            ("StatusCallbackMethod", "POST"),
            ("Timeout", str(RING_SECONDS)),
            ("MachineDetection", "Enable"),
            ("AsyncAmd", "true"),
            ("AsyncAmdStatusCallback", hook),
            ("AsyncAmdStatusCallbackMethod", "POST"),
        ]

    def _rows_since(self, since: datetime) -> Iterator[object]:
        day = (since - MARGIN).astimezone(UTC).date().isoformat()
        yield from self._rows({"Status": "queued", "PageSize": str(PAGE)})
        yield from self._rows({"StartTime>": day, "PageSize": str(PAGE)})

    def _rows(self, params: Mapping[str, str]) -> Iterator[object]:
        """Follow the log page by page. New calls push rows to later pages: they repeat, none is missed."""
        rows, following = self._page(self._calls, params)
        yield from rows
        for _ in range(MOST_PAGES):
            if not following:
                return
            rows, following = self._page(self._within(following), None)
            yield from rows
        raise CarrierUnavailable("The call log does not come to an end.")

    def _within(self, uri: str) -> str:
        """The address of a further page, which must be this account's log: our token goes nowhere else."""
        try:
            url = urljoin(self._calls, uri)
            here, there = urlsplit(self._calls), urlsplit(url)
        except ValueError:
            raise CarrierUnavailable("The call log names a next page that is none.") from None
        if (there.scheme, there.netloc, there.path) != (here.scheme, here.netloc, here.path):
            raise CarrierUnavailable("The call log continues outside of the account.")
        return url

    def _page(self, url: str, params: Mapping[str, str] | None) -> tuple[list[object], str]:
        reply = self._client.ask(
            "GET", url, cap=LOG_CAP, headers=self._credentials(), params=params
        )
        page = json_object(reply.body) if reply.whole and reply.status == 200 else None
        rows = page.get("calls") if page else None
        if page is None or not isinstance(rows, list):
            what = reply.trouble or f"status {reply.status}"
            raise CarrierUnavailable(f"The call log cannot be had ({what}).", status=reply.status)
        following = page.get("next_page_uri")
        return rows, following if isinstance(following, str) else ""


def _is_recent(report: Report, since: datetime) -> bool:
    """Twilio's times are whole seconds; a row without one may be any call's."""
    return report.at is None or report.at >= since - timedelta(seconds=1)


def _answer(reply: Reply) -> Answer:
    """Judge a reply. A readable acceptance is a whole JSON object with a call's SID."""
    said = (json_object(reply.body) if reply.whole else None) or {}
    code = said.get("code")
    code = code if isinstance(code, int) else 0
    accepted = call_id(said.get("sid"))
    evidence = twilio_errors.judge(
        status=reply.status,
        code=code,
        bytes_written=reply.bytes_written,
        call_id=accepted or None,
    )
    taken = evidence is Evidence.ACCEPTED
    return Answer(
        evidence=evidence,
        carrier_call_id=accepted if taken else None,
        http_status=reply.status,
        retry_after=retry_after(reply.headers.get("retry-after"), now=datetime.now(UTC)),
        reason="" if taken else _reason(evidence, reply, code, sentence(said.get("message"))),
        word=text(said.get("status"), longest=64) if taken else "",
    )


def _reason(evidence: Evidence, reply: Reply, code: int, theirs: str) -> str:
    ours = twilio_errors.sentence_of(code, evidence) or REASONS[evidence]
    what = theirs or reply.trouble or f"status {reply.status}"
    return f"{ours} (Twilio {code}: {what})" if code else f"{ours} ({what})"
