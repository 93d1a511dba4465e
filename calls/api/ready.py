"""Is the house at work? Asked by programs before they place calls, and by whatever watches over it."""

from datetime import datetime, timedelta
from typing import Any

from django.http import HttpRequest
from django.utils import timezone
from ninja import Router

from calls.api import shapes
from calls.api.refusals import refuses
from calls.dispatch import queries
from calls.lib.errors import Refusal

router = Router(by_alias=True)

# Sweep and pulse run every few seconds; half a minute of silence means that nobody works (RELIABILITY R2.8).
SILENCE = timedelta(seconds=30)


class WorkersSilent(Refusal):
    """Calls are accepted and kept, but nobody dials them."""

    code = "workers_silent"
    status = 503
    message = (
        "Calls are accepted, but nobody dials them at the moment. Place them all the same, and ask"
        " again later."
    )


@router.get(
    "/health/ready",
    auth=None,
    summary="Ask whether calls are being dialled",
    response={200: shapes.Ready} | dict.fromkeys((500, 503), shapes.Failure),
    openapi_extra=refuses(WorkersSilent),
)
def health_ready(request: HttpRequest) -> dict[str, Any]:
    """Whether calls are being dialled; needs no key."""
    state = work(timezone.now())
    if not state.pop("ok"):
        raise WorkersSilent(**state)
    return state


def work(now: datetime) -> dict[str, Any]:
    """How long ago both queues gave a sign of life, and since when the oldest due call waits."""
    swept, oldest = queries.last_beat("sweep"), queries.oldest_due(now)
    dialled = queries.last_beat("dial")
    alive = all(beat is not None and now - beat < SILENCE for beat in (swept, dialled))
    return {
        "ok": alive,
        "sweep_age_seconds": _age(swept, now),
        "dial_age_seconds": _age(dialled, now),
        "oldest_due_age_seconds": _age(oldest, now),
    }


def _age(at: datetime | None, now: datetime) -> float | None:
    return None if at is None else round((now - at).total_seconds(), 1)
