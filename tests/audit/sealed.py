"""Real rows in real chains, hands that change them past every verb, and what the commands say then."""

from collections.abc import Iterator
from datetime import datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any
from uuid import UUID

import pytest
from django.core.management import CommandError, call_command

from calls.audit import actions as audit
from calls.audit.models import AuditEntry, SealedRow
from calls.lib import ids
from calls.records.models import Receipt
from tests.world import World

TABLES: list[type[SealedRow]] = [Receipt, AuditEntry]
COMMANDS = {Receipt: "verify_receipts", AuditEntry: "verify_audit"}
Table = type[SealedRow]


@pytest.fixture
def chained(world: World, anchor_dir: Path) -> World:
    """Acme with six sealed receipts and six audit entries of their calls, anchored."""
    AuditEntry.objects.all().delete()
    for number in range(6):
        world.place(to=f"+1555555{7000 + number}")
    call_command("export_anchors", stdout=StringIO())
    return world


@pytest.fixture
def anchor_dir(tmp_path: Path, settings: Any) -> Iterator[Path]:
    """Where this test's anchors are."""
    settings.ANCHOR_DIR = tmp_path / "anchors"
    yield settings.ANCHOR_DIR


def check(table: Table, **options: Any) -> tuple[list[str], bool]:
    """What the command says line by line, and whether everything is intact."""
    out = StringIO()
    try:
        call_command(COMMANDS[table], stdout=out, **options)
    except CommandError as problem:
        assert problem.returncode == 1
        return out.getvalue().splitlines(), False
    return out.getvalue().splitlines(), True


def flaws(table: Table) -> str:
    """The lines about what is wrong; there must be some if the command fails, and none if not."""
    lines, intact = check(table)
    wrong = [line for line in lines if line.startswith("  ")]
    assert intact == (wrong == [])
    return "\n".join(wrong)


def at(table: Table, number: int) -> SealedRow:
    """The record with this number in Acme's chain."""
    return table._default_manager.get(seal_number=number)


def change(row: SealedRow, **fields: Any) -> None:
    """As with a database shell."""
    type(row)._default_manager.filter(pk=row.pk).update(**fields)


def cut(table: Table, *, after: int) -> None:
    """Delete the end of the chain."""
    table._default_manager.filter(seal_number__gt=after).delete()


def make_anew(table: Table, *, after: int = 0) -> None:
    """Hash and seal the end of the chain again, with all the knowledge of the house itself."""
    rows = table._default_manager.filter(seal_number__gt=after)
    for row in rows:
        row.hash_content()
        row.seal_number, row.seal = None, ""
        row.save()
    audit.seal_waiting()


def swap(one: SealedRow, other: SealedRow, *names: str) -> None:
    """The named columns of two rows in each other's place."""
    change(other, seal_number=None)
    change(one, **{name: getattr(other, name) for name in names})
    change(other, **{name: getattr(one, name) for name in names})


def other(value: Any) -> Any:
    """Another value of the same kind, as little different as can be."""
    match value:
        case bool():
            return not value
        case int():
            return value + 100
        case UUID():
            return ids.new_id()
        case datetime():
            return value + timedelta(microseconds=1)
        case dict():
            return {**value, "x": 1}
        case list():
            return [{**value[0], "outcome": "wait"}, *value[1:]]
    return ("0" if value[:1] != "0" else "1") + str(value)[1:]
