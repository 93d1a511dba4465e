"""The reference of the API: all of the document, for everybody, readable without a script."""

import html
import json
import re
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from calls.api.document import METHODS, document
from console import reference
from console.reference import chapters, prose

SCRIPT = Path(__file__).parents[2] / "static/js/reference.js"
PAGES = {"public": "/api/docs", "admin": "/api/docs/admin"}
OPERATIONS = [
    (name, details)
    for name in PAGES
    for methods in document(name)["paths"].values()
    for method, details in methods.items()
    if method in METHODS
]
NAMES = [details["operationId"] for _, details in OPERATIONS]
each = pytest.mark.parametrize(("name", "details"), OPERATIONS, ids=NAMES)


@pytest.fixture(scope="module")
def shown() -> dict[str, str]:
    """Both pages, as text."""
    client = Client()
    return {
        name: html.unescape(client.get(address).content.decode()) for name, address in PAGES.items()
    }


@each
def test_every_operation_is_shown(
    shown: dict[str, str], name: str, details: dict[str, Any]
) -> None:
    card = card_of(shown[name], details["operationId"])
    assert details["summary"] in card
    for scopes in (scope for each in details["security"] for scope in each.values()):
        assert all(f"<code>{scope}</code>" in card for scope in scopes)


@each
def test_every_parameter_and_status_is_shown(
    shown: dict[str, str], name: str, details: dict[str, Any]
) -> None:
    card = card_of(shown[name], details["operationId"])
    assert all(f"<code>{p['name']}</code>" in card for p in details["parameters"])
    assert all(f">{status}</span>" in card for status in details["responses"])


@each
def test_every_field_and_example_is_shown(
    shown: dict[str, str], name: str, details: dict[str, Any]
) -> None:
    card = card_of(shown[name], details["operationId"])
    media = details.get("requestBody", {"content": {}})["content"].get("application/json")
    if media:
        shape = document(name)["components"]["schemas"][media["schema"]["$ref"].split("/")[-1]]
        assert all(f"<code>{field}</code>" in card for field in shape["properties"])
        for example in media["examples"].values():
            assert json.dumps(example["value"], indent=2, ensure_ascii=False) in card


@each
def test_every_operation_is_shown_as_one_types_it(
    shown: dict[str, str], name: str, details: dict[str, Any]
) -> None:
    card = card_of(shown[name], details["operationId"])
    (line,) = re.findall(r"curl -sS.*?</pre>", card, re.DOTALL)
    wanted = {"RuntimeKey": "Bearer $KEY", "": "$URL"}
    kinds = [kind for security in details["security"] for kind in security]
    assert wanted.get(kinds[0] if kinds else "", "x-admin-key") in line
    assert ("content-type" in line) == ("requestBody" in details)


def card_of(page: str, operation: str) -> str:
    """What stands about one operation."""
    return page.partition(f'<article class="card" id="{operation}"')[2].partition("</article>")[0]


@pytest.mark.parametrize("address", PAGES.values())
def test_everybody_may_read_it_and_it_is_small_on_the_wire(client: Client, address: str) -> None:
    answer = client.get(address, headers={"accept-encoding": "gzip"})
    assert (answer.status_code, answer["Content-Encoding"]) == (200, "gzip")
    assert len(answer.content) < 40_000


def test_the_document_itself_is_linked(shown: dict[str, str]) -> None:
    assert 'href="/api-docs/public.json"' in shown["public"]
    assert 'href="/api-docs/admin.json"' in shown["admin"]


def test_every_id_stands_once(shown: dict[str, str]) -> None:
    ids = re.findall(r'\bid="([^"]+)"', shown["public"])
    assert len(ids) == len(set(ids))


def test_every_label_has_its_field(shown: dict[str, str]) -> None:
    labels = re.findall(r'<label[^>]* for="([^"]+)"', shown["public"])
    assert labels
    assert set(labels) <= set(re.findall(r'\bid="([^"]+)"', shown["public"]))


def test_a_form_without_its_script_sends_nothing(shown: dict[str, str]) -> None:
    forms = re.findall(r"<form[^>]*>", shown["public"])
    assert forms
    assert all('method="dialog"' in form for form in forms)
    assert not re.search(r"\sname=", shown["public"].partition("<body")[2])


def test_the_key_is_never_kept() -> None:
    script = SCRIPT.read_text(encoding="utf-8").lower()
    assert not re.search(r"storage|cookie|innerhtml|eval\(|\bname=", script)
    assert 'credentials: "omit"' in script


def test_words_are_escaped_before_they_are_marked() -> None:
    (block,) = prose("Send `<b>` and *never* <script>.")
    assert block.lines == [
        "Send <code>&lt;b&gt;</code> and <em>never</em> &lt;script&gt;.",
    ]


def test_lists_and_paragraphs() -> None:
    first, second = prose("One\nline.\n\n- a\n- b")
    assert (first.is_list, first.lines) == (False, ["One line."])
    assert (second.is_list, second.lines) == (True, ["a", "b"])


def test_what_lies_deeper_is_named_by_its_path() -> None:
    (preview,) = [o for c in chapters("public") for o in c.operations if o.id == "preview_call"]
    named = {field.name for field in preview.answers[0].fields}
    assert {"refusals[].gate", "to.zones", "greeting.text"} <= named


@pytest.mark.parametrize(
    ("schema", "words"),
    [
        ({"type": "string", "maxLength": 64}, "text, up to 64 characters"),
        ({"type": "integer", "minimum": 1, "maximum": 200}, "number, 1 to 200"),
        ({"enum": ["a", "b"]}, "one of a, b"),
        ({"const": True}, "one of true"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "text or null"),
        ({"type": "array", "items": {"type": "string"}}, "list of: text"),
        ({"type": "array", "items": {"$ref": "#/x"}}, "list"),
        ({"type": "string", "format": "date-time"}, "time, RFC 3339"),
        ({"type": "object"}, "object"),
    ],
)
def test_kinds_in_words(schema: dict[str, Any], words: str) -> None:
    assert reference._kind(schema) == words


def test_the_operations_are_rendered_once(client: Client) -> None:
    reference.cards.cache_clear()
    first, second = (client.get("/api/docs") for _ in range(2))
    rendered = [[each.name for each in answer.templates] for answer in (first, second)]
    assert "reference/operation.html" in rendered[0]
    assert "reference/operation.html" not in rendered[1]
    assert [each.content.count(b'id="make_call"') for each in (first, second)] == [1, 1]


def test_it_is_read_only(client: Client) -> None:
    assert client.post("/api/docs").status_code == 405
