"""What the admin API takes: exactly these fields, of exactly these types (CONTRACT 4)."""

import re
from typing import Annotated

from pydantic import AfterValidator, ConfigDict, Field, StringConstraints, WithJsonSchema

from calls.api.asks import Asked
from calls.api.fields import Digits, Line, SomeInstant, left_out
from calls.tenants import roles

# Told as they are; which of them there are is asked by the verb, whose sentence lists the unknown.
Scope = Annotated[Line, WithJsonSchema({"type": "string", "enum": list(roles.RUNTIME_SCOPES)})]
OrgId = Annotated[Line, StringConstraints(max_length=64)]


def _check(prefix: str) -> AfterValidator:
    """An id as answers show it, such as `tn_` and 32 hex digits."""

    def check(value: str) -> str:
        if not re.fullmatch(prefix + "[0-9a-f]{32}", value, re.ASCII):
            raise ValueError(f"must be {prefix} followed by 32 hex digits, as id shows it")
        return value

    return AfterValidator(check)


def _shape(prefix: str) -> WithJsonSchema:
    return WithJsonSchema({"type": "string", "pattern": f"^{prefix}[0-9a-f]{{32}}$"})


TenantId = Annotated[str, _check("tn_"), _shape("tn_")]
KeyId = Annotated[str, _check("ak_"), _shape("ak_")]
EntryId = Annotated[str, _check("dn_"), _shape("dn_")]
AgentId = Annotated[str, _check("ag_"), _shape("ag_")]


class TenantsQuery(Asked):
    """Which page of the tenants."""

    limit: Digits = Field(100, ge=1, le=200)
    cursor: TenantId = left_out(description="The next_cursor of the page before")


class RuntimeConfigAsk(Asked):
    """With what the default agent is to speak; what is left out stays as it is."""

    model_config = ConfigDict(json_schema_extra={"minProperties": 1})

    model: Line = left_out(max_length=300)
    voice: Line = left_out(max_length=300)
    system_prompt_key: Line = left_out(
        max_length=300, description="The prompt's name, not its text"
    )
    webhook_url: Line = left_out(max_length=500, description="Where the tenant's events are sent")

    def changes(self) -> dict[str, str]:
        """The same as the keys of a version's configuration."""
        named = {
            "model": self.model,
            "voice": self.voice,
            "prompt_key": self.system_prompt_key,
        }
        return {name: value for name, value in named.items() if value}


class KeysQuery(Asked):
    """Which page of a tenant's keys."""

    limit: Digits = Field(100, ge=1, le=200)
    cursor: KeyId = left_out(description="The next_cursor of the page before")


class KeyAsk(Asked):
    """A new runtime key."""

    name: Line = Field(max_length=100, description="Which program uses it")
    scopes: list[Scope] = Field(default=["calls:write", "calls:read"], min_length=1, max_length=20)
    org_ids: list[OrgId] = Field(default_factory=list, max_length=100, description="Empty: all")
    expires_at: SomeInstant = Field(None, description="Left out: until it is revoked")


class ScopesAsk(Asked):
    """What a key may do from its next request on."""

    scopes: list[Scope] = Field(min_length=1, max_length=20)


class RotationAsk(Asked):
    """How long the old key goes on."""

    overlap_hours: int = Field(24, ge=0, le=720, description="0: it is revoked at once")


class RevocationQuery(Asked):
    """Why a key ends."""

    leaked: Annotated[str, WithJsonSchema({"type": "string", "enum": ["true", "false"]})] = Field(
        "false", pattern="^(true|false)$", description="true: its calls are stopped too"
    )


class GovernanceQuery(Asked):
    """Which agents; all of a tenant's when it is named."""

    limit: Digits = Field(50, ge=1, le=100)
    cursor: AgentId = left_out(description="The next_cursor of the page before")
    tenant_id: TenantId = left_out()


class PlatformDncQuery(Asked):
    """Which page of the installation's own list."""

    limit: Digits = Field(100, ge=1, le=200)
    cursor: EntryId = left_out(description="The next_cursor of the page before")


class LiftQuery(Asked):
    """Why an entry is lifted."""

    reason: Line = left_out(max_length=200, description="Kept in the audit log")


class PauseAsk(Asked):
    """Stop dialling for a tenant; accepted calls wait."""

    reason: Line = Field(max_length=200, description="Shown to whoever asks why nothing is dialled")
    until: SomeInstant = Field(None, description="Left out: until it is lifted")
