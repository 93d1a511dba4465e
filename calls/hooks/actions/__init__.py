"""Verbs of webhooks: what an endpoint is, what is told, and each step of a delivery.

`calls/hooks/send.py` speaks to endpoints, between these transactions.
"""

from calls.hooks.actions.deliver import (
    Claim,
    DeliveryUnderWay,
    EndpointDisabled,
    TooManyTests,
    Try,
    claim_next,
    conclude,
    replay_delivery,
    replay_failed,
    send_test_event,
)
from calls.hooks.actions.endpoints import (
    EndpointEnded,
    EndpointExists,
    TooManyEndpoints,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    end_endpoint,
    keep_endpoint,
    prepare_endpoint,
    rotate_secret,
)
from calls.hooks.actions.events import hint_at, publish, publish_waiting
from calls.hooks.actions.telling import note_disabled_told, take_disabled_telling

__all__ = [
    "Claim",
    "DeliveryUnderWay",
    "EndpointDisabled",
    "EndpointEnded",
    "EndpointExists",
    "TooManyEndpoints",
    "TooManyTests",
    "Try",
    "add_endpoint",
    "claim_next",
    "conclude",
    "disable_endpoint",
    "enable_endpoint",
    "end_endpoint",
    "hint_at",
    "keep_endpoint",
    "note_disabled_told",
    "prepare_endpoint",
    "publish",
    "publish_waiting",
    "replay_delivery",
    "replay_failed",
    "rotate_secret",
    "send_test_event",
    "take_disabled_telling",
]
