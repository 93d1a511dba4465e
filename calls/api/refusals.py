"""Which refusals a route can answer with, by status: named beside the route, told in the document."""

from collections.abc import Iterable, Mapping
from typing import Any

from calls.api.body import BodyTooLarge
from calls.api.endpoint import HttpsRequired, InvalidCredential, WrongCredentialClass
from calls.lib.errors import BadField, NotFound, NotPermitted, Refusal
from calls.policy.remedies import REMEDIES

# status, code, a message as it may read
Told = tuple[int, str, str]

DECLARED, RULES = "x-refusals", "x-rules"
GATES: tuple[Told, ...] = tuple((409, code, "") for code in REMEDIES)
BAD_NUMBER: Told = (400, "invalid_number", "Write the number with digits only, like +14155550100.")


def _told(kind: type[Refusal]) -> Told:
    return kind.status, kind.code, kind.message


_READING: tuple[Told, ...] = (
    (400, BadField.code, "when must be 'now' or 'next_allowed'. Correct it."),
    (400, "duplicate_key", "to is in the body twice. Send it once."),
    (
        400,
        "invalid_content_type",
        "Send the body as JSON, with the header content-type: application/json.",
    ),
    _told(BodyTooLarge),
)
_ANYWHERE: tuple[Told, ...] = (
    (400, BadField.code, "limit must be at most 200. Correct it."),
    _told(InvalidCredential),
    _told(WrongCredentialClass),
    _told(HttpsRequired),
    (403, NotPermitted.code, "This key does not have the scope calls:write. Use one that has it."),
    _told(NotFound),
    (429, "rate_limited", "Too many requests. Wait as long as Retry-After says, then go on."),
    (500, "internal_error", "Something broke on our side. Read what became of it first."),
    (503, "unavailable", "The database cannot be reached. Send it again later."),
)


def refuses(
    *kinds: type[Refusal] | Iterable[Told], rules: Mapping[str, str] | None = None
) -> dict[str, Any]:
    """For a route's `openapi_extra`: what else it refuses with, and what its fields must fulfil besides.

    `rules` are those a schema has no words for, by the field at which they stand.
    """
    told = [t for kind in kinds for t in ([_told(kind)] if isinstance(kind, type) else kind)]
    return {DECLARED: told, RULES: dict(rules or {})}


def codes_of(status: int, declared: Iterable[Told], *, has_body: bool) -> dict[str, str]:
    """Every code a route can answer this status with, and a message as it may read."""
    everywhere = (*_ANYWHERE, *(_READING if has_body else ()))
    return {code: message for at, code, message in (*everywhere, *declared) if at == status}
