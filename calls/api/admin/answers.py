"""From rows to answers of the admin API."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from calls.agents import launch, life
from calls.agents.models import Agent, AgentVersion, LaunchGate
from calls.api import answers as runtime
from calls.api.admin import shapes
from calls.api.admin.queries import KeyPage
from calls.dnc.models import DncEntry
from calls.limits.models import Pause
from calls.records.queries import Asked
from calls.tenants.models import ApiKey, Tenant

_TENANT = ("slug", "name", "mode", "time_zone", "country_groups", "live_since")
_SUSPENDED = ("suspended_at", "suspended_reason", "created_at")
_KEY = ("key_id", "kind", "name", "scopes", "created_at", "created_by", "expires_at")
_ENDED = ("revoked_at", "revoked_by", "last_used_at", "last_used_from")
STAGED = (
    "Staged, and nothing that speaks has changed. It speaks once it is published in the console, under"
    " Agents; a live tenant's needs all four launch gates first."
)
SPEAKS = "Nothing that speaks has changed, and nothing waits to be launched."
State = Literal["usable", "expired", "revoked", "leaked"]


def tenant_page(tenants: Sequence[Tenant], *, limit: int) -> shapes.TenantPage:
    """One page; a tenant more than asked for says that there are older ones."""
    shown = tenants[:limit]
    return shapes.TenantPage(
        data=[shapes.TenantRecord(**_tenant(tenant)) for tenant in shown],
        limit=limit,
        next_cursor=shown[-1].public_id if len(tenants) > limit else None,
    )


def tenant_detail(
    tenant: Tenant, *, versions: Mapping[str, AgentVersion], pauses: Sequence[Pause]
) -> shapes.TenantDetail:
    """A tenant with what speaks and what stops it."""
    return shapes.TenantDetail(
        **_tenant(tenant),
        published=_some(versions.get(life.PUBLISHED)),
        staged=_some(versions.get(life.STAGED)),
        pauses=[shapes.PauseRecord(**_pause(pause)) for pause in pauses],
    )


def speaking(version: AgentVersion) -> shapes.Speaking:
    """A version in the words of the runtime configuration."""
    return shapes.Speaking(
        agent_key=version.agent.agent_key,
        agent_version_id=version.public_id,
        number=version.number,
        state=version.state,
        model=version.config.get("model"),
        voice=version.config.get("voice"),
        system_prompt_key=version.config.get("prompt_key"),
    )


def runtime_config(
    tenant: Tenant, version: AgentVersion | None, *, url: str, secret: str | None
) -> shapes.RuntimeConfig:
    """What came of a request for another configuration."""
    staged = version is not None and version.state != life.PUBLISHED
    return shapes.RuntimeConfig(
        tenant_id=tenant.public_id,
        config=_some(version),
        webhook_url=url or None,
        webhook_secret=secret,
        live=not staged,
        message=STAGED if staged else SPEAKS,
    )


def key(row: ApiKey, *, asked: Asked, now: datetime) -> shapes.KeyAnswer:
    """One key."""
    return shapes.KeyAnswer(**_key(row, asked, now))


def issued(row: ApiKey, spelled: str, *, now: datetime) -> shapes.KeyIssued:
    """A key that was made just now, with the key."""
    return shapes.KeyIssued(**_key(row, Asked(), now), api_key=spelled)


def key_page(page: KeyPage, *, limit: int, now: datetime) -> shapes.KeyPage:
    """One page of keys."""
    return shapes.KeyPage(
        data=[
            shapes.KeyRecord(**_key(row, page.asked.get(row.public_id, Asked()), now))
            for row in page.keys
        ],
        limit=limit,
        next_cursor=page.keys[-1].public_id if page.has_more else None,
    )


def governance(
    agents: Sequence[Agent], *, approvals: Mapping[UUID, tuple[int, int]], limit: int
) -> shapes.Governance:
    """One page of agents; one more than asked for says that there are older ones."""
    shown = agents[:limit]
    return shapes.Governance(
        data=[_agent(agent, *approvals.get(agent.pk, (0, 0))) for agent in shown],
        limit=limit,
        next_cursor=shown[-1].public_id if len(agents) > limit else None,
    )


def pause(row: Pause) -> shapes.PauseAnswer:
    """One kill switch."""
    return shapes.PauseAnswer(**_pause(row))


def pause_page(pauses: Sequence[Pause]) -> shapes.PausePage:
    """What stops a tenant now."""
    return shapes.PausePage(data=[shapes.PauseRecord(**_pause(row)) for row in pauses])


def dnc_page(entries: Sequence[DncEntry], *, limit: int) -> shapes.PlatformDncPage:
    """One page of the installation's own list."""
    return shapes.PlatformDncPage(**runtime.dnc_page(entries, limit=limit).model_dump())


def state_of(row: ApiKey, now: datetime) -> State:
    """Whether a key still opens anything, in one word."""
    if row.leaked_at:
        return "leaked"
    if row.revoked_at:
        return "revoked"
    return "usable" if row.is_usable(now) else "expired"


def _some(version: AgentVersion | None) -> shapes.Speaking | None:
    return speaking(version) if version else None


def _tenant(tenant: Tenant) -> Mapping[str, Any]:
    names = (*_TENANT, *_SUSPENDED)
    return {"id": tenant.public_id} | {name: getattr(tenant, name) for name in names}


def _key(row: ApiKey, asked: Asked, now: datetime) -> Mapping[str, Any]:
    successor = getattr(row, "replaced_by", None)
    return {name: getattr(row, name) for name in (*_KEY, *_ENDED)} | {
        "id": row.public_id,
        "state": state_of(row, now),
        "org_ids": row.org_keys,
        "replaces": row.replaces.public_id if row.replaces else None,
        "replaced_by": successor.public_id if successor else None,
        "calls_last_day": asked.last_day,
        "calls_last_week": asked.last_week,
        "calls_waiting": asked.waiting,
    }


def _agent(agent: Agent, live: int, waiting: int) -> shapes.AgentRecord:
    return shapes.AgentRecord(
        id=agent.public_id,
        agent_key=agent.agent_key,
        name=agent.name,
        purpose=agent.purpose,
        tenant_id=agent.tenant.public_id,
        tenant=agent.tenant.name,
        mode=agent.tenant.mode,
        approvals=shapes.Approvals(live=live, waiting=waiting),
        versions=[_version(version) for version in agent.versions.all()],
    )


def _version(version: AgentVersion) -> shapes.VersionRecord:
    gates = {gate.name: gate for gate in version.launch_gates.all()}
    complete = [name for name, gate in gates.items() if gate.is_complete]
    return shapes.VersionRecord(
        id=version.public_id,
        number=version.number,
        state=version.state,
        canary_share=version.canary_share,
        note=version.note,
        created_by=version.created_by_name,
        created_at=version.created_at,
        published_at=version.published_at,
        launch_gates=[_gate(name, gates.get(name)) for name in launch.NAMES],
        missing_gates=list(launch.missing(complete)),
    )


def _gate(name: str, gate: LaunchGate | None) -> shapes.GateRecord:
    gate = gate or LaunchGate(name=name)
    return shapes.GateRecord(
        name=name,
        complete=gate.is_complete,
        owner=gate.owner_name,
        filed_by=gate.filed_by_name,
        filed_at=gate.filed_at,
        completed_by=gate.completed_by_name,
        completed_at=gate.completed_at,
    )


def _pause(row: Pause) -> Mapping[str, Any]:
    names = ("scope", "reason", "started_at", "started_by", "until", "ended_at")
    return {"id": row.public_id} | {name: getattr(row, name) for name in names}
