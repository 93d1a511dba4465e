"""Steps of the life of a webhook, for tests that want one of them."""

from typing import Any

from calls.hooks import actions
from calls.hooks.envelope import new_event_id
from calls.hooks.models import Delivery, Endpoint
from tests.world import NOW, World

# Public, and an address already, so that no name is looked up.
URL = "https://93.184.216.34/hooks"


def endpoint(world: World, **fields: Any) -> Endpoint:
    """Ada lets Acme be told of everything at URL."""
    return added(world, **fields)[0]


def added(world: World, **fields: Any) -> tuple[Endpoint, str]:
    """The same, with its secret."""
    given = {"tenant": world.acme, "actor": world.ada, "now": NOW, "url": URL} | fields
    return actions.add_endpoint(**given)


def delivery(of: Endpoint, **fields: Any) -> Delivery:
    """An event on its way, written by hand."""
    given = {
        "endpoint": of,
        "tenant": of.tenant,
        "event_id": new_event_id(),
        "event": "voice.call.completed",
        "body": '{"event":"voice.call.completed"}',
        "created_at": NOW,
        "next_at": NOW,
    }
    return Delivery.objects.create(**given | fields)
