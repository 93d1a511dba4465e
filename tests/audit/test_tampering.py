"""Whatever is done to real rows in the database is found by the commands, and named."""

import pytest

from calls.audit.models import AuditEntry, SealedRow
from calls.records.models import Receipt
from tests.audit.sealed import TABLES, Table, at, change, check, cut, flaws, make_anew, other, swap
from tests.world import World

FROZEN = [(table, name) for table in TABLES for name in table.frozen_fields()]
SEALS = [(table, name) for table in TABLES for name in SealedRow.SEALS]
tables = pytest.mark.parametrize("table", TABLES)


@tables
def test_untouched_rows_are_intact(chained: World, table: Table) -> None:
    lines, intact = check(table)
    assert intact
    noun = "receipts" if table is Receipt else "audit entries"
    assert lines[0].startswith(f"Acme: 6 {noun}, sealed to number 6, last anchored ")
    assert lines[0].endswith(": intact")


def test_every_column_is_frozen_or_a_seal() -> None:
    for table in TABLES:
        columns = {field.attname for field in table._meta.concrete_fields}
        assert set(table.frozen_fields()) | set(SealedRow.SEALS) == columns
    assert {"call_id", "verdicts", "at", "allowed"} < set(Receipt.frozen_fields())
    assert {"before", "after", "actor_name"} < set(AuditEntry.frozen_fields())


@pytest.mark.parametrize(("table", "name"), FROZEN)
def test_an_edited_field_is_named_with_its_row(chained: World, table: Table, name: str) -> None:
    row = at(table, 3)
    new = other(getattr(row, name))
    if name == "call_id":
        new = at(table, 5).call_id  # type: ignore[attr-defined]
    change(row, **{name: new})
    named = table(pk=new).public_id if name == "id" else row.public_id
    assert f"  {named}, number 3: it was edited: field {name} is not what was hashed." in flaws(
        table
    )


@pytest.mark.parametrize(("table", "name"), SEALS)
def test_an_edited_seal_is_named_with_its_row(chained: World, table: Table, name: str) -> None:
    row = at(table, 3)
    change(row, **{name: other(getattr(row, name))})
    wrong = flaws(table)
    assert row.public_id in wrong
    assert ("number 3 is missing" if name == "seal_number" else f"field {name}") in wrong


@tables
def test_an_edit_hashed_anew_is_named(chained: World, table: Table) -> None:
    row = at(table, 3)
    row.rules_version = row.verb = "other"  # type: ignore[attr-defined]
    row.hash_content()
    row.save()
    assert f"{row.public_id}, number 3: its seal does not fit" in flaws(table)


@tables
def test_a_row_deleted_from_the_middle(chained: World, table: Table) -> None:
    at(table, 3).delete()
    assert flaws(table) == "  number 3: number 3 is missing: deleted, or moved elsewhere."


@tables
def test_the_end_cut_off(chained: World, table: Table) -> None:
    cut(table, after=4)
    assert "number 5: the end is cut off: numbers 5 to 6 are gone" in flaws(table)


@tables
def test_the_end_cut_off_and_grown_again(chained: World, table: Table) -> None:
    cut(table, after=4)
    for number in range(3):
        chained.place(to=f"+1555555{7100 + number}")
    make_anew(table, after=4)
    assert f"{at(table, 6).public_id}, number 6: its seal is not the one anchored" in flaws(table)


@tables
def test_everything_deleted(chained: World, table: Table) -> None:
    table._default_manager.all().delete()
    assert "numbers 1 to 6 are gone" in flaws(table)


@tables
def test_everything_made_anew(chained: World, table: Table) -> None:
    change(at(table, 2), at=other(at(table, 2).at))  # type: ignore[attr-defined]
    make_anew(table)
    wrong = flaws(table)
    assert f"{at(table, 6).public_id}, number 6: its seal is not the one anchored" in wrong
    assert len(wrong.splitlines()) == 1


@tables
@pytest.mark.parametrize("names", [["seal_number"], ["seal_number", "seal"]])
def test_two_rows_in_each_others_place(chained: World, table: Table, names: list[str]) -> None:
    one, two = at(table, 2), at(table, 5)
    swap(one, two, *names)
    wrong = flaws(table)
    assert f"{one.public_id}, number 5: it stands at number 5 and was sealed as 2" in wrong
    assert f"{two.public_id}, number 2: it stands at number 2 and was sealed as 5" in wrong


@tables
def test_a_row_given_to_another_tenant(chained: World, table: Table) -> None:
    row = at(table, 3)
    change(row, tenant_id=chained.globex.pk, seal_number=1)
    wrong = flaws(table)
    assert "number 3 is missing" in wrong
    assert f"{row.public_id}, number 1: it was edited: field tenant_id" in wrong


@tables
def test_a_row_without_any_hash(chained: World, table: Table) -> None:
    """Taken for one from before there were hashes, it would pass as new."""
    row = at(table, 3)
    change(row, sha256="", digests={})
    assert f"{row.public_id}, number 3: its content hash was removed" in flaws(table)


@tables
def test_a_row_taken_out_and_sealed_again_at_the_end(chained: World, table: Table) -> None:
    change(at(table, 3), seal_number=None, seal="")
    assert "number 3 is missing" in flaws(table)
