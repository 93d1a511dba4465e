"""A carrier that takes every call and remembers each request; and a clock that tests turn."""

from dataclasses import dataclass, field
from datetime import datetime

from calls.carriers.base import Answer, CallRequest, Evidence
from tests.world import NOW


@dataclass
class Recorder:
    """Stands where the carrier's client stands: whatever comes here would have rung somebody."""

    asked: list[CallRequest] = field(default_factory=list)
    # Answers to give first, before every call is taken.
    answers: list[Answer] = field(default_factory=list)

    def place(self, request: CallRequest) -> Answer:
        """Take the call, or answer as told."""
        self.asked.append(request)
        if self.answers:
            return self.answers.pop(0)
        sid = f"SM{len(self.asked):04}"
        return Answer(Evidence.ACCEPTED, carrier_call_id=sid, http_status=200, word="queued")

    @property
    def keys(self) -> list[str]:
        """The idempotency key of each request, as the ledger would show them."""
        return [request.idempotency_key for request in self.asked]


@dataclass
class Clock:
    """The database's clock, standing still until it is turned."""

    now: datetime = NOW

    def __call__(self) -> datetime:
        return self.now
