"""Business units of Acme: who is limited to one, and what belongs to another."""

from typing import Any

from calls.tenants import actions
from calls.tenants.models import Org
from tests.database.rows import change
from tests.world import NOW, SEED, World


def unit(world: World, key: str) -> Org:
    """Acme's business unit with this key."""
    known = Org.objects.filter(tenant=world.acme, key=key).first()
    own: dict[str, Any] = {"tenant": world.acme, "actor": SEED, "now": NOW}
    return known or actions.add_org(key=key, name=key.title(), **own)


def limit_to(world: World, key: str, *names: str) -> None:
    """These people act for this business unit only."""
    for name in names:
        world.members[name].orgs.set([unit(world, key)])


def give(world: World, key: str, *rows: Any) -> None:
    """These rows belong to this business unit."""
    for row in rows:
        change(row, org=unit(world, key))
    for known in (*rows, world.version, world.order_news):
        known.refresh_from_db()
