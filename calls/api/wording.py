"""What the OpenAPI document says in words: about the whole, its headers, its kinds of failure."""

from typing import Any

VERSION = "2026-05-14"
INFO: dict[str, Any] = {
    "title": "Greenlight",
    "version": VERSION,
    "summary": "Places outbound voice calls, and only the calls that may be placed.",
    "description": (
        "The names and shapes are those of the StateSet Voice API; what its public pages leave open,"
        " Greenlight decides, and such rows are marked `x-ours` and say *Ours*.\n\n"
        "Every answer that is no success has one shape, `Failure`; its `error` is one of the codes listed"
        " with the status. Send an `Idempotency-Key` with make-call, and the same request again after a"
        " lost answer is the same call. Bodies are one JSON object of at most 32 KB; unknown fields,"
        " fields given twice, nulls and empty texts are a 400."
    ),
}
TAGS = {
    "Admin": "For whoever runs the installation. *x-admin-key*, or an admin's console session.",
    "Calls": "Place, preview and cancel calls, and read what became of them.",
    "Consent": "Who agreed to be called, and who took it back.",
    "Do not call": "Whom nobody of the tenant may call.",
    "Health": "Is the house at work?",
    "Keys": "Keys that leaked.",
    "Webhooks": "Where events are sent.",
}
_TAG_OF = {
    "admin": "Admin",
    "calls": "Calls",
    "call-logs": "Calls",
    "make-call": "Calls",
    "consents": "Consent",
    "dnc": "Do not call",
    "health": "Health",
    "keys": "Keys",
    "webhooks": "Webhooks",
}
FAILURES = {
    400: "Fix the request; nothing was recorded.",
    401: "No credential, or one that is malformed, unknown, expired or revoked.",
    403: "The wrong kind of credential, or one without the scope.",
    404: "Not there, or another tenant's; nobody can tell which.",
    409: "It cannot be done now; act on the reason.",
    412: "Somebody changed it meanwhile; fetch it again.",
    422: "The same idempotency key, another request; take a new key for a new call.",
    429: "Too many requests; wait as long as Retry-After says, then send it again with the same key.",
    500: "Our fault; read what became of it before you send it again.",
    503: "For the moment it cannot be done; send it again later with the same key.",
}
BESIDES = "What a schema cannot tell; each is a 400 that names the field:"


def _header(description: str, schema: dict[str, Any], example: Any, *, sure: bool = False) -> Any:
    return {
        "description": description,
        "required": sure,
        "schema": schema,
        "example": example,
    }


_COUNT = {"type": "integer", "minimum": 0}
HEADERS: dict[str, Any] = {
    "x-request-id": _header(
        "Names this request in our log; a sane one that you send is taken over.",
        {"type": "string", "pattern": "^[A-Za-z0-9._-]{8,64}$"},
        "5f0c7a1e9b3d4c28a6e1f2d3c4b5a697",
        sure=True,
    ),
    "X-RateLimit-Limit": _header(
        "How many requests a minute are allowed: by the share with the least left.",
        _COUNT,
        1000,
        sure=True,
    ),
    "X-RateLimit-Remaining": _header("How many of them are left.", _COUNT, 999, sure=True),
    "Retry-After": _header("Seconds to wait before the next try.", _COUNT, 5),
    "Idempotent-Replayed": _header(
        "The answer of the first request under this key, again.",
        {"type": "string", "const": "true"},
        "true",
    ),
    "WWW-Authenticate": _header(
        "Which kind of credential is wanted.",
        {"type": "string"},
        'Bearer realm="greenlight"',
        sure=True,
    ),
}
# While the database is away nobody knows whose share a request is taken from.
_COUNTED = ("X-RateLimit-Limit", "X-RateLimit-Remaining")
_SOMETIMES = {
    "Retry-After": (429, 503),
    "WWW-Authenticate": (401,),
}


def headers_of(status: int, operation: str) -> list[str]:
    """The headers an answer with this status carries."""
    always = ("x-request-id", *(_COUNTED if status != 503 else ()))
    found = [*always, *(name for name, at in _SOMETIMES.items() if status in at)]
    if operation == "make_call" and status in (200, 409):
        found.append("Idempotent-Replayed")
    return found


def tag_of(path: str) -> str:
    """The chapter an address belongs to."""
    word = path.removeprefix("/api/v1/").partition("/")[0]
    return _TAG_OF.get(word, word.replace("-", " ").capitalize())
