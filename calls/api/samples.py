"""Examples: one for each field by its name, and whole ones where fields must fit together."""

import re
from collections.abc import Mapping
from typing import Any

Schemas = Mapping[str, dict[str, Any]]

_HEX = "018f7c2e4d5a7b6c8d9e0f1a2b3c4d5e"
AT = "2026-05-14T15:00:00Z"
REQUEST_ID = "5f0c7a1e9b3d4c28a6e1f2d3c4b5a697"

# By the name of a field, or by shape and field where the name alone does not tell.
FIELDS: dict[str, Any] = {
    "admin_dnc_list.cursor": f"dn_{_HEX}",
    "admin_keys.cursor": f"ak_{_HEX}",
    "admin_rollout_governance.cursor": f"ag_{_HEX}",
    "admin_tenants.cursor": f"tn_{_HEX}",
    "agent_key": "support_primary",
    "agent_version_id": f"av_{_HEX}",
    "added_by": "Demo key",
    "approved_by": "Olive",
    "at": AT,
    "call_sid": f"CA{_HEX}",
    "caller_id": "+15555551234",
    "carrier_call_sid": "CA9b1d",
    "change": "Time: it passes when calling hours open on every clock the number may live by.",
    "Accepted.id": _HEX,
    "Callee.country": "US",
    "code": "outside_hours",
    "ConsentAnswer.id": f"cr_{_HEX}",
    "ConsentQuery.cursor": f"cr_{_HEX}",
    "ConsentRecorded.id": f"cr_{_HEX}",
    "consent_list.cursor": f"cr_{_HEX}",
    "consent_list.limit": 100,
    "cursor": f"CA{_HEX}",
    "Decided.id": f"rc_{_HEX}",
    "direction": "outbound",
    "DncAnswer.id": f"dn_{_HEX}",
    "dnc_list.cursor": f"dn_{_HEX}",
    "dnc_list.limit": 100,
    "DncRecord.id": f"dn_{_HEX}",
    "duration_seconds": 42,
    "e164": "+15555555678",
    "entry_id": f"dn_{_HEX}",
    "evidence": "form 4711",
    "from": "+15555551234",
    "gate": "hours",
    "GateVerdict.outcome": "pass",
    "GateVerdict.question": "Is it daytime wherever this number may live?",
    "greeting": "Hi, this is Acme calling about your appointment.",
    "greeting_id": f"gr_{_HEX}",
    "group_by": "outcome",
    "how": "On the phone, to Bob",
    "http_status": 200,
    "id": _HEX,
    "Idempotency-Key": "order-4711",
    "key": "gl_live_…",
    "key_id": f"ak_{_HEX}",
    "LeakReport.source": "A public repository of ours",
    "limit": 25,
    "line_type": "mobile",
    "message": "Outside calling hours in America/New_York.",
    "moment": "accept",
    "name": "Appointment",
    "next_cursor": f"CA{_HEX}",
    "number": "+15555550107",
    "Try.number": 1,
    "offset": 0,
    "org_id": "north",
    "oldest_due_age_seconds": None,
    "reason": "Asked in the shop",
    "recorded_by": "Demo key",
    "reference": "order-4711",
    "request_id": REQUEST_ID,
    "revoked_by": None,
    "revoked_how": None,
    "route": "+15555551234",
    "rules_version": "2026-05-14",
    "state": "queued",
    "status": "queued",
    "summary": None,
    "Tally.name": "reached",
    "tenant_id": f"tn_{_HEX}",
    "text": "Hi, this is Acme calling about your appointment.",
    "text_shown": "Acme may call me, also with an automated voice.",
    "to": "+15555555678",
    "total": 1,
    "Try.evidence": "E4",
    "Try.outcome": "accepted",
    "Try.reason": "",
    "what": "accepted",
    "Happening.source": "api",
    "source": "api",
    "Words.id": f"gr_{_HEX}",
    "zones": ["America/New_York"],
    "body": '{"id":"evt_…","event":"voice.call.completed",…}',
    "created_by": "Shop (Ab3dE6gH)",
    "deleted_at": None,
    "deliveries_list.cursor": f"wd_{_HEX}",
    "deliveries_list.limit": 50,
    "delivered_at": AT,
    "delivery_id": f"wd_{_HEX}",
    "DeliveryAnswer.id": f"wd_{_HEX}",
    "DeliveryAnswer.state": "delivered",
    "DeliveryRecord.id": f"wd_{_HEX}",
    "DeliveryRecord.state": "delivered",
    "DeliveryTry.answer": "ok",
    "DeliveryTry.status": 200,
    "DeliveryTry.trouble": "",
    "disabled_at": None,
    "disabled_by": None,
    "enabled": True,
    "endpoint_id": f"we_{_HEX}",
    "EndpointAnswer.id": f"we_{_HEX}",
    "EndpointRecord.id": f"we_{_HEX}",
    "EndpointSecret.id": f"we_{_HEX}",
    "event": "voice.call.completed",
    "event_id": f"evt_{_HEX}",
    "EndpointAnswer.events": ["voice.call.completed"],
    "EndpointRecord.events": ["voice.call.completed"],
    "EndpointSecret.events": ["voice.call.completed"],
    "failed": "true",
    "failing_since": None,
    "former_secret_until": None,
    "given_up_at": None,
    "milliseconds": 84,
    "next_at": None,
    "orgs": ["north"],
    "secret": "whsec_…",
    "tried": 1,
    "url": "https://shop.example/hooks",
    "call_stats.from": "2026-05-07T00:00:00Z",
    "call_stats.to": "2026-05-14T00:00:00Z",
    "call_logs.from": "2026-05-13T00:00:00Z",
    "call_logs.to": "2026-05-14T00:00:00Z",
    "call_logs.status": "completed",
    "Stats.from": "2026-05-07T00:00:00Z",
    "Stats.to": "2026-05-14T00:00:00Z",
    "AgentRecord.id": f"ag_{_HEX}",
    "AgentRecord.name": "Support",
    "AgentRecord.purpose": "transactional",
    "KeyAnswer.id": f"ak_{_HEX}",
    "KeyAnswer.key_id": "7Kd02mQx",
    "KeyAnswer.name": "Shop",
    "KeyIssued.api_key": "gl_live_…",
    "KeyIssued.id": f"ak_{_HEX}",
    "KeyIssued.key_id": "7Kd02mQx",
    "KeyIssued.name": "Shop",
    "KeyRecord.id": f"ak_{_HEX}",
    "KeyRecord.key_id": "7Kd02mQx",
    "KeyRecord.name": "Shop",
    "PauseAnswer.id": f"pa_{_HEX}",
    "PauseAsk.reason": "The wrong list was uploaded",
    "PauseRecord.id": f"pa_{_HEX}",
    "Speaking.state": "staged",
    "TenantDetail.id": f"tn_{_HEX}",
    "TenantDetail.name": "Acme",
    "TenantRecord.id": f"tn_{_HEX}",
    "TenantRecord.name": "Acme",
    "VersionRecord.id": f"av_{_HEX}",
    "VersionRecord.state": "staged",
    "PreviewRefusal.retry_at": "2026-05-15T12:00:00Z",
    "next_allowed_at": "2026-05-15T12:00:00Z",
}
_CALL = {"to": "+15555555678", "from": "+15555551234", "agent_key": "support_primary"}
# Whole requests, by shape; the first is the one that a reader can send as it stands.
WHOLE: dict[str, dict[str, dict[str, Any]]] = {
    "CallAsk": {
        "now": _CALL | {"greeting": "Hi, this is Acme calling about your appointment."},
        "on the callee's clock": {
            "to": "+15555555679",
            "scheduled_at": "2027-05-14T15:00",
            "time_zone": "callee",
            "reference": "order-4711",
            "metadata": {"order": "4711"},
        },
        "as soon as the law allows": _CALL | {"when": "next_allowed", "allow_duplicate": True},
    },
    "DncAsk": {
        "one number": {"number": "+15555550107", "reason": "Asked in the shop"},
        "all that begin so": {"number": "+12127", "is_prefix": True, "reason": "A hospital"},
    },
    "ConsentAsk": {
        "express": {
            "number": "+12125557890",
            "kind": "express",
            "channel": "web",
            "text_shown": "Acme may call me, also with an automated voice.",
            "evidence": "form 4711",
            "captured_at": AT,
        }
    },
    "EndpointAsk": {
        "some events": {
            "url": "https://93.184.216.34/hooks",
            "events": ["voice.call.completed", "voice.call.failed"],
        },
        "everything": {"url": "https://93.184.216.34:8443/hooks"},
    },
    "ReplayAsk": {"since midnight": {"since": "2026-05-14T00:00:00Z"}},
    "RevocationAsk": {"on the phone": {"number": "+12125557890", "how": "On the phone, to Bob"}},
}
_TYPES = {str: "string", int: "integer", bool: "boolean", list: "array", type(None): "null"}
_BY_TYPE = {"string": "text", "integer": 1, "number": 1.5, "boolean": False, "null": None}


def requests(schema: dict[str, Any], schemas: Schemas) -> dict[str, Any]:
    """Named examples of a request's body."""
    name = _shape(schema)
    whole = WHOLE.get(name) or {"example": sample(schema, schemas)}
    return {title: {"value": value} for title, value in whole.items()}


def sample(schema: dict[str, Any], schemas: Schemas, *, owner: str = "", name: str = "") -> Any:
    """A value this schema allows: the one the name of its field stands for, where there is one."""
    for known in (f"{owner}.{name}", name):
        if known in FIELDS and _fits(FIELDS[known], schema):
            return FIELDS[known]
    if "$ref" in schema:
        owner = _shape(schema)
        return sample(schemas[owner], schemas, owner=owner)
    for given in ("const", "default"):
        if given in schema:
            return schema[given]
    for several in ("examples", "enum"):
        if schema.get(several):
            return schema[several][0]
    for choice in ("anyOf", "allOf", "oneOf"):
        if choice in schema:
            return sample(schema[choice][0], schemas, owner=owner, name=name)
    return _of_type(schema, schemas, owner)


def _fits(value: Any, schema: dict[str, Any]) -> bool:
    """Whether a value that is known by a field's name may stand here: names mean different things elsewhere."""
    if "anyOf" in schema:
        return any(_fits(value, choice) for choice in schema["anyOf"])
    if "enum" in schema or "const" in schema:
        return value in schema.get("enum", [schema.get("const")])
    kind = _TYPES.get(type(value), "")
    return kind == schema.get("type") and bool(re.search(schema.get("pattern", ""), str(value)))


def _of_type(schema: dict[str, Any], schemas: Schemas, owner: str) -> Any:
    kind = schema.get("type", "object")
    if kind == "array":
        return [sample(schema.get("items", {}), schemas)]
    if kind == "object":
        fields = schema.get("properties", {})
        return {f: sample(facts, schemas, owner=owner, name=f) for f, facts in fields.items()}
    if kind == "string" and schema.get("format") == "date-time":
        return AT
    return _BY_TYPE[kind]


def _shape(schema: dict[str, Any]) -> str:
    return str(schema.get("$ref", schema.get("title", ""))).rsplit("/", 1)[-1]


def failure(code: str, message: str) -> dict[str, Any]:
    """An answer that refuses, as it may read."""
    if code == "outside_hours":
        return _body(code, FIELDS["message"], _GATE)
    details = {"field": message.split()[0]} if code in ("invalid_field", "duplicate_key") else {}
    return _body(code, message or "The message says what to do next.", details)


_GATE = {
    "gate": "hours",
    "retry_at": "2026-05-15T12:00:00Z",
    "call_id": f"CA{_HEX}",
    "refusals": [
        {
            "gate": "hours",
            "code": "outside_hours",
            "message": FIELDS["message"],
            "saw": {"zones": "America/New_York"},
            "retry_at": "2026-05-15T12:00:00Z",
            "change": FIELDS["change"],
        }
    ],
}


def _body(code: str, message: str, details: dict[str, Any]) -> dict[str, Any]:
    told = {"ok": False, "error": code, "message": message, "details": details}
    return told | {"request_id": REQUEST_ID}
