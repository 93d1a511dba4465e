"""How the sandbox treats a call: one line per script, chosen by the last four digits of `to`.

Adding a script is adding a line to SCRIPTS, and to BY_DIGITS where a number should reach it.
"""

from __future__ import annotations

from dataclasses import dataclass

DIALLING = 0.2  # seconds between being asked and the first ring


@dataclass(frozen=True, slots=True)
class Script:
    """One treatment. Times are in seconds and are multiplied by the sandbox's pace.

    `answer` names how make-call is answered (server.ANSWERS), after `hang` seconds; `status` is its
    HTTP status. `refusals` counts the 429s before one request is accepted. `events` is once, jumbled
    (each three times and in the wrong order), none or forged.
    """

    about: str
    accepts: bool = True
    answer: str = "well"
    status: int = 200
    retry_after: int | None = None
    refusals: int = 0
    hang: float = 0.0
    ending: str = "completed"
    ring: float = 1.0
    talk: float = 3.0
    answered_by: str = "human"
    escalated: bool = False
    opted_out: bool = False
    summary: str = "The callee heard the greeting and confirmed."
    events: str = "once"
    rows: int = 1
    log_lag: float = 0.0

    def steps(self) -> tuple[tuple[float, str], ...]:
        """List when the call takes which status, from the moment it was accepted."""
        end = DIALLING + self.ring
        begun = ((0.0, "queued"), (DIALLING, "ringing"))
        if self.ending != "completed":
            return (*begun, (end, self.ending))
        return (*begun, (end, "in-progress"), (end + self.talk, "completed"))

    def happenings(self) -> tuple[tuple[float, str], ...]:
        """List what the carrier tells by webhook, in the order in which it happens."""
        times = {status: at for at, status in self.steps()}
        end = times[self.ending]
        told = [(end, "voice.call.completed")]
        if self.escalated:
            told.insert(0, (end - self.talk / 2, "voice.call.escalated"))
        if "in-progress" in times:
            told.insert(0, (times["in-progress"], "voice.call.started"))
        return tuple(told)

    def deliveries(self) -> tuple[tuple[float, str], ...]:
        """List what is sent when."""
        return self.as_sent(self.happenings())

    def as_sent(self, told: tuple[tuple[float, str], ...]) -> tuple[tuple[float, str], ...]:
        """List when what happened is sent; in the wrong order and thrice where the script is jumbled."""
        if self.events == "none":
            return ()
        if self.events != "jumbled":
            return told
        end = told[-1][0]
        return tuple(
            (end + 0.2 * n + 0.05 * copy, kind)
            for n, (_, kind) in enumerate(reversed(told))
            for copy in range(3)
        )


VOICEMAIL = "A machine answered; the greeting was left as a message."
ESCALATED = "The callee asked for a person and was handed over."
OPTED_OUT = "The callee asked not to be called again."

SCRIPTS = {
    "answered": Script("answers, talks a few seconds, completes"),
    "busy": Script("is busy", ending="busy", summary=""),
    "no_answer": Script("is never picked up", ending="no-answer", ring=2.0, summary=""),
    "failed": Script("fails in the network", ending="failed", ring=0.1, summary=""),
    "voicemail": Script("reaches a machine", answered_by="machine", talk=1.5, summary=VOICEMAIL),
    "escalated": Script("is handed to a person", escalated=True, summary=ESCALATED),
    "opted_out": Script("hears 'do not call me again'", opted_out=True, summary=OPTED_OUT),
    "dropped": Script("accepts, then drops the connection", answer="drop"),
    "accepted_500": Script("accepts, then answers 500", answer="error", status=500),
    "accepted_502": Script("accepts, then answers 502", answer="error", status=502),
    "accepted_504": Script("accepts, then answers 504", answer="error", status=504),
    "refused_503": Script("refuses with 503", accepts=False, status=503, retry_after=1),
    "throttled": Script("refuses twice with 429, then accepts", refusals=2, retry_after=1),
    "rejected_400": Script("refuses with 400", accepts=False, status=400),
    "rejected_401": Script("refuses the key with 401", accepts=False, status=401),
    "rejected_403": Script("refuses the key with 403", accepts=False, status=403),
    "hangs": Script("accepts, then hangs for 70 s", hang=70.0),
    "late": Script("accepts, and answers after 10 s", hang=10.0),
    "garbled": Script("accepts, then answers a garbled 200", answer="garbled"),
    "truncated": Script("accepts, then answers half a 200", answer="truncated"),
    "oversized": Script("accepts, then answers a 200 of 1 MB", answer="oversized"),
    "reset": Script("accepts, then resets in mid-body", answer="reset"),
    "nameless": Script("accepts, then answers a 200 without an id", answer="nameless"),
    "jumbled_events": Script("sends every event thrice, out of order", events="jumbled"),
    "no_events": Script("sends no events at all", events="none"),
    "forged_events": Script("sends events with a wrong signature", events="forged"),
    "two_rows": Script("shows two log rows for one call", rows=2),
    "lagging_log": Script("shows up in the log after 30 s", log_lag=30.0),
}

BY_DIGITS = {
    "0001": "busy",
    "0002": "no_answer",
    "0003": "failed",
    "0004": "voicemail",
    "0005": "escalated",
    "0006": "opted_out",
    "0101": "dropped",
    "0102": "accepted_500",
    "0103": "refused_503",
    "0104": "throttled",
    "0105": "rejected_400",
    "0106": "hangs",
    "0107": "garbled",
    "0108": "jumbled_events",
    "0109": "no_events",
    "0110": "two_rows",
}


def script_named(name: str) -> str:
    """Find a script by its name or its four digits. Raises KeyError."""
    name = BY_DIGITS.get(name, name)
    if name not in SCRIPTS:
        raise KeyError(name)
    return name


def script_of(number: str) -> str:
    """Name the script that a number's last four digits choose."""
    return BY_DIGITS.get(number[-4:], "answered")
