"""`manage.py import_dnc`: a registry's file from the command line, however big."""

import os
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from calls.dnc.models import DncImport, DncSource
from tests.dnc.registries import ANN, BEN, acmes, listed, source_of
from tests.world import World


@pytest.fixture
def file(tmp_path: Path) -> Path:
    """Two numbers and a heading, written last Monday."""
    path = tmp_path / "registry.csv"
    path.write_text(f"\ufeffnumber,since\n{ANN},2026\n{BEN},2026\n", encoding="utf-8")
    monday = datetime(2026, 11, 2, 9, 0, tzinfo=UTC).timestamp()
    os.utime(path, (monday, monday))
    return path


def test_the_files_date_is_the_copys(
    world: World, file: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    source = source_of(None)
    call_command("import_dnc", file, source="us-national")
    source.refresh_from_db()
    assert (listed(source), source.fetched_at) == ({ANN, BEN}, datetime(2026, 11, 2, 9, tzinfo=UTC))
    assert capsys.readouterr().out == ("us-national: 3 lines, 2 added, 0 lifted, 1 unreadable.\n")


def test_a_date_can_be_given(world: World, file: Path) -> None:
    source = source_of(None)
    call_command("import_dnc", file, source="us-national", fetched_at="2026-11-01T08:00:00+01:00")
    source.refresh_from_db()
    assert source.fetched_at == datetime(2026, 11, 1, 7, tzinfo=UTC)


def test_a_date_of_the_future_is_now(world: World, file: Path) -> None:
    ahead = (timezone.now() + timedelta(days=9)).timestamp()
    os.utime(file, (ahead, ahead))
    source = source_of(None)
    call_command("import_dnc", file, source="us-national")
    source.refresh_from_db()
    assert source.fetched_at is not None and source.fetched_at <= timezone.now()


def test_a_title_adds_a_registry(world: World, file: Path) -> None:
    call_command(
        "import_dnc", file, source="ca-dncl", title="Canada", max_age_days=20, tenant="acme"
    )
    added = DncSource.objects.get(name="ca-dncl")
    assert (added.tenant, added.title, added.max_age_days) == (world.acme, "Canada", 20)


def test_a_tenants_registry_is_found(world: World, file: Path) -> None:
    source = acmes(world)
    call_command("import_dnc", file, source="litigators", tenant="acme")
    assert listed(source) == {ANN, BEN}


@pytest.mark.parametrize(
    ("options", "said"),
    [
        ({"source": "nobodys"}, "no such registry"),
        ({"source": "us-national", "tenant": "nowhere"}, "no tenant nowhere"),
        ({"source": "us-national", "fetched_at": "yesterday"}, "--fetched-at"),
        ({"source": "us-national", "fetched_at": "2026-11-01T08:00:00"}, "--fetched-at"),
        ({"source": "US National", "title": "X"}, "small letters"),
    ],
)
def test_what_cannot_be_done_says_why(
    world: World, file: Path, options: dict[str, str], said: str
) -> None:
    source_of(None)
    with pytest.raises(CommandError, match=said):
        call_command("import_dnc", file, **options)
    assert not DncImport.objects.exists()


def test_a_file_that_is_not_there(world: World, tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="is no file"):
        call_command("import_dnc", tmp_path / "none", source="x")


def test_a_file_of_something_else_ends_in_an_error(world: World, file: Path) -> None:
    file.write_text("<html>\n")
    with pytest.raises(CommandError, match="nothing was lifted"):
        call_command("import_dnc", file, source="us-national", title="US")
    assert DncImport.objects.get().state == "failed"


def test_a_command_that_was_stopped_starts_over(world: World, file: Path) -> None:
    """What it had added is known already, and counted once."""
    source = source_of(None)
    call_command("import_dnc", file, source="us-national")
    call_command("import_dnc", file, source="us-national")
    first, second = DncImport.objects.order_by("id")
    assert (first.added, second.added, second.lifted) == (2, 0, 0)
    assert listed(source) == {ANN, BEN}
