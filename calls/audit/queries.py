"""Which tables and chains there are, their heads, what waits for its seal, and the links in order."""

from collections.abc import Iterator
from uuid import UUID

from django.apps import apps
from django.db.models import Max, QuerySet

from calls.audit import chain
from calls.audit.models import SealedRow
from calls.lib import ids

CHUNK = 2000


def sealed_tables() -> list[type[SealedRow]]:
    """Every table whose rows are sealed."""
    return [model for model in apps.get_models() if issubclass(model, SealedRow)]


def sealed_table(name: str) -> type[SealedRow]:
    """The table of a chain by its name, `audit` or `receipts`."""
    return next(table for table in sealed_tables() if name == table.CHAIN)


def tenants_of(table: type[SealedRow]) -> set[UUID | None]:
    """Every tenant with rows there; None stands for the installation itself."""
    found = table._default_manager.order_by().values_list("tenant_id", flat=True)
    return set(found.distinct())


def unsealed_tenants(table: type[SealedRow]) -> list[UUID | None]:
    """Whose chains have rows that wait."""
    waiting = table._default_manager.filter(seal_number__isnull=True).order_by("tenant_id")
    return list(waiting.values_list("tenant_id", flat=True).distinct())


def unsealed(table: type[SealedRow], tenant_id: UUID | None) -> QuerySet[SealedRow]:
    """The rows of a chain that wait for their seal."""
    return _chain(table, tenant_id).filter(seal_number__isnull=True)


def head(table: type[SealedRow], tenant_id: UUID | None) -> tuple[int, str]:
    """The number and seal the next record follows."""
    rows = _chain(table, tenant_id).filter(seal_number__isnull=False).order_by("-seal_number")
    last = rows.only("seal_number", "seal").first()
    if last is None or last.seal_number is None:
        return 0, chain.first_seal(table.CHAIN, tenant_id)
    return last.seal_number, last.seal


def heads(table: type[SealedRow]) -> dict[UUID | None, tuple[int, str]]:
    """The head of every chain that has one, by tenant."""
    sealed = table._default_manager.filter(seal_number__isnull=False).order_by("tenant_id")
    tops = sealed.values_list("tenant_id").annotate(top=Max("seal_number"))
    return {tenant_id: head(table, tenant_id) for tenant_id, _ in tops}


def links(table: type[SealedRow], tenant_id: UUID | None) -> Iterator[chain.Link]:
    """A whole chain for `chain.verify`: by number, then what waits; never all in memory."""
    rows = _chain(table, tenant_id)
    sealed = rows.filter(seal_number__isnull=False).order_by("seal_number", "id")
    for part in (sealed, rows.filter(seal_number__isnull=True).order_by("id")):
        yield from map(_link, part.iterator(chunk_size=CHUNK))


def _chain(table: type[SealedRow], tenant_id: UUID | None) -> QuerySet[SealedRow]:
    return table._default_manager.filter(tenant_id=tenant_id)


def _link(row: SealedRow) -> chain.Link:
    return chain.Link(
        row=row.public_id,
        number=row.seal_number,
        seal=row.seal,
        sha256=row.sha256,
        digests=row.digests,
        content=row.content(row.digests),
        written=ids.minted_at(row.pk),
    )
