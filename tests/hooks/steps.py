"""Steps of the life of a webhook, for tests that want one of them."""

import json
from datetime import datetime
from typing import Any

from calls.hooks import actions
from calls.hooks.actions import Claim, Try
from calls.hooks.envelope import new_event_id
from calls.hooks.models import Delivery, Endpoint
from calls.hooks.queries import due_at
from tests.world import NOW, World

# Public, and an address already, so that no name is looked up.
URL = "https://93.184.216.34/hooks"
EVEN = 0.5  # the middle of every jitter


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


def fresh(row: Delivery) -> Delivery:
    """The delivery as it is on record now."""
    return Delivery.objects.select_related("endpoint").get(pk=row.pk)


def claim(of: Endpoint, now: datetime = NOW) -> Claim:
    """Take the next delivery, which is to be had."""
    claimed = actions.claim_next(endpoint_id=of.pk, now=now)
    assert claimed, "nothing is to be had"
    return claimed


def conclude(claimed: Claim, status: int | None, now: datetime = NOW, **more: Any) -> Delivery:
    """What the other side answered to this try."""
    trouble = "" if status else "ConnectTimeout"
    tried = Try(
        at=now.isoformat(), status=status, milliseconds=12, trouble=trouble, answer="as it is"
    )
    given: dict[str, Any] = {"claimed": claimed, "tried": tried, "now": now, "random": EVEN}
    row = actions.conclude(**given | more)
    assert row, "it is not ours any more"
    return row


def attempt(of: Endpoint, status: int | None, now: datetime = NOW, **more: Any) -> Delivery:
    """One try from its claim to its end."""
    return conclude(claim(of, now), status, now, **more)


def exhaust(of: Endpoint, status: int | None = 500, begin: datetime = NOW) -> Delivery:
    """Try in vain, each time as soon as it is due, until the delivery is given up."""
    row = attempt(of, status, begin)
    while row.next_at:
        row = attempt(of, status, row.next_at)
    return row


def told(of: Endpoint) -> list[str]:
    """The names of what an endpoint is told, in the order of being written."""
    return list(of.deliveries.order_by("id").values_list("event", flat=True))


def said(row: Delivery) -> dict[str, Any]:
    """The body as a program reads it."""
    found: dict[str, Any] = json.loads(row.body)
    return found


def is_due(row: Delivery, now: datetime) -> bool:
    """Whether it is to be tried at this moment."""
    return row in due_at(row.endpoint, now=now)
