"""A registry and its files, as tests hand them in."""

from datetime import datetime
from typing import Any

from calls.dnc import actions, importing
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.tenants.models import Tenant
from tests.world import NOW, SEED, World

ANN, BEN, CLEO = "+12127365001", "+12127365002", "+12127365003"


def source_of(tenant: Tenant | None, **fields: Any) -> DncSource:
    """A registry called us-national, at most 31 days old."""
    given: dict[str, Any] = {"name": "us-national", "title": "US registry"}
    return actions.add_source(tenant=tenant, actor=SEED, now=NOW, **given | fields)


def start(source: DncSource, *numbers: str, fetched_at: datetime = NOW, **fields: Any) -> DncImport:
    """A file of these lines, waiting to be read."""
    given: dict[str, Any] = {"actor": SEED, "now": NOW, "content": "\n".join(numbers)}
    return actions.start_import(source=source, fetched_at=fetched_at, **given | fields)


def bring(source: DncSource, *numbers: str, **fields: Any) -> DncImport:
    """A file of these lines, read to its end."""
    found = start(source, *numbers, **fields)
    importing.run_import(import_id=found.pk)
    found.refresh_from_db()
    source.refresh_from_db()
    return found


def listed(source: DncSource) -> set[str]:
    """The numbers of a registry that are forbidden now."""
    rows = DncEntry.objects.filter(registry=source, lifted_at=None)
    return set(rows.values_list("number", flat=True))


def acmes(world: World) -> DncSource:
    """Acme's own registry."""
    return source_of(world.acme, name="litigators", title="Litigators")
