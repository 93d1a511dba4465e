"""What schemathesis cannot know: which numbers, agents and ids there are, and which 400s the document tells in words.

Good requests get values that exist, most of the time; everything else stays as it was made up.
"""

import itertools
import random
import re
from collections import defaultdict, deque
from typing import Any

import schemathesis

GREETING = "Hi, this is Acme calling about your appointment."
# Numbers that are called, and others that are forbidden or agree: fictional ones, which cost nobody a call.
CALLED = [f"+1555555{n}" for n in range(5000, 5400)]
FORBIDDEN = [f"+1555555{n}" for n in range(2000, 2100)]
AGREEING = [f"+1212555{n}" for n in range(7000, 7100)]
FIELDS: dict[str, dict[str, list[Any]]] = {
    "CallAsk": {
        "to": CALLED,
        "from": ["+15555551234", "+1 (555) 555-1234"],
        "agent_key": ["support_primary"],
        "greeting": [GREETING],
        "scheduled_at": ["2026-12-14T15:00:00Z", "2027-03-14T10:30:00-05:00"],
        "expires_at": ["2027-11-01T00:00:00Z"],
    },
    "DncAsk": {"number": FORBIDDEN, "expires_at": ["2030-01-01T00:00:00Z"]},
    "ConsentAsk": {
        "number": AGREEING,
        "captured_at": ["2025-05-14T15:00:00Z", "2026-01-14T15:00:00+02:00"],
        "expires_at": ["2030-01-01T00:00:00Z"],
    },
    "RevocationAsk": {"number": AGREEING},
    "KeyAsk": {"expires_at": ["2030-01-01T00:00:00Z"]},
    "PauseAsk": {"until": ["2030-01-01T00:00:00Z"]},
    "EndpointAsk": {"url": [f"https://93.184.216.34/{n}" for n in range(400)]},
}
# These name something that must exist, or exclude another field: a good request leaves them out.
OMITTED = {"agent_version_id", "org_id", "org_ids", "greeting_id", "variables", "time_zone", "orgs"}
HOW_OFTEN = 0.8
_chance = random.Random(5)
_ID = re.compile(r'"([A-Za-z]{2}_?)([0-9a-f]{32})"')
_PREFIX = re.compile(r"(\w+) and 32 hex digits")
# Ids the server answered with, by their beginning: `CA`, `dn_`, …
_seen: dict[str, deque[str]] = defaultdict(lambda: deque(maxlen=50))
_turn = itertools.count()


@schemathesis.hook
def before_call(context: Any, case: Any, **kwargs: Any) -> None:
    """Give a good request values that exist."""
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    if _chance.random() > HOW_OFTEN:
        return
    if isinstance(case.body, dict):
        case.body = _real(case)
    for name in case.path_parameters or {}:
        known = _seen[_prefix(case.operation, name)]
        if known:
            case.path_parameters[name] = _chance.choice(known)


@schemathesis.hook
def after_call(context: Any, case: Any, response: Any) -> None:
    """Remember what there is, to ask for it later."""
    if response.status_code == 200:
        for prefix, digits in _ID.findall(response.text):
            _seen[prefix].append(prefix + digits)


@schemathesis.check
def a_400_is_told(ctx: Any, response: Any, case: Any) -> None:
    """Data that fits the schema is refused only where the document says in words what it must fulfil besides."""
    if response.status_code != 400 or not case.meta or not case.meta.generation.mode.is_positive:
        return
    body = response.json()
    told = case.operation.definition.raw.get("x-rules", {})
    field = body["details"].get("field", "")
    if field not in told:
        raise AssertionError(f"{field!r} fits its schema and was refused: {body['message']}")


def _real(case: Any) -> dict[str, Any]:
    """The body with what exists in place of what was made up."""
    shape = _shape(case.operation)
    known = FIELDS.get(shape, {})
    body = {name: value for name, value in case.body.items() if name not in OMITTED}
    for name in body:
        if name in known:
            body[name] = known[name][next(_turn) % len(known[name])]
    if body.get("is_prefix"):
        body["number"] = f"+1212{_chance.randrange(2, 10)}"
    return body


def _prefix(operation: Any, name: str) -> str:
    """How an id begins: the document says `dn_ and 32 hex digits` of it."""
    told = [p for p in operation.definition.raw["parameters"] if p["name"] == name]
    found = _PREFIX.search(told[0].get("description", "")) if told else None
    return found[1] if found else ""


def _shape(operation: Any) -> str:
    raw = operation.definition.raw["requestBody"]["content"]["application/json"]["schema"]
    return str(raw.get("$ref", "")).rsplit("/", 1)[-1]
