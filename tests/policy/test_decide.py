"""All gates are asked, all verdicts are kept, and a gate that breaks refuses."""

import json
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any, NoReturn

import pytest

from calls.lib import phone
from calls.policy.decide import Decision, decide
from calls.policy.facts import DncFacts, DuplicateFacts, Facts
from calls.policy.gates import GATES
from tests.policy.plain import AGENT, NOW, TENANT, facts

NIGHT = datetime(2026, 11, 4, 5, 0, tzinfo=UTC)
MORNING = datetime(2026, 11, 4, 14, 0, tzinfo=UTC)
LISTED = (DncFacts("platform", "Litigator", NOW),)


class Broken:
    """A part of the facts that cannot be looked at."""

    def __getattr__(self, name: str) -> NoReturn:
        raise RuntimeError(name)

    def __bool__(self) -> NoReturn:
        raise RuntimeError("bool")


def codes(decision: Decision) -> list[str]:
    return [verdict.code for verdict in decision.refusals]


def test_the_plain_call_is_allowed() -> None:
    decision = decide(facts())
    assert decision.allowed
    assert not decision.only_waiting
    assert decision.next_allowed_at is None
    assert [v.outcome for v in decision.verdicts] == ["pass"] * len(GATES)


def test_every_verdict_is_kept_in_the_order_of_asking() -> None:
    asked = facts(
        tenant=replace(TENANT, suspended_reason="Unpaid", country_groups=frozenset()),
        agent=replace(AGENT, version=None),
        dnc=LISTED,
    )
    decision = decide(asked)
    assert [v.gate for v in decision.verdicts] == [gate.name for gate in GATES]
    assert codes(decision) == [
        "tenant_suspended",
        "country_blocked",
        "agent_unavailable",
        "dnc_listed",
    ]


# which part is broken, and the gates that look at it
PARTS = [
    ("tenant", {"tenant", "number", "country", "route", "hours", "consent"}),
    ("pauses", {"pause"}),
    ("requester", {"permission"}),
    ("number", {"number", "country", "hours", "consent"}),
    ("route", {"permission", "country", "route"}),
    ("agent", {"permission", "agent", "launch", "greeting"}),
    ("greeting", {"greeting"}),
    ("dnc", {"dnc"}),
    ("stale_registries", {"dnc"}),
    ("consent", {"consent"}),
    ("frequency", {"frequency"}),
    ("velocity", {"velocity"}),
    ("spend", {"velocity"}),
    ("duplicate", {"duplicate"}),
]


@pytest.mark.parametrize(("part", "gates"), PARTS)
def test_a_gate_that_breaks_refuses(part: str, gates: set[str]) -> None:
    number = phone.read("+15555555678") if part == "tenant" else phone.read("+12127365000")
    broken: Any = {"number": number} | {part: Broken()}
    decision = decide(facts(**broken))
    assert {v.gate for v in decision.refusals} == gates
    assert {v.code for v in decision.refusals} == {"gate_error"}
    assert not decision.allowed


def test_every_gate_is_broken_by_one_of_these() -> None:
    assert set[str]().union(*(gates for _, gates in PARTS)) == {gate.name for gate in GATES}
    # Looked at together with another part, or plain values.
    unbroken = {"now", "due", "law", "ring_seconds", "org", "contact", "dialling", "rings_own"}
    assert {part for part, _ in PARTS} == {field.name for field in fields(Facts)} - unbroken


def test_a_broken_gate_says_what_kind_of_trouble_and_nothing_of_the_call() -> None:
    verdict = decide(facts(greeting=Broken())).refusals[0]
    assert verdict.message == "This gate could not be checked (RuntimeError)."
    assert (verdict.outcome, verdict.retry_at) == ("block", None)


def test_night_alone_is_waited_for() -> None:
    decision = decide(facts(due=NIGHT))
    assert [v.outcome for v in decision.refusals] == ["wait"]
    assert decision.only_waiting
    assert decision.next_allowed_at == MORNING


def test_what_never_passes_has_no_next_time() -> None:
    decision = decide(facts(due=NIGHT, dnc=LISTED))
    assert [v.outcome for v in decision.refusals] == ["wait", "block"]
    assert not decision.only_waiting
    assert decision.next_allowed_at is None


def test_the_latest_of_several_waits_counts() -> None:
    duplicate = DuplicateFacts("CA" + "0" * 32, NIGHT)
    decision = decide(facts(due=NIGHT, duplicate=duplicate))
    assert len(decision.refusals) == 2
    assert decision.next_allowed_at == MORNING


def test_a_verdict_can_be_kept_as_json() -> None:
    kept = decide(facts(due=NIGHT)).refusals[0].as_json()
    assert json.loads(json.dumps(kept)) == kept
    assert kept["retry_at"] == MORNING.isoformat()
    assert kept["saw"]["window"] == "Mon–Sat 09:00–20:00"
    assert decide(facts()).verdicts[0].as_json()["retry_at"] is None


def test_the_rules_version_is_kept() -> None:
    law = replace(facts().law, version="2099-01-01")
    assert decide(facts(law=law)).rules_version == "2099-01-01"


def test_the_same_facts_give_the_same_decision() -> None:
    assert decide(facts(due=NIGHT + timedelta(0))) == decide(facts(due=NIGHT))
