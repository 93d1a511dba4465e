"""Ask every gate and keep every verdict. Pure."""

import logging
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from calls.policy.facts import Facts
from calls.policy.gates import GATES, Gate, Pass, Refuse
from calls.policy.remedies import remedy_for

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Verdict:
    """One gate's answer: pass, wait (it would pass at `retry_at`) or block, and what it saw."""

    gate: str
    question: str
    outcome: str
    code: str
    message: str
    saw: dict[str, str]
    retry_at: datetime | None = None

    @property
    def change(self) -> str:
        """What would change this answer, and who can do it; empty for a pass."""
        return remedy_for(self.code)

    def as_json(self) -> dict[str, Any]:
        """For receipts, the API and screens: instants in ISO 8601."""
        return {
            "gate": self.gate,
            "question": self.question,
            "outcome": self.outcome,
            "code": self.code,
            "message": self.message,
            "saw": self.saw,
            "retry_at": self.retry_at.isoformat() if self.retry_at else None,
        }


@dataclass(frozen=True, slots=True)
class Decision:
    """All verdicts on one set of facts, in the order the gates are asked."""

    verdicts: tuple[Verdict, ...]
    rules_version: str

    @property
    def refusals(self) -> tuple[Verdict, ...]:
        """Every gate that did not pass, first asked first."""
        return tuple(verdict for verdict in self.verdicts if verdict.outcome != "pass")

    @property
    def allowed(self) -> bool:
        """Whether the call may be placed."""
        return not self.refusals

    @property
    def only_waiting(self) -> bool:
        """Whether time alone would clear every refusal."""
        return bool(self.refusals) and all(v.outcome == "wait" for v in self.refusals)

    @property
    def next_allowed_at(self) -> datetime | None:
        """When every refusal that time can clear has cleared; None if one of them never will."""
        if not self.only_waiting:
            return None
        return max(v.retry_at for v in self.refusals if v.retry_at)


def decide(facts: Facts) -> Decision:
    """The verdict of every gate; one that breaks refuses (`gate_error`), so errors fail closed."""
    return Decision(
        verdicts=tuple(_ask(gate, facts) for gate in GATES), rules_version=facts.law.version
    )


def _ask(gate: Gate, facts: Facts) -> Verdict:
    try:
        answer = gate.judge(facts)
    except Exception as problem:  # whatever broke, the call is not placed
        log.exception("a gate broke", extra={"gate": gate.name})
        answer = Refuse("gate_error", f"This gate could not be checked ({type(problem).__name__}).")
    if isinstance(answer, Pass):
        return Verdict(gate.name, gate.question, "pass", "", answer.because, answer.saw)
    outcome = "wait" if answer.retry_at else "block"
    return Verdict(
        gate.name, gate.question, outcome, answer.code, answer.message, answer.saw, answer.retry_at
    )
