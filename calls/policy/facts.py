"""Everything a gate may look at, frozen at one moment. Pure; gathered by placing/queries.py."""

from dataclasses import dataclass
from datetime import datetime

from calls.lib.phone import Number
from calls.policy.rulebook import Rule


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """The tenant: its mode (sandbox or live), its suspension and the countries it opted into."""

    name: str
    is_sandbox: bool
    suspended_reason: str | None
    country_groups: frozenset[str]


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """Who asks: whether the role or key may place calls, and for which orgs (None = all)."""

    name: str
    may_place: bool
    orgs: frozenset[str] | None


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """The caller ID to show and the state of the carrier account behind it."""

    number: str
    org: str | None
    enabled: bool
    account_is_sandbox: bool
    account_paused_reason: str | None


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """The agent and the version that would speak; `chosen` when a version was named explicitly."""

    key: str
    org: str | None
    version: str | None
    state: str | None
    chosen: bool


@dataclass(frozen=True, slots=True)
class GreetingFacts:
    """The exact words and the approval behind them; `problem` when no approved words were found."""

    text: str
    name: str
    approved_by: str | None
    approved_at: datetime | None
    valid_until: datetime | None
    withdrawn_at: datetime | None
    hash_matches: bool
    fits_agent: bool
    problem: str


@dataclass(frozen=True, slots=True)
class DncFacts:
    """One do-not-call entry against the number."""

    scope: str
    reason: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class DuplicateFacts:
    """An identical request made moments ago, without an idempotency key on this one."""

    call_sid: str
    asked_at: datetime


@dataclass(frozen=True, slots=True)
class Facts:
    """One intended call at one moment. `due` is when it would ring; `ring_seconds` how long."""

    now: datetime
    due: datetime
    tenant: TenantFacts
    requester: RequesterFacts
    number: Number
    route: RouteFacts
    agent: AgentFacts
    greeting: GreetingFacts
    rule: Rule
    dnc: tuple[DncFacts, ...] = ()
    duplicate: DuplicateFacts | None = None
    ring_seconds: int = 30
    # The business unit the call is asked for, by its org_id; None when it is for none.
    org: str | None = None
