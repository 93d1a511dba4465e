"""Which rows are the StateSet Voice contract's; all others are Greenlight's own, and labelled so (CONTRACT 2-4)."""

from typing import Any

OPERATIONS = frozenset(
    {
        "POST /api/v1/make-call",
        "GET /api/v1/call-logs",
        "GET /api/v1/admin/tenants",
        "PUT /api/v1/admin/tenants/{tenant_id}/runtime-config",
        "GET /api/v1/admin/tenants/{tenant_id}/api-keys",
        "POST /api/v1/admin/tenants/{tenant_id}/api-keys",
        "DELETE /api/v1/admin/tenants/{tenant_id}/api-keys/{key_id}",
        "GET /api/v1/admin/rollout-governance",
    }
)
_RECORD = frozenset("id call_sid direction status duration_seconds escalated summary".split())
# Shapes that hold both kinds of field: those of the contract.
FIELDS: dict[str, frozenset[str]] = {
    "CallAsk": frozenset("to from agent_key agent_version_id greeting org_id".split()),
    "Accepted": frozenset("ok call_sid status to from".split()),
    "LogPage": frozenset("data limit offset total".split()),
    "LogRecord": _RECORD,
}
PARAMETERS = {"GET /api/v1/call-logs": frozenset("limit offset status direction from to".split())}
OURS = "Ours."


def label(thing: dict[str, Any]) -> None:
    """Say of an operation, a field or a parameter that it is Greenlight's own."""
    thing["x-ours"] = True
    thing["description"] = f"{OURS} {thing.get('description', '')}".strip()


def label_operation(name: str, details: dict[str, Any]) -> None:
    """An operation of ours, or the parameters of ours of one of theirs."""
    if name not in OPERATIONS:
        label(details)
        return
    theirs = PARAMETERS.get(name, frozenset())
    for parameter in details.get("parameters", ()):
        if parameter["in"] != "path" and parameter["name"] not in theirs:
            label(parameter)


def label_fields(name: str, shape: dict[str, Any]) -> None:
    """The fields of ours of a shape of theirs."""
    for field, facts in shape.get("properties", {}).items() if name in FIELDS else ():
        if field not in FIELDS[name]:
            label(facts)
