"""Many sealers at once, while calls come in: one chain, no number twice, none left out."""

from functools import partial
from pathlib import Path
from typing import Any

import pytest

from calls.audit import actions as audit
from calls.audit import anchoring, chain, queries
from calls.audit.models import AuditEntry
from calls.records.models import Receipt
from tests.audit.sealed import TABLES, Table
from tests.concurrency.together import failures, together
from tests.database.rows import again
from tests.world import NOW, World

pytestmark = pytest.mark.django_db(transaction=True)


def wrong(table: Table, world: World) -> list[str]:
    """What is found in Acme's chain."""
    start = chain.first_seal(table.CHAIN, world.acme.pk)
    report = chain.verify(start, queries.links(table, world.acme.pk), [], now=NOW)
    return [flaw.says for flaw in report.flaws]


def many(world: World, count: int) -> None:
    """Receipts that wait, copied from one."""
    first = world.place().call.receipts.get()
    for number in range(count - 1):
        row = again(first, rules_version=str(number))
        row.hash_content()
        row.save()


def test_four_sealers_make_one_chain(world: World) -> None:
    many(world, 40)
    results = together(*[partial(audit.seal_waiting, most=7)] * 4)
    assert failures(results) == []
    audit.seal_waiting()  # what a sealer left to the next tick
    numbers = Receipt.objects.order_by("seal_number").values_list("seal_number", flat=True)
    assert list(numbers) == list(range(1, 41))
    assert wrong(Receipt, world) == []


def test_sealing_while_calls_come_in(world: World) -> None:
    places = [partial(world.place, to=f"+1555555{7200 + n}", actor=world.bob) for n in range(6)]
    sealers: list[Any] = [partial(audit.seal_waiting, most=2)] * 4
    assert failures(together(*places, *sealers)) == []
    audit.seal_waiting()
    assert not Receipt.objects.filter(seal_number=None).exists()
    assert Receipt.objects.count() == 6
    for table in TABLES:
        assert wrong(table, world) == []


def test_each_row_is_counted_by_one_sealer(world: World) -> None:
    waiting = AuditEntry.objects.count()
    results = together(*[partial(audit.seal_waiting, most=3)] * 3)
    sealed = sum(result for result in results if isinstance(result, int))
    assert sealed == AuditEntry.objects.exclude(seal_number=None).count() <= waiting


def test_two_who_anchor_at_once_write_each_head_once(
    world: World, tmp_path: Path, settings: Any
) -> None:
    settings.ANCHOR_DIR = tmp_path
    world.place()
    audit.seal_waiting()
    assert failures(together(*[partial(anchoring.anchor_heads, now=NOW)] * 3)) == []
    for table in TABLES:
        marks, flaws = anchoring.read_anchors(table)
        assert flaws == []
        assert all(len(found) == 1 for found in marks.values())
