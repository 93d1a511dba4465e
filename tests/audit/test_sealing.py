"""Every record is hashed when written and soon has its place, in the order of sealing."""

import tracemalloc
from collections import deque
from collections.abc import Callable
from copy import copy
from datetime import timedelta
from functools import partial
from zoneinfo import ZoneInfo

import pytest
from django.db import DatabaseError, connection
from django.test.utils import CaptureQueriesContext

from calls.audit import actions as audit
from calls.audit import chain, queries
from calls.audit.models import AuditEntry
from calls.lib import ids
from calls.records.models import Receipt
from tests.audit.sealed import TABLES, Table, at, change, check, flaws
from tests.database.rows import again
from tests.world import NOW, World

tables = pytest.mark.parametrize("table", TABLES)


def numbers(table: Table, tenant_id: object) -> list[int | None]:
    """The numbers of a chain, oldest row first."""
    rows = table._default_manager.filter(tenant_id=tenant_id).order_by("id")
    return list(rows.values_list("seal_number", flat=True))


@tables
def test_what_a_verb_writes_is_hashed_as_a_reload_gives_it(world: World, table: Table) -> None:
    world.place(metadata={"b": 1.0, "a": [1e16, {"é": None}]})
    for row in table._default_manager.all():
        assert row.sha256
        assert chain.hash_content(row.content(row.digests)) == (row.sha256, row.digests)
        assert list(row.digests) != []


def test_a_hash_survives_numbers_a_database_spells_otherwise(world: World) -> None:
    after = {
        "big": 1e16,
        "small": 1e-7,
        "whole": 2.0,
        "ratio": 0.1,
        "z": {"b": 1, "a": 2},
        "t": (1,),
    }
    noon = (NOW + timedelta(microseconds=7)).astimezone(ZoneInfo("America/New_York"))
    entry = audit.note(
        actor=world.ada,
        verb="x",
        target=world.agent,
        tenant_id=world.acme.pk,
        now=noon,
        after=after,
    )
    row = AuditEntry.objects.get(pk=entry.pk)
    assert chain.hash_content(row.content(row.digests))[0] == entry.sha256


@tables
def test_nothing_has_a_seal_before_sealing(world: World, table: Table) -> None:
    world.place()
    assert set(numbers(table, world.acme.pk)) == {None}


def test_each_tenant_has_its_own_chain(world: World) -> None:
    count = AuditEntry.objects.count()
    assert audit.seal_waiting() == count
    for tenant_id in queries.tenants_of(AuditEntry):
        found = numbers(AuditEntry, tenant_id)
        assert found == list(range(1, len(found) + 1))
    assert None in queries.tenants_of(AuditEntry)


@tables
@pytest.mark.parametrize("most", [1, 4, 6, 1000])
def test_batches_continue_one_another(chained: World, table: Table, most: int) -> None:
    table._default_manager.update(seal_number=None, seal="")
    audit.seal_waiting(most=most)
    assert numbers(table, chained.acme.pk) == [1, 2, 3, 4, 5, 6]
    assert flaws(table) == ""


def test_a_late_row_is_sealed_after_younger_ones(chained: World) -> None:
    """Its transaction was open while the others were sealed."""
    late = at(Receipt, 2)
    Receipt.objects.update(seal_number=None, seal="")
    change(late, tenant_id=chained.globex.pk, seal_number=1)  # out of the sealer's sight
    audit.seal_waiting()
    change(late, tenant_id=chained.acme.pk, seal_number=None)
    audit.seal_waiting()
    assert numbers(Receipt, chained.acme.pk) == [1, 6, 2, 3, 4, 5]


@tables
def test_sealing_again_changes_nothing(chained: World, table: Table) -> None:
    rows = table._default_manager.order_by("id").values()
    before = list(rows.all())
    assert audit.seal_waiting() == 0
    assert list(rows.all()) == before


def test_an_idle_house_only_looks(chained: World) -> None:
    with CaptureQueriesContext(connection) as asked:
        audit.seal_waiting()
    assert [query["sql"].split()[0] for query in asked] == ["SELECT", "SELECT"]


@tables
def test_rows_from_before_are_hashed_when_sealed(chained: World, table: Table) -> None:
    table._default_manager.update(seal_number=None, seal="", sha256="", digests={})
    audit.seal_waiting()
    row = at(table, 1)
    assert chain.HASHED_LATE in row.digests
    lines, _ = check(table)
    assert "6 receipts" in lines[0] or "6 audit entries" in lines[0]
    assert ", 6 hashed when sealed, " in lines[0]


@tables
def test_an_edit_of_a_row_from_before_is_found(chained: World, table: Table) -> None:
    table._default_manager.update(seal_number=None, seal="", sha256="", digests={})
    audit.seal_waiting()
    change(at(table, 2), at=NOW - timedelta(days=1))
    assert "number 2: it was edited: field at is not" in flaws(table)


def test_one_chain_in_trouble_does_not_hold_up_the_others(
    chained: World, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    Receipt.objects.update(seal_number=None, seal="")
    AuditEntry.objects.update(seal_number=None, seal="")
    whole = queries.head

    def broken(table: Table, tenant_id: object) -> tuple[int, str]:
        if table is Receipt:
            raise DatabaseError("disk full")
        return whole(table, tenant_id)  # type: ignore[arg-type]

    monkeypatch.setattr(queries, "head", broken)
    assert audit.seal_waiting() == 6
    assert "sealing was interrupted" in caplog.text
    assert set(numbers(Receipt, chained.acme.pk)) == {None}


def test_many_rows_are_sealed_with_few_statements(chained: World) -> None:
    for number in range(60):
        again(at(Receipt, 1), seal_number=None, seal="", moment="dial" if number else "stop")
    with CaptureQueriesContext(connection) as asked:
        audit.seal_waiting()
    assert len(asked) <= 12
    assert queries.head(Receipt, chained.acme.pk)[0] == 66


@tables
def test_a_sealer_that_read_an_old_head_gives_up(
    chained: World, table: Table, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The number it would give is taken: the database refuses, and the next tick reads the new head."""
    last = at(table, 5)
    change(at(table, 6), seal_number=None, seal="")
    chained.place(to="+15555557300")
    audit.seal_waiting()
    before = flaws(table)
    with monkeypatch.context() as patch:
        patch.setattr(queries, "head", lambda *_: (last.seal_number, last.seal))
        chained.place(to="+15555557301")
        audit.seal_waiting()
    assert table._default_manager.filter(seal_number=None).count() == 1
    audit.seal_waiting()
    assert numbers(table, chained.acme.pk) == [1, 2, 3, 4, 5, 6, 7, 8]
    assert flaws(table) == before == ""


def memory(read: Callable[[], object]) -> int:
    """The most that was held at once, in bytes."""
    tracemalloc.start()
    kept = read()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    del kept
    return peak


def test_a_long_chain_is_never_all_in_memory(
    chained: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = at(Receipt, 1)
    copies = [copy(first) for _ in range(1500)]
    for number, row in enumerate(copies, 10):
        row.pk, row.seal_number = ids.new_id(), number
    Receipt.objects.bulk_create(copies)
    monkeypatch.setattr(queries, "CHUNK", 50)
    links = partial(queries.links, Receipt, chained.acme.pk)
    flat = memory(lambda: deque(links(), maxlen=0))
    assert flat < memory(lambda: list(links())) / 5
