"""Verbs of webhooks: what an endpoint is, what is told, and each step of a delivery.

`calls/hooks/send.py` speaks to endpoints, between these transactions.
"""

from calls.hooks.actions.endpoints import (
    EndpointEnded,
    EndpointExists,
    RotationUnderWay,
    TooManyEndpoints,
    add_endpoint,
    disable_endpoint,
    enable_endpoint,
    end_endpoint,
    rotate_secret,
)

__all__ = [
    "EndpointEnded",
    "EndpointExists",
    "RotationUnderWay",
    "TooManyEndpoints",
    "add_endpoint",
    "disable_endpoint",
    "enable_endpoint",
    "end_endpoint",
    "rotate_secret",
]
