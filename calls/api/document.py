"""The OpenAPI documents: what the routes say of themselves, completed by what holds for all of them."""

import copy
import json
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from typing import Any

from ninja import NinjaAPI
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation

from calls.api import contract, samples, wording
from calls.api.refusals import DECLARED, RULES, codes_of

Node = dict[str, Any]
FAILURE = {"$ref": "#/components/schemas/Failure"}
METHODS = ("get", "post", "put", "patch", "delete")
PUBLIC, ADMIN, ALL = "public", "admin", "openapi"
_ADMIN_PATH = "/api/v1/admin/"


class Described(OpenAPISchema):
    """Ninja's document of one API, with names, scopes, rules, refusals and headers of ours."""

    def operation_details(self, operation: Operation) -> Node:
        """One operation, complete but for examples, which need the shapes of all."""
        details = super().operation_details(operation)
        declared = details.pop(DECLARED, ())
        details["operationId"] = operation.operation_id or operation.view_func.__name__
        details.setdefault("security", [])
        details["responses"] = {
            str(status): _response(int(status), answer, declared, details)
            for status, answer in sorted((details["responses"] | {429: {}}).items())
        }
        _tell_rules(details)
        return details

    def operation_security(self, operation: Operation) -> list[Node] | None:
        """The kinds of credential that open this operation, each with the scope it must have."""
        found = super().operation_security(operation) or []
        scopes = {type(a).__name__: _scope(a) for a in operation.auth_callbacks}
        return [{name: scopes[name] for name in each} for each in found]


def _scope(auth: object) -> list[str]:
    scope = getattr(auth, "permission", "")
    return [scope] if scope else []


def _response(status: int, answer: Node, declared: Iterable[Any], details: Node) -> Node:
    headers = wording.headers_of(status, details["operationId"])
    answer = answer | {"headers": {h: {"$ref": f"#/components/headers/{h}"} for h in headers}}
    if status < 400:
        return answer
    codes = codes_of(status, declared, has_body="requestBody" in details)
    named = {"properties": {"error": {"enum": list(codes)}}} if codes else {}
    content = {
        # Beside the reference, not around it: generated clients have one type for every failure.
        "schema": FAILURE | named,
        "examples": {
            code: {"value": samples.failure(code, message)}
            for code, message in codes.items()
            if message or code == "outside_hours"
        },
    }
    told = wording.FAILURES.get(status, "Refused.") + " " + ", ".join(f"`{c}`" for c in codes) + "."
    return answer | {"description": told, "content": {"application/json": content}}


def _tell_rules(details: Node) -> None:
    rules = details.get(RULES)
    if not rules:
        details.pop(RULES, None)
        return
    told = "\n".join(f"- `{field}`: {rule}" for field, rule in rules.items())
    details["description"] = f"{details.get('description', '')}\n\n{wording.BESIDES}\n\n{told}"


@lru_cache
def document(name: str) -> Node:
    """One of the documents: `public`, `admin` or `openapi` (both)."""
    from calls.api.urls import MOUNTED  # the routes, which are described by what stands here

    whole = _whole(MOUNTED)
    wanted = {
        path: methods
        for path, methods in whole["paths"].items()
        if name == ALL or path.startswith(_ADMIN_PATH) == (name == ADMIN)
    }
    kept = set(_names(wanted, whole["components"]))
    components = {
        kind: {n: thing for n, thing in things.items() if (kind, n) in kept}
        for kind, things in whole["components"].items()
    }
    used = {tag for operation in operations(wanted) for tag in operation["tags"]}
    tags = [{"name": tag, "description": wording.TAGS.get(tag, tag)} for tag in sorted(used)]
    return whole | {"paths": wanted, "components": components, "tags": tags}


@lru_cache
def spelled(name: str) -> tuple[bytes, str]:
    """A document as it is sent, and its ETag."""
    body = json.dumps(document(name), ensure_ascii=False, separators=(",", ":")).encode()
    return body, f'"{sha256(body).hexdigest()[:32]}"'


def operations(paths: Mapping[str, Node]) -> Iterator[Node]:
    """Every operation of these paths."""
    return (methods[m] for methods in paths.values() for m in METHODS if m in methods)


def _whole(mounted: Mapping[str, NinjaAPI]) -> Node:
    paths: Node = {}
    components: Node = {"schemas": {}, "headers": wording.HEADERS, "securitySchemes": {}}
    for prefix, api in mounted.items():
        found = Described(api, prefix.strip("/") + "/")
        paths |= found["paths"]
        for kind, things in found["components"].items():
            components[kind] |= things
    # Ninja lets parts of the document share one object; what is changed here must change nowhere else.
    whole = copy.deepcopy({"paths": paths, "components": components})
    _complete(whole["paths"], whole["components"]["schemas"])
    return {"openapi": "3.1.0", "info": wording.INFO, "servers": [{"url": "/"}]} | whole


def _complete(paths: Node, schemas: Node) -> None:
    for path, methods in paths.items():
        for method, details in methods.items():
            details["tags"] = details.get("tags") or [wording.tag_of(path)]
            _complete_operation(details, schemas)
            contract.label_operation(f"{method.upper()} {path}", details)
    for name, shape in schemas.items():
        _tidy(shape)
        contract.label_fields(name, shape)


def _complete_operation(details: Node, schemas: Node) -> None:
    for parameter in details["parameters"]:
        schema = parameter["schema"] = _given(parameter["schema"])
        parameter.pop("examples", None)
        facts = {"owner": details["operationId"], "name": parameter["name"]}
        parameter["example"] = samples.sample(schema, schemas, **facts)
        if schema.pop("description", ""):
            parameter.setdefault("description", "")
    for media in details.get("requestBody", {}).get("content", {}).values():
        media["examples"] = samples.requests(media["schema"], schemas)
    for status, answer in details["responses"].items():
        for media in answer.get("content", {}).values() if int(status) < 400 else ():
            media["examples"] = {"example": {"value": samples.sample(media["schema"], schemas)}}


def _given(schema: Node) -> Node:
    """What is sent where something is sent: leaving it out is not sending null."""
    choices = [c for c in schema.get("anyOf", ()) if c.get("type") != "null"]
    if len(choices) == 1:
        schema = {k: v for k, v in schema.items() if k != "anyOf"} | choices[0]
    _tidy(schema)
    schema.pop("title", None)
    return schema


def _tidy(schema: Node) -> None:
    """Without titles that repeat a field's name, defaults that are none, and patterns for names of keys."""
    for facts in schema.get("properties", {}).values():
        _tidy(facts)
        facts.pop("title", None)
    if schema.get("default", "") is None:
        del schema["default"]
    if patterns := schema.pop("patternProperties", None):
        ((pattern, value),) = patterns.items()
        schema["propertyNames"] = schema.get("propertyNames", {}) | {"pattern": pattern}
        schema["additionalProperties"] = value


def _names(
    node: Any, components: Node, seen: set[tuple[str, str]] | None = None
) -> set[tuple[str, str]]:
    """Every component this part of a document refers to, directly or not."""
    seen = set() if seen is None else seen
    for kind, name in _mentioned(node):
        if (kind, name) not in seen:
            seen.add((kind, name))
            _names(components[kind][name], components, seen)
    return seen


def _mentioned(node: Any) -> Iterator[tuple[str, str]]:
    if isinstance(node, list):
        for child in node:
            yield from _mentioned(child)
    if not isinstance(node, dict):
        return
    for key, value in node.items():
        if key == "$ref" and (found := re.fullmatch(r"#/components/(\w+)/(.+)", str(value))):
            yield found[1], found[2]
        elif key == "security":
            yield from (("securitySchemes", name) for each in value for name in each)
        else:
            yield from _mentioned(value)
