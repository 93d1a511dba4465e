"""Place one call and wait for its end: a client to lift into your own program.

    pip install httpx
    GREENLIGHT_URL=https://calls.example GREENLIGHT_KEY=gl_live_… python make_call.py order-77 +15555555678

`order-77` is the idempotency key: your own name for this one call. Whatever happens on the way, the same
request is sent again under the same name, and the call is placed once. A new call takes a new name.
"""

import os
import random
import sys
import time
from collections.abc import Callable
from typing import Any

import httpx

TRIES = 8
FIRST_WAIT, LONGEST_WAIT = 0.5, 30.0  # seconds
OVER = {"completed", "busy", "no-answer", "failed", "canceled"}

Wait = Callable[[float], object]


class Refused(Exception):
    """The answer is final for this request: correct it, or act on the reason; never just send it again."""

    def __init__(self, answer: httpx.Response) -> None:
        try:
            self.body: dict[str, Any] = dict(answer.json())
            self.code, message = self.body["error"], self.body["message"]
        except (ValueError, TypeError, KeyError):  # a proxy's own page, no answer of Greenlight
            self.body, self.code, message = {}, "not_ours", answer.text[:200]
        self.status = answer.status_code
        super().__init__(f"{self.status} {self.code}: {message}")


class NoAnswer(Exception):
    """Nobody knows yet. Later, send the same request with the same key: it cannot be placed twice."""


def client(url: str, key: str) -> httpx.Client:
    """A connection to Greenlight; a request may take as long as the server's slowest answer."""
    headers = {"authorization": f"Bearer {key}"}
    return httpx.Client(base_url=f"{url}/api/v1", headers=headers, timeout=60)


def place(
    api: httpx.Client,
    call: dict[str, Any],
    *,
    key: str,
    tries: int = TRIES,
    wait: Wait = time.sleep,
) -> dict[str, Any]:
    """Place a call once, however often it has to be asked for. Raises Refused, NoAnswer."""
    headers = {"idempotency-key": key}
    answer = _ask(api, "POST", "/make-call", tries=tries, wait=wait, json=call, headers=headers)
    return dict(answer.json())


def wait_for_end(
    api: httpx.Client, call_sid: str, *, at_most: float = 600.0, every: float = 2.0
) -> dict[str, Any]:
    """The call once it is over. Raises TimeoutError, Refused, NoAnswer."""
    deadline = time.monotonic() + at_most
    while time.monotonic() < deadline:
        call = dict(_ask(api, "GET", f"/calls/{call_sid}").json())
        if call["status"] in OVER:
            return call
        time.sleep(every)
    raise TimeoutError(f"{call_sid} is not over yet")


def _ask(
    api: httpx.Client,
    method: str,
    path: str,
    *,
    tries: int = TRIES,
    wait: Wait = time.sleep,
    **sent: Any,
) -> httpx.Response:
    """One request, sent again while its outcome is open: no answer, 429, or the server's fault."""
    last = "nothing was tried"
    for attempt in range(tries):
        floor = 0.0
        try:
            answer = api.request(method, path, **sent)
        except httpx.TransportError as problem:
            last = type(problem).__name__
        else:
            if answer.is_success:
                return answer
            if answer.status_code != 429 and answer.status_code < 500:
                raise Refused(answer)
            last, floor = str(answer.status_code), _retry_after(answer)
        if attempt + 1 < tries:
            wait(floor + random.uniform(0, min(LONGEST_WAIT, FIRST_WAIT * 2**attempt)))
    raise NoAnswer(f"{tries} tries, the last: {last}")


def _retry_after(answer: httpx.Response) -> float:
    """How long the server asks us to stay away: a floor, to which chance is added."""
    said = answer.headers.get("retry-after", "")
    return float(said) if said.isdigit() else 0.0


def main() -> int:
    """Place the call that the command line names, and tell how it ended."""
    key, to = sys.argv[1:3]
    with client(os.environ["GREENLIGHT_URL"], os.environ["GREENLIGHT_KEY"]) as api:
        try:
            placed = place(api, {"to": to}, key=key)
            print(placed["call_sid"], placed["status"], flush=True)
            ended = wait_for_end(api, placed["call_sid"], every=1)
        except Refused as refused:
            print(refused, file=sys.stderr)
            return 1
        except (NoAnswer, TimeoutError) as unknown:
            print(f"{unknown}. Run this again with the same {key}.", file=sys.stderr)
            return 2
    print(ended["call_sid"], ended["status"], ended["duration_seconds"])
    return 0


if __name__ == "__main__":
    sys.exit(main())
