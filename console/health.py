"""Is this process up, and does the house do its work?"""

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from calls.api.ready import WorkersSilent, work


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process can answer at all."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and both queues are alive; 503 with the reason otherwise."""
    try:
        state = {"error": ""} | work(timezone.now())
        if not state["ok"]:
            state["error"] = WorkersSilent.code
    except DatabaseError:
        state = {"ok": False, "error": "database_unavailable"}
    return JsonResponse(state, status=200 if state["ok"] else 503)
