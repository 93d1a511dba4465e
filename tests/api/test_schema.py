"""The OpenAPI documents say what the API does: all of it, truly, and with nothing else in them."""

import json
import re
from collections.abc import Iterator
from typing import Any

import jsonschema
import pytest
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from openapi_spec_validator import OpenAPIV31SpecValidator

from calls.api import contract, samples
from calls.api.document import METHODS, document
from calls.management.demo import Seeded
from tests.api.program import Program

DOCUMENTS = ("public", "admin", "openapi")
WHOLE = document("openapi")
OPERATIONS: dict[str, dict[str, Any]] = {
    f"{method.upper()} {path}": methods[method]
    for path, methods in WHOLE["paths"].items()
    for method in METHODS
    if method in methods
}
SHAPES: dict[str, dict[str, Any]] = WHOLE["components"]["schemas"]
OPEN = {"GET /api/v1/health/ready", "POST /api/v1/keys/report-leak"}  # need no credential

each_operation = pytest.mark.parametrize("name", OPERATIONS)


def valid(value: Any, schema: dict[str, Any]) -> None:
    """Raises where the value does not fit the schema of this document."""
    whole = schema | {"components": WHOLE["components"]}
    jsonschema.Draft202012Validator(
        whole, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    ).validate(value)


def bodies(operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """What is sent and answered, each with its schema and examples."""
    yield from operation.get("requestBody", {}).get("content", {}).values()
    for answer in operation["responses"].values():
        yield from answer.get("content", {}).values()


def addresses(patterns: list[Any], before: str = "") -> Iterator[str]:
    """Every address of the URL conf, with {holes}."""
    for pattern in patterns:
        route = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            yield from addresses(pattern.url_patterns, route)
        elif isinstance(pattern, URLPattern):
            yield "/" + re.sub(r"<(?:\w+:)?(\w+)>", r"{\1}", route)


@pytest.mark.parametrize("name", DOCUMENTS)
def test_each_is_valid(name: str) -> None:
    assert list(OpenAPIV31SpecValidator(document(name)).iter_errors()) == []
    assert document(name)["openapi"] == "3.1.0"


def test_every_address_below_the_api_is_described() -> None:
    routes = set(addresses(get_resolver().url_patterns))
    served = {
        route
        for route in routes
        if route.startswith("/api/v1/") and route not in ("/api/v1/", "/api/v1/admin/")
    }
    assert served == set(WHOLE["paths"])


def test_two_documents_make_the_third() -> None:
    parts = [document(name)["paths"] for name in ("public", "admin")]
    assert parts[0] | parts[1] == WHOLE["paths"]
    assert not parts[0].keys() & parts[1].keys()
    assert all("/admin/" not in path for path in parts[0])


@each_operation
def test_every_operation_introduces_itself(name: str) -> None:
    operation = OPERATIONS[name]
    title = operation["operationId"].replace("_", " ").title()
    assert operation["summary"] not in ("", title), "give the route a summary="
    assert operation["description"].rstrip(".")
    assert operation["tags"]


def test_every_operation_has_a_name_of_its_own() -> None:
    names = [operation["operationId"] for operation in OPERATIONS.values()]
    assert len(set(names)) == len(names)


@each_operation
def test_every_operation_says_who_may_ask(name: str) -> None:
    security = OPERATIONS[name]["security"]
    assert bool(security) != (name in OPEN)
    assert all(kind in WHOLE["components"]["securitySchemes"] for each in security for kind in each)


def test_a_runtime_key_is_a_bearer_with_a_scope() -> None:
    assert OPERATIONS["POST /api/v1/make-call"]["security"] == [{"RuntimeKey": ["calls:write"]}]
    scheme = WHOLE["components"]["securitySchemes"]["RuntimeKey"]
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")


@each_operation
def test_every_operation_names_its_failures_and_their_codes(name: str) -> None:
    answers = OPERATIONS[name]["responses"]
    asked = {"429", "500", "503"} | ({"400", "401", "403"} if name not in OPEN else set())
    assert asked <= set(answers)
    for status in answers:
        if status >= "400":
            told = answers[status]["content"]["application/json"]["schema"]
            assert told["$ref"] == "#/components/schemas/Failure"
            assert told["properties"]["error"]["enum"], f"name the codes of {status}"


@each_operation
def test_every_answer_names_its_request(name: str) -> None:
    for status, answer in OPERATIONS[name]["responses"].items():
        assert "x-request-id" in answer["headers"]
        assert ("X-RateLimit-Remaining" in answer["headers"]) == (status != "503")
        assert ("Retry-After" in answer["headers"]) == (status in ("429", "503"))


@each_operation
def test_every_body_has_examples_that_fit_it(name: str) -> None:
    for media in bodies(OPERATIONS[name]):
        assert media["examples"]
        for example in media["examples"].values():
            valid(example["value"], media["schema"])


@each_operation
def test_every_parameter_has_an_example_that_fits_it(name: str) -> None:
    for parameter in OPERATIONS[name]["parameters"]:
        valid(parameter["example"], parameter["schema"])


@each_operation
def test_what_is_asked_is_told_to_the_last_field(name: str) -> None:
    content = OPERATIONS[name].get("requestBody", {"content": {}})["content"]
    for media in content.values():
        shape = SHAPES[media["schema"]["$ref"].rsplit("/", 1)[1]]
        assert shape["additionalProperties"] is False
        assert "null" not in json.dumps(shape)
        texts = [f for f in shape["properties"].values() if f.get("type") == "string"]
        assert all(f.keys() & {"maxLength", "enum", "const", "pattern", "format"} for f in texts)


@each_operation
def test_rules_name_fields_there_are(name: str) -> None:
    operation = OPERATIONS[name]
    fields = {parameter["name"] for parameter in operation["parameters"]}
    for media in operation.get("requestBody", {"content": {}})["content"].values():
        fields |= SHAPES[media["schema"]["$ref"].rsplit("/", 1)[1]]["properties"].keys()
    rules = operation.get("x-rules", {})
    assert rules.keys() <= fields
    assert all(rule in operation["description"] for rule in rules.values())


@pytest.mark.parametrize("path", ["make-call", "dnc", "consents", "consents/revocations"])
def test_the_examples_of_what_is_asked_are_accepted(program: Program, path: str) -> None:
    (media,) = OPERATIONS[f"POST /api/v1/{path}"]["requestBody"]["content"].values()
    for example in media["examples"].values():
        answer = program.send(path, json.dumps(example["value"]))
        assert answer.status_code in (200, 409), answer.json()
        assert answer.status_code == 200 or answer.json()["error"] == "outside_hours"


def test_no_example_is_left_over() -> None:
    assert samples.WHOLE.keys() <= SHAPES.keys()


def test_the_idempotency_key_is_a_header() -> None:
    (header,) = OPERATIONS["POST /api/v1/make-call"]["parameters"]
    assert (header["name"], header["in"], header["required"]) == (
        "Idempotency-Key",
        "header",
        False,
    )
    replayed = OPERATIONS["POST /api/v1/make-call"]["responses"]
    assert all("Idempotent-Replayed" in replayed[status]["headers"] for status in ("200", "409"))


@each_operation
def test_what_is_ours_is_labelled(name: str) -> None:
    operation = OPERATIONS[name]
    assert operation.get("x-ours", False) == (name not in contract.OPERATIONS)
    assert operation["description"].startswith("Ours. ") == operation.get("x-ours", False)


@pytest.mark.parametrize("name", contract.FIELDS)
def test_fields_of_ours_are_labelled(name: str) -> None:
    fields = SHAPES[name]["properties"]
    assert contract.FIELDS[name] <= fields.keys()
    assert {f for f in fields if "x-ours" not in fields[f]} == contract.FIELDS[name]


def test_no_secret_stands_in_it() -> None:
    assert not re.search(r"gl_(live|test|admin)_[0-9A-Za-z]{8}_", json.dumps(WHOLE))


@pytest.mark.parametrize("name", DOCUMENTS)
def test_everybody_may_read_it(client: Client, name: str) -> None:
    answer = client.get(f"/api-docs/{name}.json")
    assert (answer.status_code, answer["Content-Type"]) == (200, "application/json")
    assert answer.json() == document(name)


def test_it_is_sent_again_only_when_it_changed(client: Client) -> None:
    etag = client.get("/api-docs/public.json")["ETag"]
    again = client.get("/api-docs/public.json", headers={"if-none-match": etag})
    assert (again.status_code, again.content) == (304, b"")
    assert client.get("/api-docs/admin.json")["ETag"] != etag


def test_it_is_sent_small(client: Client) -> None:
    packed = client.get("/api-docs/openapi.json", headers={"accept-encoding": "gzip"})
    assert packed["Content-Encoding"] == "gzip"
    assert len(packed.content) < 30_000


@pytest.mark.parametrize("path", ["/api-docs/", "/api-docs/other.json", "/api/v1/openapi.json"])
def test_there_is_no_other_document(client: Client, path: str) -> None:
    assert client.get(path).status_code == 404


def test_it_is_read_only(client: Client) -> None:
    assert client.post("/api-docs/public.json").status_code == 405


def test_the_demo_tenant_is_the_one_of_the_examples(acme: Seeded, program: Program) -> None:
    call = samples.WHOLE["CallAsk"]["now"]
    assert program.place(call).status_code in (200, 409)
    assert acme.tenant.slug == "acme"
