"""Is this process up, and does the house do its work?"""

from datetime import datetime, timedelta
from typing import Any

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.utils import timezone

from calls.dispatch import queries

# Sweep and pulse run every few seconds; half a minute of silence means that nobody works (RELIABILITY R2.8).
SILENCE = timedelta(seconds=30)


def live(request: HttpRequest) -> JsonResponse:
    """200 as long as this process can answer at all."""
    return JsonResponse({"ok": True})


def ready(request: HttpRequest) -> JsonResponse:
    """200 when the database answers and both queues are alive; 503 with the reason otherwise."""
    now = timezone.now()
    try:
        state = work(now)
    except DatabaseError:
        state = {"ok": False, "error": "database_unavailable"}
    return JsonResponse(state, status=200 if state["ok"] else 503)


def work(now: datetime) -> dict[str, Any]:
    """How long ago both queues gave a sign of life, and since when the oldest due call waits."""
    swept, oldest = queries.last_beat("sweep"), queries.oldest_due(now)
    dialled = queries.last_beat("dial")
    alive = all(beat is not None and now - beat < SILENCE for beat in (swept, dialled))
    return {
        "ok": alive,
        "error": "" if alive else "workers_silent",
        "sweep_age_seconds": _age(swept, now),
        "dial_age_seconds": _age(dialled, now),
        "oldest_due_age_seconds": _age(oldest, now),
    }


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 1)
