"""A file that holds far fewer numbers than are in force lifts nobody, unless somebody says it is right."""

from datetime import timedelta

import pytest

from calls.audit.models import AuditEntry
from calls.dnc import actions, importing
from calls.dnc.actions import RegistryShrunk
from calls.dnc.models import DncEntry, DncImport, DncSource
from calls.dnc.shrinkage import has_shrunk
from calls.lib.errors import BadField
from tests.audit.entries import told
from tests.dnc.registries import ANN, bring, listed, source_of, start
from tests.world import NOW, SEED, World

LATER = NOW + timedelta(days=1)


def numbers(count: int) -> list[str]:
    return [f"+1212{7_000_000 + n}" for n in range(count)]


def held(count: int) -> DncSource:
    """The installation's registry with so many numbers in force."""
    source = source_of(None)
    bring(source, *numbers(count))
    return source


@pytest.mark.parametrize(
    ("before", "after", "shrunk"),
    [
        (0, 0, False),
        (0, 1, False),
        (1, 0, True),
        (1, 1, False),
        (10, 9, False),
        (10, 8, True),
        (1_000_000, 900_000, False),
        (1_000_000, 899_999, True),
        (10, 1_000, False),
    ],
)
def test_fewer_than_nine_in_ten_is_too_few(before: int, after: int, shrunk: bool) -> None:
    assert has_shrunk(before=before, after=after) is shrunk


def test_a_short_file_is_refused_at_once_with_both_counts(world: World) -> None:
    source = held(20)
    with pytest.raises(RegistryShrunk) as refused:
        start(source, *numbers(17), "", "", "")
    assert (refused.value.code, refused.value.status) == ("registry_shrunk", 409)
    assert refused.value.details == {"before": 20, "after": 17}
    assert "holds 17 lines, our list 20" in refused.value.sentence
    assert "say so" in refused.value.sentence
    assert (len(listed(source)), DncImport.objects.count()) == (20, 1)


def test_nine_in_ten_are_enough(world: World) -> None:
    source = held(20)
    assert bring(source, *numbers(18)).lifted == 2


def test_said_to_be_right_it_lifts(world: World) -> None:
    source = held(20)
    found = bring(source, *numbers(3), accepts_shrink=True)
    assert (found.state, found.before, found.lifted) == ("done", 20, 17)
    assert listed(source) == set(numbers(3))


def test_who_said_so_is_on_the_audit_log(world: World) -> None:
    bring(held(20), *numbers(3), accepts_shrink=True, actor=SEED)
    entry = AuditEntry.objects.filter(verb="dncsource.import_started").latest("id")
    assert (entry.after["before"], entry.after["accepts_shrink"]) == (20, True)


# as many lines as before, that name too few
@pytest.mark.parametrize("filler", [[ANN] * 9, numbers(1) * 9, ["+1 212 700 0000"] * 9])
def test_a_file_that_turns_out_short_lifts_nothing_and_is_no_fresher(
    world: World, filler: list[str]
) -> None:
    source = held(20)
    found = bring(source, *numbers(11), *filler, fetched_at=LATER, now=LATER)
    assert (found.state, found.problem_code, found.lifted) == ("failed", "registry_shrunk", 0)
    assert "numbers, our list 20: fewer than nine in ten" in found.problem
    assert (set(numbers(20)) <= listed(source), source.fetched_at) == (True, NOW)
    assert told(source, "dncsource.import_failed")[2] == {"problem": found.problem}


def test_a_command_that_reads_line_by_line_is_held_to_it_too(world: World) -> None:
    source = held(20)
    found = start(source, content=None)
    assert not importing.carry(found, numbers(2))
    found.refresh_from_db()
    assert (found.problem_code, len(listed(source))) == ("registry_shrunk", 20)
    assert "holds 2 numbers, our list 20" in found.problem


def test_what_was_in_force_is_counted_when_it_begins(world: World) -> None:
    """Numbers the file brings make our list longer, and it is not measured by those."""
    source = held(20)
    found = bring(source, *numbers(38)[20:], fetched_at=LATER, now=LATER)
    assert (found.before, found.state, found.added, found.lifted) == (20, "done", 18, 20)


def test_a_crash_in_the_middle_forgets_neither_count(world: World) -> None:
    source = held(20)
    found = start(source, *[ANN] * 20)
    assert actions.take_numbers(found=found, numbers=[ANN], lines=19, unreadable=0, now=NOW)
    importing.run_import(import_id=found.pk)
    found.refresh_from_db()
    assert (found.problem_code, found.before) == ("registry_shrunk", 20)
    assert set(numbers(20)) <= listed(source)


@pytest.mark.parametrize("accepts_shrink", [True, False])
def test_a_file_that_holds_nobody_is_always_refused(world: World, accepts_shrink: bool) -> None:
    source = held(2)
    with pytest.raises(BadField, match="no text"):
        start(source, " ", "", accepts_shrink=accepts_shrink)
    found = start(source, content=None, accepts_shrink=accepts_shrink)
    assert not importing.carry(found, ["", "  "])
    found.refresh_from_db()
    assert (found.state, found.problem_code, found.lifted) == ("failed", "registry_empty", 0)
    assert len(listed(source)) == 2


@pytest.mark.parametrize("accepts_shrink", [True, False])
def test_of_a_registry_nobody_has_an_empty_file_makes_no_fresh_copy(
    world: World, accepts_shrink: bool
) -> None:
    source = source_of(None)
    found = start(source, content=None, accepts_shrink=accepts_shrink)
    importing.carry(found, [])
    source.refresh_from_db()
    assert source.fetched_at is None and not DncEntry.objects.exists()


def test_only_this_registrys_entries_in_force_count(world: World) -> None:
    source = held(20)
    other = source_of(world.acme, name="litigators", title="Litigators")
    assert bring(other, *numbers(2)).state == "done"
    bring(source, *numbers(2), accepts_shrink=True)
    assert start(source, *numbers(2)).before == 2
