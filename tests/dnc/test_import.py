"""A registry's file becomes the list: whole or not at all, also when a worker dies in the middle."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.dnc import actions, importing
from calls.dnc.actions import ImportUnderWay
from calls.dnc.models import DncEntry, DncImport
from calls.dnc.queries import entries_against
from calls.dnc.reading import read_chunks
from calls.lib.errors import BadField, NotFound, NotPermitted
from tests.audit.entries import told
from tests.dnc.registries import ANN, BEN, CLEO, acmes, bring, listed, source_of, start
from tests.world import NOW, SEED, World


def numbers(count: int) -> list[str]:
    return [f"+1212{7_000_000 + n}" for n in range(count)]


def test_a_file_is_listed_and_freshens_the_copy(world: World) -> None:
    source = source_of(None)
    found = bring(source, ANN, BEN, "junk", "", ANN)
    assert listed(source) == {ANN, BEN}
    assert (found.state, found.lines, found.added, found.unreadable) == ("done", 5, 2, 1)
    assert (source.fetched_at, found.content) == (NOW, "")


def test_what_it_brings_forbids_calls_of_every_tenant(world: World) -> None:
    bring(source_of(None), ANN)
    for tenant in (world.acme, world.globex):
        (entry,) = entries_against(tenant=tenant, number=ANN, now=NOW)
        assert (entry.reason, entry.source) == ("Listed in US registry", "us-national")


def test_a_tenants_own_registry_is_its_own(world: World) -> None:
    bring(acmes(world), ANN)
    found = [
        entries_against(tenant=tenant, number=ANN, now=NOW).exists()
        for tenant in (world.acme, world.globex)
    ]
    assert found == [True, False]


def test_the_next_copy_lifts_what_it_no_longer_holds(world: World) -> None:
    source = source_of(None)
    first = bring(source, ANN, BEN)
    second = bring(source, BEN, CLEO)
    assert listed(source) == {BEN, CLEO}
    assert (first.added, second.added, second.lifted) == (2, 1, 1)
    gone = DncEntry.objects.get(number=ANN)
    assert gone.lifted_by == f"import {second.public_id}"


def test_a_number_people_added_by_hand_stays(world: World) -> None:
    source = acmes(world)
    bring(source, ANN, BEN)
    actions.add_number(
        tenant=world.acme, number=ANN, reason="asked", source="letter", actor=world.bob, now=NOW
    )
    bring(source, BEN, accepts_shrink=True)
    (entry,) = entries_against(tenant=world.acme, number=ANN, now=NOW)
    assert entry.source == "letter"


def test_another_registry_is_left_alone(world: World) -> None:
    own, house = acmes(world), source_of(None)
    bring(own, ANN)
    bring(house, BEN)
    assert (listed(own), listed(house)) == ({ANN}, {BEN})


def test_start_and_end_are_on_the_audit_log(world: World) -> None:
    source = acmes(world)
    bring(source, ANN, actor=world.alice)
    assert told(source, "dncsource.import_started")[0] == "Alice"
    assert told(source, "dncsource.imported")[2] == {
        "lines": 1,
        "added": 1,
        "lifted": 0,
        "unreadable": 0,
    }


def test_a_file_of_something_else_lifts_nothing(world: World) -> None:
    source = source_of(None)
    bring(source, ANN, BEN)
    later = NOW + timedelta(seconds=1)
    broken = bring(source, "<html>", "<title>Error</title>", ANN, fetched_at=later, now=later)
    assert (broken.state, broken.lifted, "lifted" in broken.problem) == ("failed", 0, True)
    assert (listed(source), source.fetched_at) == ({ANN, BEN}, NOW)
    assert told(source, "dncsource.import_failed")[2] == {"problem": broken.problem}


@pytest.mark.parametrize(("unreadable", "state"), [(0, "done"), (2, "done"), (3, "failed")])
def test_more_than_strays_that_nobody_can_read_lift_nothing(
    world: World, unreadable: int, state: str
) -> None:
    source, known = source_of(None), numbers(100)
    bring(source, *known, ANN)
    national = [number.removeprefix("+1") for number in known[:unreadable]]
    found = bring(source, *national, *known[unreadable:])
    assert (found.state, found.unreadable) == (state, unreadable)
    assert (ANN in listed(source)) == (state == "failed")


def test_after_a_crash_it_goes_on_where_it_was(world: World) -> None:
    source, known = source_of(None), numbers(5_000)
    bring(source, ANN)
    found = start(source, *known)
    chunk = next(iter(read_chunks(known)))
    assert actions.take_numbers(
        found=found, numbers=chunk.numbers, lines=chunk.lines, unreadable=0, now=NOW
    )
    assert (found.done, found.state, len(listed(source))) == (2_000, "running", 2_001)
    importing.run_import(import_id=found.pk)
    found.refresh_from_db()
    assert (found.state, found.done, found.added, found.lifted) == ("done", 5_000, 5_000, 1)
    assert listed(source) == set(known)


def test_half_a_file_lifts_nothing_and_is_no_fresher(world: World) -> None:
    source = source_of(None)
    found = start(source, ANN, BEN)
    actions.take_numbers(found=found, numbers=[ANN], lines=1, unreadable=0, now=NOW)
    source.refresh_from_db()
    assert (listed(source), source.fetched_at, found.lifted) == ({ANN}, None, 0)


def test_two_workers_cannot_count_a_line_twice(world: World) -> None:
    found = start(source_of(None), ANN, BEN)
    slow = DncImport.objects.get(pk=found.pk)
    assert actions.take_numbers(found=found, numbers=[ANN], lines=1, unreadable=0, now=NOW)
    assert not actions.take_numbers(found=slow, numbers=[ANN], lines=1, unreadable=0, now=NOW)
    found.refresh_from_db()
    assert (found.done, found.added) == (1, 1)


def test_it_is_over_once(world: World) -> None:
    found = bring(source_of(None), ANN)
    assert not actions.finish_import(found=found, actor=SEED, now=NOW)
    assert not actions.fail_import(found=found, problem="x", actor=SEED, now=NOW)
    importing.run_import(import_id=found.pk)
    found.refresh_from_db()
    assert (found.state, found.done) == ("done", 1)


def test_one_file_at_a_time(world: World) -> None:
    source = source_of(None)
    start(source, ANN)
    with pytest.raises(ImportUnderWay):
        start(source, BEN)
    start(acmes(world), BEN)


@pytest.mark.parametrize(
    ("content", "field"),
    [("", "content"), (" \n", "content"), ("+1\0", "content"), ("+" * 2_100_000, "content")],
)
def test_what_is_no_file_is_refused(world: World, content: str, field: str) -> None:
    with pytest.raises(BadField) as refused:
        start(source_of(None), content)
    assert refused.value.field == field
    assert not DncImport.objects.exists()


def test_the_file_has_a_date_that_can_be(world: World) -> None:
    source = source_of(None)
    with pytest.raises(BadField, match="future"):
        start(source, ANN, fetched_at=NOW + timedelta(seconds=1))
    bring(source, ANN)
    with pytest.raises(BadField, match="newer"):
        start(source, ANN, fetched_at=NOW - timedelta(seconds=1))


@pytest.mark.parametrize("who", ["bob", "aurel", "charlie"])
def test_it_takes_who_may_lift(world: World, who: str) -> None:
    source = acmes(world)
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        start(source, ANN, actor=getattr(world, who))


@pytest.mark.parametrize("who", ["alice", "ada"])
def test_nobodys_member_imports_for_the_installation(world: World, who: str) -> None:
    source = source_of(None)
    with pytest.raises(NotPermitted):
        start(source, ANN, actor=getattr(world, who))


def test_a_file_read_by_a_command_is_given_up_when_the_command_is_gone(world: World) -> None:
    source = source_of(None)
    found = start(source, content=None)
    importing.run_waiting(now=NOW + timedelta(minutes=9))
    found.refresh_from_db()
    assert found.state == "running"
    importing.run_waiting(now=NOW + timedelta(minutes=11))
    found.refresh_from_db()
    assert (found.state, "Run it again" in found.problem) == ("failed", True)
    start(source, ANN, now=timezone.now())
