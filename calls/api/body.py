"""Reading a request body: one JSON document in which nothing can be read in two ways (RELIABILITY R4.12)."""

import json
from collections.abc import Iterator
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from calls.lib.errors import BadField, Refusal

MAX_BYTES = 32 * 1024
MAX_DEPTH = 8


class BodyTooLarge(Refusal):
    """The body is longer than anything this API can be asked."""

    code = "body_too_large"
    status = 400
    message = "The body is larger than 32 KB. Send less; one request asks for one call."

    def __init__(self) -> None:
        super().__init__(field="body", max_bytes=MAX_BYTES)


class StrictParser(Parser):
    """Ninja's parser, refusing what lenient readers would each understand differently."""

    def parse_body(self, request: HttpRequest) -> Any:
        """The body as Python values. Raises BadField, BodyTooLarge."""
        if len(request.body) > MAX_BYTES:
            raise BodyTooLarge
        _check_type(request)
        return read_json(request.body)

    def parse_querydict(
        self, data: MultiValueDict[str, Any], list_fields: list[str], request: HttpRequest
    ) -> dict[str, Any]:
        """Query parameters, each at most once. Raises BadField."""
        for name, values in data.lists():
            if len(values) > 1:
                raise BadField(name[:100], f"{name[:100]} is given twice. Send it once.")
        return super().parse_querydict(data, list_fields, request)


def read_json(raw: bytes) -> Any:
    """UTF-8 JSON without duplicate keys, NaN, lone surrogates or deep nesting. Raises BadField."""
    try:
        value = json.loads(
            raw.decode("utf-8"), object_pairs_hook=_unique, parse_constant=_no_constant
        )
    except UnicodeDecodeError:
        raise BadField("body", "The body is not UTF-8. Encode it as UTF-8.") from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError as problem:
        raise BadField("body", f"The body is not JSON ({problem}). Send one object.") from None
    _check_values(value)
    return value


def _check_type(request: HttpRequest) -> None:
    params = request.content_params or {}
    charset = params.get("charset", "utf-8").lower()
    if request.content_type != "application/json" or charset not in ("utf-8", "utf8"):
        raise BadField(
            "content-type",
            "Send the body as JSON, with the header content-type: application/json.",
            code="invalid_content_type",
        )


def _unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise BadField(
                _shown(name), f"{_shown(name)} is in the body twice. Send it once.", "duplicate_key"
            )
        found[name] = value
    return found


def _no_constant(word: str) -> None:
    raise BadField("body", f"{word} is no JSON value. Send texts, true and false only.")


def _check_values(value: Any) -> None:
    """Goes down level by level, so that depth cannot exhaust the stack."""
    level, depth = [value], 0
    while level := [child for node in level for child in _children(node)]:
        depth += 1
        if depth > MAX_DEPTH:
            raise _too_deep()


def _children(node: Any) -> Iterator[Any]:
    if isinstance(node, dict):
        for name, value in node.items():
            _check_text(name, name)
            if isinstance(value, str):
                _check_text(name, value)
        yield from node.values()
    elif isinstance(node, list):
        for value in node:
            if isinstance(value, str):
                _check_text("body", value)
        yield from node


def _check_text(name: str, text: str) -> None:
    try:
        text.encode()
    except UnicodeEncodeError:
        raise BadField(
            _shown(name), f"{_shown(name)} holds half a character. Send whole Unicode text."
        ) from None


def _shown(name: str) -> str:
    return name.encode(errors="replace").decode()[:100]


def _too_deep() -> BadField:
    return BadField("body", f"The body is nested deeper than {MAX_DEPTH} levels. Flatten it.")
