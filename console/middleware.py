"""What every request gets and every answer carries."""

import re
from collections.abc import Callable
from uuid import uuid4

from django.http import HttpRequest, HttpResponse
from django.utils.cache import patch_vary_headers

from console import logs

Answer = Callable[[HttpRequest], HttpResponse]

SANE_REQUEST_ID = re.compile(r"[A-Za-z0-9._-]{8,64}")
PERMISSIONS = "camera=(), geolocation=(), microphone=(), payment=(), usb=()"


def request_id(get_response: Answer) -> Answer:
    """Takes over the caller's `x-request-id` where it is sane, mints one elsewhere.

    Views find it as `request.request_id`, log lines carry it, every answer returns it.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        given = request.headers.get("x-request-id", "")
        identity = given if SANE_REQUEST_ID.fullmatch(given) else uuid4().hex
        request.request_id = identity  # type: ignore[attr-defined]
        token = logs.request_id.set(identity)
        try:
            response = get_response(request)
        finally:
            logs.request_id.reset(token)
        response["x-request-id"] = identity
        return response

    return answer


def answer_headers(get_response: Answer) -> Answer:
    """Headers that hold for every answer: what caches must know, what the browser must not offer.

    A page is not to be stored unless its view says otherwise: it shows people's numbers.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        response.setdefault("Permissions-Policy", PERMISSIONS)
        response.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        if response.get("Content-Type", "").startswith("text/html"):
            patch_vary_headers(response, ["HX-Request"])
            response.setdefault("Cache-Control", "private, no-store")
        return response

    return answer
