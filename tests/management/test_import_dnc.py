"""`manage.py import_dnc`: a registry's file from the command line, however big."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from calls.dnc.models import DncImport, DncSource
from tests.dnc.registries import ANN, BEN, CLEO, acmes, listed, source_of
from tests.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two numbers and a heading."""
    path = tmp_path / "registry.csv"
    path.write_text(f"\ufeffnumber,since\n{ANN},2026\n{BEN},2026\n", encoding="utf-8")
    return path


def run(file: Path, **options: Any) -> None:
    call_command("import_dnc", file, **{"source": "us-national", "as_of": "2026-11-02"} | options)


def test_the_day_that_is_stated_is_the_copys(
    world: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = source_of(None)
    run(file)
    source.refresh_from_db()
    assert (listed(source), source.fetched_at) == ({ANN, BEN}, datetime(2026, 11, 2, tzinfo=UTC))
    assert capsys.readouterr().out == ("us-national: 3 lines, 2 added, 0 lifted, 1 unreadable.\n")


def test_a_tenants_day_begins_on_its_clock(world: World, file: Path) -> None:
    source = acmes(world)
    run(file, source="litigators", tenant="acme")
    source.refresh_from_db()
    assert source.fetched_at == datetime(2026, 11, 2, 5, tzinfo=UTC)


def test_no_day_no_import(world: World, file: Path) -> None:
    """A file that was copied today may be of last year, so its own date says nothing."""
    source_of(None)
    with pytest.raises(CommandError, match="--as-of"):
        call_command("import_dnc", file, "--source", "us-national")
    assert not DncImport.objects.exists()


def test_an_older_file_than_ours_is_refused(world: World, file: Path) -> None:
    source = source_of(None)
    run(file)
    file.write_text(f"{BEN}\n{CLEO}\n")
    with pytest.raises(CommandError, match="Our copy is of 2026-11-02 and newer"):
        run(file, as_of="2026-11-01")
    run(file)  # of the same day it is none
    assert listed(source) == {BEN, CLEO}


def test_a_title_adds_a_registry(world: World, file: Path) -> None:
    run(file, source="ca-dncl", title="Canada", max_age_days=20, tenant="acme")
    added = DncSource.objects.get(name="ca-dncl")
    assert (added.tenant, added.title, added.max_age_days) == (world.acme, "Canada", 20)


def test_a_tenants_registry_is_found(world: World, file: Path) -> None:
    source = acmes(world)
    run(file, source="litigators", tenant="acme")
    assert listed(source) == {ANN, BEN}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": "nobodys"}, "no such registry"),
        ({"tenant": "nowhere"}, "no tenant nowhere"),
        ({"as_of": "yesterday"}, "Write --as-of like"),
        ({"as_of": "2026-11-02T08:00:00"}, "Write --as-of like"),
        ({"as_of": "2999-01-01"}, "future"),
        ({"source": "US National", "title": "X"}, "small letters"),
    ],
)
def test_what_cannot_be_done_says_why(
    world: World, file: Path, options: dict[str, str], said: str
) -> None:
    source_of(None)
    with pytest.raises(CommandError, match=said):
        run(file, **options)
    assert not DncImport.objects.exists()


def test_a_file_that_is_not_there(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no file"):
        run(tmp_path / "none")


def test_a_file_of_something_else_ends_in_an_error(world: World, file: Path) -> None:
    file.write_text("<html>\n")
    with pytest.raises(CommandError, match="nothing was lifted"):
        run(file, title="US")
    assert DncImport.objects.get().state == "failed"


def test_a_command_that_was_stopped_starts_over(world: World, file: Path) -> None:
    """What it had added is known already, and counted once."""
    source = source_of(None)
    run(file)
    run(file)
    first, second = DncImport.objects.order_by("id")
    assert (first.added, second.added, second.lifted) == (2, 0, 0)
    assert listed(source) == {ANN, BEN}


def test_a_file_that_is_far_too_short_lifts_nobody_unless_it_is_said_to_be_right(
    world: World, file: Path
) -> None:
    source = source_of(None)
    run(file)
    file.write_text(f"{BEN}\n")
    with pytest.raises(CommandError, match=r"holds 1 number, our list 2.*--accept-shrink"):
        run(file)
    assert listed(source) == {ANN, BEN}
    run(file, accept_shrink=True)
    assert listed(source) == {BEN}


def test_an_empty_file_is_refused_whatever_is_said(world: World, file: Path) -> None:
    source = source_of(None)
    file.write_text("\n\n")
    with pytest.raises(CommandError, match="holds no number"):
        run(file, accept_shrink=True)
    source.refresh_from_db()
    assert source.fetched_at is None
