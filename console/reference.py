"""What the reference of the API shows: the OpenAPI document, laid out for people."""

import json
import re
import shlex
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.template.loader import render_to_string
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import override

from calls.api.document import METHODS, document

Node = dict[str, Any]
DEEPEST = 2


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, or a list of several lines."""

    lines: list[SafeString]
    is_list: bool = False


@dataclass(frozen=True, slots=True)
class Field:
    """One line of a table of fields; `name` is `refusals[].gate` for what lies deeper."""

    name: str
    kind: str
    about: SafeString
    required: bool = False
    ours: bool = False
    where: str = ""
    example: str = ""
    choices: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Answer:
    """One status an operation answers with."""

    status: str
    about: SafeString
    headers: list[str]
    fields: list[Field]
    examples: list[tuple[str, str]]

    @property
    def tone(self) -> str:
        """Green for success, red for everything else."""
        return "go" if self.status < "400" else "stop"


@dataclass(frozen=True, slots=True)
class Operation:
    """One operation with everything there is to say about it."""

    id: str
    method: str
    path: str
    summary: str
    about: list[Block]
    ours: bool
    credential: str
    scope: str
    parameters: list[Field]
    body: list[Field]
    examples: list[tuple[str, str]]
    answers: list[Answer]
    curl: str


@dataclass(frozen=True, slots=True)
class Chapter:
    """The operations about one thing."""

    name: str
    about: SafeString
    operations: list[Operation]


@lru_cache
def chapters(name: str) -> list[Chapter]:
    """A document's operations in its chapters."""
    paper = document(name)
    shapes = paper["components"]["schemas"]
    found = [
        (details["tags"][0], _operation(path, method, details, shapes))
        for path, methods in paper["paths"].items()
        for method, details in methods.items()
        if method in METHODS
    ]
    return [
        Chapter(
            tag["name"], prose_line(tag["description"]), [o for t, o in found if t == tag["name"]]
        )
        for tag in paper["tags"]
    ]


@lru_cache(maxsize=8)
def cards(name: str, language: str) -> str:
    """Every operation as it stands on the page, which is much to render anew for everybody who looks."""
    with override(language):
        context = {"name": name, "chapters": chapters(name)}
        return render_to_string("reference/chapters.html", context)


@lru_cache
def introduction(name: str) -> list[Block]:
    """What holds for the whole document."""
    return prose(document(name)["info"]["description"])


def prose(text: str) -> list[Block]:
    """Paragraphs and lists of plain words in which only `names` and *stress* are marked."""
    blocks = []
    for part in filter(None, (part.strip() for part in text.split("\n\n"))):
        lines = part.split("\n")
        is_list = all(line.startswith("- ") for line in lines)
        lines = [line.removeprefix("- ") for line in lines] if is_list else [" ".join(lines)]
        blocks.append(Block([prose_line(line) for line in lines], is_list))
    return blocks


def prose_line(text: str) -> SafeString:
    """One line of it."""
    marked = re.sub(r"`([^`]+)`", r"<code>\1</code>", str(escape(text)))
    return mark_safe(re.sub(r"\*([^*]+)\*", r"<em>\1</em>", marked))  # noqa: S308 - escaped above


def _operation(path: str, method: str, details: Node, shapes: Node) -> Operation:
    asked = details.get("requestBody", {}).get("content", {}).get("application/json", {})
    kinds = {kind: scopes for each in details["security"] for kind, scopes in each.items()}
    examples = _examples(asked)
    return Operation(
        id=details["operationId"],
        method=method.upper(),
        path=path,
        summary=details["summary"],
        about=prose(details["description"].removeprefix("Ours. ")),
        ours=details.get("x-ours", False),
        credential=next(iter(kinds), ""),
        scope=", ".join(scope for scopes in kinds.values() for scope in scopes),
        parameters=[_parameter(parameter) for parameter in details["parameters"]],
        body=list(_fields(asked.get("schema", {}), shapes)),
        examples=examples,
        answers=[_answer(s, a, shapes) for s, a in details["responses"].items()],
        curl=_curl(path, method.upper(), details, examples),
    )


def _parameter(parameter: Node) -> Field:
    schema = parameter["schema"]
    return Field(
        name=parameter["name"],
        kind=_kind(schema),
        about=_about(parameter),
        required=parameter["required"],
        ours=parameter.get("x-ours", False),
        where=parameter["in"],
        example=str(parameter["example"]),
        choices=[str(choice) for choice in schema.get("enum", ())],
    )


def _about(thing: Node) -> SafeString:
    return prose_line(thing.get("description", "").removeprefix("Ours.").strip())


def _answer(status: str, answer: Node, shapes: Node) -> Answer:
    media = answer.get("content", {}).get("application/json", {})
    failed = status >= "400"
    return Answer(
        status=status,
        about=prose_line(answer["description"]),
        headers=list(answer["headers"]),
        fields=[] if failed else list(_fields(media.get("schema", {}), shapes)),
        examples=_examples(media),
    )


def _examples(media: Node) -> list[tuple[str, str]]:
    told = media.get("examples", {})
    return [
        (name, json.dumps(example["value"], indent=2, ensure_ascii=False))
        for name, example in told.items()
    ]


def _fields(schema: Node, shapes: Node, before: str = "", depth: int = 0) -> Iterator[Field]:
    shape = _resolved(schema, shapes)
    required = shape.get("required", ())
    for name, facts in shape.get("properties", {}).items():
        yield Field(
            name=before + name,
            kind=_kind(_resolved(facts, shapes)),
            about=_about(facts),
            required=name in required,
            ours=facts.get("x-ours", False),
        )
        inner, sign = (facts["items"], "[].") if "items" in facts else (facts, ".")
        if depth < DEEPEST and "properties" in _resolved(inner, shapes):
            yield from _fields(inner, shapes, before + name + sign, depth + 1)


def _resolved(schema: Node, shapes: Node) -> Node:
    name = schema.get("$ref", "").rpartition("/")[2]
    found: Node = shapes[name] if name else schema
    return found


def _kind(schema: Node) -> str:
    """What a value may be, in words."""
    choices = schema.get("anyOf")
    if choices:
        return _(" or ").join(_kind(choice) for choice in choices)
    if "enum" in schema or "const" in schema:
        values = schema.get("enum", [schema.get("const")])
        return _("one of %(values)s") % {"values": ", ".join(map(_plainly, values))}
    if schema.get("format") == "date-time":
        return _("time, RFC 3339")
    tell = _KINDS.get(schema.get("type", ""))
    return tell(schema) if tell else _("object")


def _plainly(value: object) -> str:
    return value if isinstance(value, str) else json.dumps(value)


def _text(schema: Node) -> str:
    most = schema.get("maxLength")
    return _("text, up to %(most)s characters") % {"most": most} if most else _("text")


def _number(schema: Node) -> str:
    least, most = schema.get("minimum", 0), schema.get("maximum")
    return (
        _("number, %(least)s to %(most)s") % {"least": least, "most": most} if most else _("number")
    )


def _list(schema: Node) -> str:
    inner = schema.get("items", {})
    return (
        _("list")
        if "$ref" in inner or not inner
        else _("list of: %(kind)s") % {"kind": _kind(inner)}
    )


_KINDS: dict[str, Callable[[Node], str]] = {
    "string": _text,
    "integer": _number,
    "number": _number,
    "array": _list,
    "boolean": lambda _schema: _("true or false"),
    "null": lambda _schema: _("null"),
}


def _curl(path: str, method: str, details: Node, examples: list[tuple[str, str]]) -> str:
    """The request as one types it, with the first example."""
    kinds = [kind for each in details["security"] for kind in each]
    filled = {p["name"]: str(p["example"]) for p in details["parameters"] if p["in"] == "path"}
    address = re.sub(r"{(\w+)}", lambda hole: filled.get(hole[1], hole[0]), path)
    verb = "" if method == "GET" else f" -X {method}"
    lines = [f'curl -sS{verb} "$URL{address}"', *_credential(kinds)]
    if any(p["name"] == "Idempotency-Key" for p in details["parameters"]):
        lines.append('-H "Idempotency-Key: order-4711"')
    if examples:
        body = json.dumps(json.loads(examples[0][1]), ensure_ascii=False)
        lines += ['-H "content-type: application/json"', f"-d {shlex.quote(body)}"]
    return " \\\n  ".join(lines)


def _credential(kinds: Iterable[str]) -> list[str]:
    kind = next(iter(kinds), "")
    if not kind:
        return []
    if kind == "RuntimeKey":
        return ['-H "Authorization: Bearer $KEY"']
    return ['-H "x-admin-key: $ADMIN_KEY"']
