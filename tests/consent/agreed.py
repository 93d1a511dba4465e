"""A consent of Ann's, as tests record it."""

from datetime import datetime, timedelta
from typing import Any

from calls.consent import actions
from calls.consent.models import ConsentRecord
from tests.world import NEW_YORKER, NOW, World

YESTERDAY = NOW - timedelta(days=1)


def agreed(world: World, *, at: datetime = YESTERDAY, **fields: Any) -> ConsentRecord:
    """Express consent on the web, captured yesterday and recorded by Bob today."""
    given: dict[str, Any] = {
        "tenant": world.acme,
        "number": NEW_YORKER,
        "kind": "express",
        "channel": "web",
        "text_shown": "Acme may call me with news.",
        "evidence": "form 17, copy in the archive",
        "actor": world.bob,
        "now": max(NOW, at),
    }
    return actions.record_consent(captured_at=at, **given | fields)
