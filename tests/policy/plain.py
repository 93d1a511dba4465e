"""One call that every gate lets pass, to be changed in the one thing a test is about."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from calls.lib import phone
from calls.policy.facts import (
    AgentFacts,
    Facts,
    GreetingFacts,
    RequesterFacts,
    RouteFacts,
    TenantFacts,
)
from calls.policy.gates import GATES, Pass, Refuse
from calls.policy.rulebook import law_for

NOW = datetime(2026, 11, 3, 15, 0, tzinfo=UTC)  # a Tuesday, 10:00 in New York

TENANT = TenantFacts(
    "Acme",
    is_sandbox=True,
    suspended_reason=None,
    country_groups=frozenset({"US", "GB"}),
)
BOB = RequesterFacts("Bob", may_place=True, orgs=None, may_choose=True)
ROUTE = RouteFacts(
    "+15555551234",
    org=None,
    enabled=True,
    account_is_sandbox=True,
    account_paused_reason=None,
)
AGENT = AgentFacts("support", org=None, version="1", state="published", chosen=False)
GREETING = GreetingFacts(
    text="Hello",
    name="Hello, revision 1",
    approved_by="Alice",
    approved_at=NOW,
    valid_until=None,
    withdrawn_at=None,
    hash_matches=True,
    fits_agent=True,
    problem="",
)
PLAIN = Facts(
    now=NOW,
    due=NOW,
    tenant=TENANT,
    requester=BOB,
    number=phone.read("+12127365000"),
    route=ROUTE,
    agent=AGENT,
    greeting=GREETING,
    law=law_for(jurisdictions=("US", "US-NY"), purpose="transactional", on=NOW.date()),
)


def facts(**changes: Any) -> Facts:
    """The plain call, with these parts of it replaced."""
    return replace(PLAIN, **changes)


def ask(gate: str, asked: Facts) -> Pass | Refuse:
    """What one gate answers."""
    return next(g for g in GATES if g.name == gate).judge(asked)


def code(gate: str, asked: Facts) -> str:
    """The refusal's code; empty for a pass."""
    answer = ask(gate, asked)
    return answer.code if isinstance(answer, Refuse) else ""
