"""Everything a gate may look at, frozen at one moment. Pure; gathered by placing/queries.py."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

from calls.lib.phone import Number
from calls.policy.rulebook import Law


@dataclass(frozen=True, slots=True)
class TenantFacts:
    """The tenant: its mode (sandbox or live), its suspension and the countries it opted into."""

    name: str
    is_sandbox: bool
    suspended_reason: str | None
    country_groups: frozenset[str]
    allows_toll_free: bool = False


@dataclass(frozen=True, slots=True)
class PauseFacts:
    """A kill switch that is on: for what (platform, tenant, route, agent), why, until when if known."""

    scope: str
    reason: str
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class RequesterFacts:
    """Who asks: whether the role or key may place calls, and for which orgs (None = all).

    `may_choose`: it may name a version of an agent that is not published yet.
    """

    name: str
    may_place: bool
    orgs: frozenset[str] | None
    id: str = ""
    why_not: str = ""
    may_choose: bool = False


@dataclass(frozen=True, slots=True)
class RouteFacts:
    """The caller ID to show and the state of the carrier account behind it."""

    number: str
    org: str | None
    enabled: bool
    account_is_sandbox: bool
    account_paused_reason: str | None
    # Countries this caller ID may call; None: all of the tenant's.
    country_groups: frozenset[str] | None = None


@dataclass(frozen=True, slots=True)
class AgentFacts:
    """The agent and the version that would speak; `chosen` when a version was named explicitly.

    `canary` is the share of callees a staged version speaks to, this one among them when it was not
    chosen. `unlaunched` names the launch gates nobody has completed for this version.
    """

    key: str
    org: str | None
    version: str | None
    state: str | None
    chosen: bool
    canary: int = 0
    purpose: str = "transactional"
    # What the version speaks, as a language tag; empty when it does not say.
    language: str = ""
    unlaunched: tuple[str, ...] = ()


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
    language: str = ""
    # The only business unit it may be said for, by its org_id; None: any.
    org: str | None = None


@dataclass(frozen=True, slots=True)
class DncFacts:
    """One do-not-call entry against the number."""

    scope: str
    reason: str
    added_at: datetime


@dataclass(frozen=True, slots=True)
class RegistryFacts:
    """A registry the law asks for whose copy is too old, or was never fetched."""

    name: str
    max_age_days: int
    fetched_at: datetime | None


@dataclass(frozen=True, slots=True)
class ContactFacts:
    """What the tenant states about the number, and where it knows it from; empty: nothing stated."""

    time_zone: str
    jurisdiction: str
    source: str


@dataclass(frozen=True, slots=True)
class ConsentFacts:
    """Which consent the law asks for (empty: none), and the best one on record that counts."""

    needed: str = ""
    given: bool = True
    kind: str = ""
    captured_at: datetime | None = None
    evidence: str = ""


@dataclass(frozen=True, slots=True)
class CapFacts:
    """One cap on how often: its words, where it comes from, and when one more call fits (None: now)."""

    what: str
    source: str
    free_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class SpendFacts:
    """Money spent today, what the next call costs at least, the cap, and when the tenant's day ends."""

    spent: Decimal
    next_minute: Decimal
    most: Decimal
    resets_at: datetime

    @property
    def leaves_room(self) -> bool:
        """Whether one more begun minute stays within the cap."""
        return self.spent + self.next_minute <= self.most


@dataclass(frozen=True, slots=True)
class DuplicateFacts:
    """An identical request made moments ago, without an idempotency key on this one."""

    call_sid: str
    asked_at: datetime


# A telephone rings so long at most, and begins to so long after the gates were asked at the latest: until
# then the request may wait for its slot and for a connection (calls/dispatch/dial.py).
RINGS_FOR, BEGINS_WITHIN = 30, 15


@dataclass(frozen=True, slots=True)
class Facts:
    """One intended call at one moment. `due` is when it would ring; in `ring_seconds` that is over."""

    now: datetime
    due: datetime
    tenant: TenantFacts
    requester: RequesterFacts
    number: Number
    route: RouteFacts
    agent: AgentFacts
    greeting: GreetingFacts
    law: Law
    pauses: tuple[PauseFacts, ...] = ()
    contact: ContactFacts | None = None
    dnc: tuple[DncFacts, ...] = ()
    stale_registries: tuple[RegistryFacts, ...] = ()
    consent: ConsentFacts = ConsentFacts()
    frequency: tuple[CapFacts, ...] = ()
    velocity: tuple[CapFacts, ...] = ()
    spend: SpendFacts | None = None
    duplicate: DuplicateFacts | None = None
    ring_seconds: int = RINGS_FOR + BEGINS_WITHIN
    # The callee is a caller ID of the tenant, whether it is switched on or not.
    rings_own: bool = False
    # The business unit the call is asked for, by its org_id; None when it is for none.
    org: str | None = None
    # True for a call on record that is judged anew: as it is dialled, where money counts, or while it waits.
    dialling: bool = False
