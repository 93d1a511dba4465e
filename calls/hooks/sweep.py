"""One round: tell of what happened, and wake workers for what is due. A lost hint costs a second."""

from datetime import datetime

from calls.hooks import actions, queries

MOST_ENDPOINTS = 500


def tell_endpoints(*, now: datetime) -> None:
    """Write deliveries for what happened since the last round, and hint at every endpoint with something due."""
    actions.publish_waiting(now=now)
    actions.hint_at(queries.endpoints_with_due(now=now, most=MOST_ENDPOINTS))
