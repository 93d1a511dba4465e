"""The one place where something that cannot be done becomes an answer (CONTRACT 3)."""

import logging
from datetime import datetime
from typing import Any

from django.conf import settings
from django.core.exceptions import RequestDataTooBig
from django.db import InterfaceError, InternalError, OperationalError
from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError

from calls.api.body import BodyTooLarge
from calls.api.endpoint import Caller, HttpsRequired
from calls.lib.errors import BadField, NotFound, Refusal
from calls.placing.actions import CallRefused
from calls.policy.remedies import remedy_for
from calls.tenants import actions as tenants

log = logging.getLogger(__name__)

# What is wrong with a field, by pydantic's name for it.
_SENTENCES = {
    "missing": "{field} is missing. Send it.",
    "extra_forbidden": "{field} is no field of this request. Remove it, or check its spelling.",
    "string_type": "{field} must be text in quotes. Leave it out if you do not mean it.",
    "string_too_long": "{field} is longer than {max_length} characters. Shorten it.",
    "too_long": "{field} has more than {max_length} entries. Send fewer.",
    "literal_error": "{field} must be {expected}. Correct it.",
    "bool_type": "{field} must be true or false. Leave it out if you do not mean it.",
    "dict_type": "{field} must be an object of names and texts. Leave it out if you do not mean it.",
    "model_type": "The body must be a JSON object. Send the fields inside {{ and }}.",
    "model_attributes_type": "The body must be a JSON object. Send the fields inside {{ and }}.",
    "greater_than_equal": "{field} must be at least {ge}. Correct it.",
    "less_than_equal": "{field} must be at most {le}. Correct it.",
    "string_too_short": "{field} is empty. Fill it in, or leave it out.",
    "value_error": "{field} {error}.",
}


def register(api: NinjaAPI) -> None:
    """Let every exception of this API leave in the contract's shape."""
    handlers: dict[type[Exception], Any] = {
        Refusal: refused,
        ValidationError: invalid,
        HttpError: _ninja_refused,
        RequestDataTooBig: _too_big,
        OperationalError: unavailable,
        InterfaceError: unavailable,
        InternalError: unavailable,  # PostgreSQL that may only read
        Exception: broken,
    }
    for kind, handler in handlers.items():
        api.add_exception_handler(kind, handler)


def refused(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A named refusal, with its own status and code."""
    _look_into(refusal, getattr(request, "auth", None))
    code = refusal.field_code if isinstance(refusal, BadField) else refusal.code
    answer = _answer(request, refusal.status, code, refusal.sentence, _details(refusal))
    if refusal.status == 401:
        answer["WWW-Authenticate"] = getattr(refusal, "challenge", 'Bearer realm="greenlight"')
    if after := getattr(refusal, "retry_after", None):
        answer["Retry-After"] = str(after)
    if isinstance(refusal, CallRefused) and refusal.replayed:
        answer["Idempotent-Replayed"] = "true"
    return answer


def invalid(request: HttpRequest, problem: ValidationError) -> HttpResponse:
    """The first wrong field in the message, all of them in the details."""
    errors = [{"field": _field(error), "message": _sentence(error)} for error in problem.errors]
    details = {"field": errors[0]["field"], "errors": errors[:20]}
    return _answer(request, 400, BadField.code, errors[0]["message"], details)


def in_the_clear(request: HttpRequest) -> HttpResponse | None:
    """The answer to plain http where https is served; None lets it go on."""
    if not settings.HTTPS or request.is_secure():
        return None
    return refused(request, HttpsRequired())


def nothing_here(request: HttpRequest) -> HttpResponse:
    """An address this API does not have."""
    return refused(request, NotFound("There is no such address. Check the path in docs/api.md."))


def wrong_method(request: HttpRequest, allowed: str) -> HttpResponse:
    """An address that does not answer to this method."""
    message = f"This address answers to {allowed} only. Use one of these methods."
    answer = _answer(request, 405, "method_not_allowed", message, {"allowed": allowed})
    answer["Allow"] = allowed
    return answer


def broken(request: HttpRequest, problem: Exception) -> HttpResponse:
    """Our own fault; what it was stands in the log under the request's id."""
    log.error("unexpected error", exc_info=problem, extra={"path": request.path})
    message = (
        "Something broke on our side. Read what became of the request before you send it again;"
        " make-call may be sent again at once, with the same Idempotency-Key."
    )
    return _answer(request, 500, "internal_error", message, {})


def unavailable(request: HttpRequest, problem: Exception) -> HttpResponse:
    """The database is away: nothing was done, and the same request may be sent again."""
    log.error("database unavailable", exc_info=problem, extra={"path": request.path})
    message = "The database cannot be reached. Send it again later, with the same Idempotency-Key if it had one."
    answer = _answer(request, 503, "unavailable", message, {})
    answer["Retry-After"] = "5"
    return answer


def _ninja_refused(request: HttpRequest, problem: HttpError) -> HttpResponse:
    """Ninja wraps whatever our parser raised; what was inside is the answer."""
    if isinstance(problem.__cause__, Refusal):
        return refused(request, problem.__cause__)
    return broken(request, problem)


def _too_big(request: HttpRequest, problem: RequestDataTooBig) -> HttpResponse:
    return refused(request, BodyTooLarge())


def _details(refusal: Refusal) -> dict[str, Any]:
    if not isinstance(refusal, CallRefused):
        return refusal.details
    kept = ("gate", "code", "message", "saw")
    return {
        "gate": refusal.verdicts[0]["gate"],
        "retry_at": refusal.retry_at,
        "call_id": refusal.call.sid,
        "refusals": [
            {name: verdict[name] for name in kept}
            | {
                "retry_at": _instant(verdict["retry_at"]),
                "change": remedy_for(str(verdict["code"])),
            }
            for verdict in refusal.verdicts
        ],
    }


def _look_into(refusal: Refusal, who: object) -> None:
    """A program that asks for another tenant's is told nothing; its own tenant's log remembers it."""
    if refusal.named and isinstance(who, Caller):
        by: dict[str, Any] = {"actor": who.actor, "now": who.now}
        tenants.note_foreign_id(named=refusal.named, tenant=who.tenant, **by)


def _instant(iso: object) -> datetime | None:
    return datetime.fromisoformat(str(iso)) if iso else None


def _field(error: dict[str, Any]) -> str:
    """`("body", "ask", "metadata", "order")` → `metadata.order`; the whole body is `body`."""
    source, *path = (str(part) for part in error["loc"])
    if source == "body":
        path = path[1:]
    named = ".".join(part for part in path if part not in ("", "[key]"))
    return named[:100] or source


def _sentence(error: dict[str, Any]) -> str:
    field = _field(error)
    if (error["type"], field) == ("missing", "body"):
        return "The body is missing. Send a JSON object."
    words = _SENTENCES.get(error["type"], "{field} is not usable. Correct it.")
    return words.format(field=field, **error.get("ctx", {}))


def _answer(
    request: HttpRequest, status: int, code: str, message: str, details: dict[str, Any]
) -> HttpResponse:
    body = {
        "ok": False,
        "error": code,
        "message": message,
        "details": details,
        "request_id": getattr(request, "request_id", ""),
    }
    return JsonResponse(body, status=status)
