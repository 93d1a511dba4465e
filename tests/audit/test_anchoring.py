"""Once an hour the heads are written down outside the database, and nothing is lost without being told."""

import json
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from calls.audit import actions as audit
from calls.audit import anchoring, queries
from calls.audit.models import AuditEntry
from calls.records.models import Receipt
from tests.audit.sealed import cut, flaws
from tests.world import World

AT = datetime(2026, 11, 3, 15, 20, tzinfo=UTC)


def lines(folder: Path, chain: str = "receipts") -> list[dict[str, Any]]:
    """What the file says."""
    return [json.loads(line) for line in (folder / f"{chain}.jsonl").read_text().splitlines()]


def grow(world: World, number: int) -> None:
    """One more sealed receipt."""
    world.place(to=f"+155555571{number:02}")
    audit.seal_waiting()


def heads(folder: Path) -> list[int]:
    """The numbers anchored, in order."""
    return [line["number"] for line in lines(folder)]


@pytest.fixture
def grown(world: World, anchor_dir: Path) -> Path:
    """One receipt, anchored at AT."""
    grow(world, 0)
    anchoring.anchor_heads(now=AT)
    return anchor_dir


def test_a_line_says_which_head_it_saw(world: World, grown: Path) -> None:
    (line,) = lines(grown)
    assert (line["chain"], line["tenant"]) == ("receipts", world.acme.pk.hex)
    assert (line["number"], line["seal"]) == queries.head(Receipt, world.acme.pk)
    assert line["at"] == "2026-11-03T15:20:00+00:00"
    assert set(line) > {"previous", "signature"}


def test_every_chain_is_anchored(world: World, grown: Path) -> None:
    tenants = {line["tenant"] for line in lines(grown, "audit")}
    assert tenants == {world.acme.pk.hex, world.globex.pk.hex, ""}


@pytest.mark.parametrize(("minutes", "anchored"), [(1, 1), (39, 1), (40, 2), (400, 2)])
def test_once_an_hour(world: World, grown: Path, minutes: int, anchored: int) -> None:
    grow(world, 1)
    anchoring.anchor_heads(now=AT + timedelta(minutes=minutes))
    assert heads(grown) == [1, 2][:anchored]


def test_a_head_that_stood_still_is_not_repeated(world: World, grown: Path) -> None:
    assert anchoring.anchor_heads(now=AT + timedelta(hours=5)) == 0
    grow(world, 1)
    anchoring.anchor_heads(now=AT + timedelta(hours=6))
    assert heads(grown) == [1, 2]


def test_a_file_of_many_hours_is_one_line_of_evidence(world: World, grown: Path) -> None:
    for hour in range(1, 15):
        grow(world, hour)
        anchoring.anchor_heads(now=AT + timedelta(hours=hour))
    assert heads(grown) == list(range(1, 16))
    marks, wrong = anchoring.read_anchors(Receipt)
    assert ([mark.number for mark in marks[world.acme.pk]], wrong) == (heads(grown), [])


def test_a_line_lost_half_written_does_not_swallow_the_next(world: World, grown: Path) -> None:
    with (grown / "receipts.jsonl").open("a") as file:
        file.write('{"chain":"rec')
    grow(world, 1)
    anchoring.anchor_heads(now=AT + timedelta(hours=1))
    marks, wrong = anchoring.read_anchors(Receipt)
    assert [mark.number for mark in marks[world.acme.pk]] == [1, 2]
    assert [flaw.row for flaw in wrong] == ["line 2"]


def test_a_folder_that_cannot_be_written_is_said_and_survived(
    world: World, tmp_path: Path, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    (tmp_path / "file").write_text("in the way")
    settings.ANCHOR_DIR = tmp_path / "file" / "anchors"
    grow(world, 0)
    assert anchoring.anchor_heads(now=AT) == 0
    assert [record.levelname for record in caplog.records if "anchored" in record.message] == [
        "ERROR",
        "ERROR",
    ]
    with pytest.raises(CommandError, match="cannot be written"):
        call_command("export_anchors")


def test_export_seals_and_anchors_at_once(world: World, grown: Path) -> None:
    world.place(to="+15555557177")
    out = StringIO()
    call_command("export_anchors", stdout=out)
    assert heads(grown) == [1, 2]
    assert out.getvalue() == f"2 anchors written to {grown}.\n"


def test_an_anchor_of_a_head_that_was_cut_stays(world: World, grown: Path) -> None:
    """Anchoring the shorter chain as well does not make good what is gone."""
    grow(world, 1)
    anchoring.anchor_heads(now=AT + timedelta(hours=1))
    cut(Receipt, after=1)
    anchoring.anchor_heads(now=AT + timedelta(hours=2))
    assert heads(grown) == [1, 2, 1]
    assert "numbers 2 to 2 are gone" in flaws(Receipt)


def test_a_new_secret_key_with_the_old_one_as_fallback(
    world: World, grown: Path, settings: Any
) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "new" * 20
    grow(world, 1)
    anchoring.anchor_heads(now=AT + timedelta(hours=1))
    assert anchoring.read_anchors(Receipt)[1] == []


def test_a_key_that_is_gone_is_told(world: World, grown: Path, settings: Any) -> None:
    settings.SECRET_KEY = "new" * 20
    assert "Anchors, line 1: its signature is wrong" in flaws(Receipt)


@pytest.mark.parametrize("table", [Receipt, AuditEntry])
def test_no_file_yet_is_nothing_wrong(world: World, anchor_dir: Path, table: Any) -> None:
    assert anchoring.read_anchors(table) == ({}, [])
