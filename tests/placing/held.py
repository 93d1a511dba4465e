"""Calls that Acme holds for the approval of their words."""

from typing import Any

from calls.records.models import Call
from calls.tenants import actions as tenants
from tests.world import NOW, SEED, World


def holding(world: World) -> World:
    """Acme holds calls with words that wait for approval."""
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, unapproved_greeting="hold")
    return world


def held(world: World, **fields: Any) -> Call:
    """A call with the words of “Order news”, which wait for an owner."""
    return holding(world).place(greeting_id=world.order_news.public_id, **fields).call
