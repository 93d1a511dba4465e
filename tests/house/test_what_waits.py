"""docs/gates.md says of every refusal whether a call on record waits for it or ends: as the code does."""

import ast
import re
from datetime import UTC, datetime

import pytest

from calls.placing.actions import for_good
from calls.policy.decide import Decision, Verdict
from calls.policy.remedies import PASSING, REMEDIES
from tests.house.source import ROOT

TABLE = dict(
    re.findall(r"^\| `(\w+)` \| (\w+)", (ROOT / "docs/gates.md").read_text(), re.MULTILINE)
)
GATES = ast.parse((ROOT / "calls/policy/gates.py").read_text())
# Asked at accept only, so that no call on record meets them.
NOT_AGAIN = {"possible_duplicate"}


def called(name: str) -> list[ast.Call]:
    """Every call of a function in the file of the gates."""
    calls = [node for node in ast.walk(GATES) if isinstance(node, ast.Call)]
    return [call for call in calls if ast.unparse(call.func) == name]


def timed() -> set[str]:
    """The codes of refusals that name an instant at which the gate would pass."""
    told = [call for call in called("Refuse") if "retry_at" in {k.arg for k in call.keywords}]
    given = [call.args[0] for call in told] + [call.args[1] for call in called("_within")]
    return {str(node.value) for node in given if isinstance(node, ast.Constant)}


def refused(code: str, *, at: datetime | None = None) -> Decision:
    """What every gate said: one refused."""
    outcome = "wait" if at else "block"
    return Decision((Verdict("gate", "?", outcome, code, "No.", {}, at),), "1")


def test_the_table_names_every_refusal_once() -> None:
    assert list(TABLE) == list(REMEDIES)


@pytest.mark.parametrize("code", REMEDIES)
def test_it_says_what_becomes_of_the_call(code: str) -> None:
    waits = code in PASSING or code in timed()
    said = "is" if code in NOT_AGAIN else "waits" if waits else "ends"
    assert TABLE[code] == said


@pytest.mark.parametrize("code", sorted(set(REMEDIES) - NOT_AGAIN))
def test_and_so_it_is_judged(code: str) -> None:
    at = datetime(2026, 11, 4, tzinfo=UTC) if code in timed() else None
    assert (for_good(refused(code, at=at)) is None) == (TABLE[code] == "waits")


@pytest.mark.parametrize("code", PASSING)
def test_how_often_it_is_looked_at_again_is_said_where_it_is_no_switch(code: str) -> None:
    minutes = round(PASSING[code].total_seconds() / 60)
    words = {1: "every minute", 10: "every 10 minutes"}[minutes]
    row = next(
        line for line in (ROOT / "docs/gates.md").read_text().splitlines() if f"| `{code}`" in line
    )
    assert words in row or code == "paused"
