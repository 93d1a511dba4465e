"""What the admin API answers."""

from datetime import datetime
from typing import Literal

from calls.api.shapes import Answered, DncRecord


class TenantRecord(Answered):
    """A customer of this installation."""

    id: str
    slug: str
    name: str
    mode: Literal["sandbox", "live"]
    time_zone: str
    country_groups: list[str]
    live_since: datetime | None
    suspended_at: datetime | None
    suspended_reason: str
    created_at: datetime


class TenantPage(Answered):
    """Tenants, the newest first; `next_cursor` leads to the older ones."""

    data: list[TenantRecord]
    limit: int
    next_cursor: str | None


class Speaking(Answered):
    """One version of the default agent, in the words of the runtime configuration."""

    agent_key: str
    agent_version_id: str
    number: int
    state: str
    model: str | None
    voice: str | None
    system_prompt_key: str | None


class PauseRecord(Answered):
    """A kill switch that is on."""

    id: str
    scope: str
    reason: str
    started_at: datetime
    started_by: str
    until: datetime | None
    ended_at: datetime | None


class TenantDetail(TenantRecord):
    """A tenant, with what speaks now, what waits to speak, and what stops it."""

    ok: Literal[True] = True
    published: Speaking | None
    staged: Speaking | None
    pauses: list[PauseRecord]


class RuntimeConfig(Answered):
    """What was asked for, and how far it is: `live` once calls speak with it.

    `webhook_secret` signs what is sent to a new `webhook_url`; it is shown in this answer and nowhere again.
    """

    ok: Literal[True] = True
    tenant_id: str
    config: Speaking | None
    webhook_url: str | None
    webhook_secret: str | None
    live: bool
    message: str


class KeyRecord(Answered):
    """A key, without the key; the counts say what would break without it."""

    id: str
    key_id: str
    kind: str
    name: str
    state: Literal["usable", "expired", "revoked", "leaked"]
    scopes: list[str]
    org_ids: list[str]
    created_at: datetime
    created_by: str
    expires_at: datetime | None
    revoked_at: datetime | None
    revoked_by: str
    last_used_at: datetime | None
    last_used_from: str
    replaces: str | None
    replaced_by: str | None
    calls_last_day: int
    calls_last_week: int
    calls_waiting: int


class KeyAnswer(KeyRecord):
    """One key, without the key."""

    ok: Literal[True] = True


class KeyIssued(KeyAnswer):
    """A new key: `api_key` is shown in this answer and nowhere again."""

    api_key: str


class KeyPage(Answered):
    """Every key of the tenant, the newest first, revoked and expired ones too."""

    data: list[KeyRecord]
    limit: int
    next_cursor: str | None


class GateRecord(Answered):
    """One of the four launch gates of a version."""

    name: str
    complete: bool
    owner: str
    filed_by: str
    filed_at: datetime | None
    completed_by: str
    completed_at: datetime | None


class VersionRecord(Answered):
    """One version: where it stands, its share of callees as a canary, and what is missing to go live."""

    id: str
    number: int
    state: str
    canary_share: int
    note: str
    created_by: str
    created_at: datetime
    published_at: datetime | None
    launch_gates: list[GateRecord]
    missing_gates: list[str]


class Approvals(Answered):
    """The greetings of an agent: approved and in use, and waiting for an owner's decision."""

    live: int
    waiting: int


class AgentRecord(Answered):
    """An agent of a tenant, with every version of it."""

    id: str
    agent_key: str
    name: str
    purpose: str
    tenant_id: str
    tenant: str
    mode: str
    approvals: Approvals
    versions: list[VersionRecord]


class Governance(Answered):
    """Agents and how far their versions are; `next_cursor` leads to the older ones."""

    data: list[AgentRecord]
    limit: int
    next_cursor: str | None


class PausePage(Answered):
    """What stops this tenant's calls now, the widest first."""

    data: list[PauseRecord]


class PauseAnswer(PauseRecord):
    """One kill switch."""

    ok: Literal[True] = True


class PlatformDncPage(Answered):
    """Entries in force for every tenant, the newest first."""

    data: list[DncRecord]
    limit: int
    next_cursor: str | None
