"""The two commands: one line per tenant, one per flaw, and an exit code."""

from datetime import timedelta
from pathlib import Path

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.utils import timezone

from calls.audit import anchoring
from calls.audit.models import AuditEntry
from calls.records.models import Receipt
from tests.audit.sealed import anchor_dir as anchor_dir
from tests.audit.sealed import at, change, check, cut, flaws
from tests.audit.sealed import chained as chained
from tests.world import World


def clock() -> str:
    return f"{timezone.now():%H:}"


def test_one_line_per_tenant(chained: World) -> None:
    lines, intact = check(Receipt)
    assert intact
    assert lines[1] == "Globex: 0 receipts, sealed to number 0, never anchored: intact"
    assert len(lines) == 2
    assert lines[0].startswith(f"Acme: 6 receipts, sealed to number 6, last anchored {clock()}")


def test_the_audit_log_has_the_installations_own_chain(world: World, anchor_dir: Path) -> None:
    call_command("export_anchors")
    lines, intact = check(AuditEntry)
    assert intact
    names = [line.partition(":")[0] for line in lines]
    assert names == ["Acme", "Globex", "The installation"]


def test_one_tenant_alone(chained: World) -> None:
    lines, _ = check(Receipt, tenant="acme")
    assert [line.partition(":")[0] for line in lines] == ["Acme"]


def test_a_flaw_of_one_tenant_is_none_of_anothers(chained: World) -> None:
    change(at(Receipt, 3), allowed=False)
    assert check(Receipt, tenant="globex")[1]
    assert not check(Receipt, tenant="acme")[1]


def test_an_unknown_tenant_is_said(chained: World) -> None:
    with pytest.raises(CommandError, match="No tenant has the slug 'acmee'; leave --tenant out"):
        call_command("verify_receipts", tenant="acmee")


def test_a_flaw_has_its_line(chained: World) -> None:
    row = at(Receipt, 3)
    change(row, allowed=False)
    lines, intact = check(Receipt)
    assert not intact
    assert lines[0].endswith(": 1 wrong")
    says = "it was edited: field allowed is not what was hashed."
    assert lines[1] == f"  {row.public_id}, number 3: {says}"


def test_the_last_word_counts_and_points_on(chained: World) -> None:
    change(at(Receipt, 3), allowed=False)
    change(at(Receipt, 5), allowed=False)
    with pytest.raises(CommandError, match=r"^2 found wrong; docs/proof.md says"):
        call_command("verify_receipts")


def test_what_waits_is_counted(chained: World) -> None:
    chained.place(to="+15555557200")
    lines, intact = check(Receipt)
    assert intact
    assert "7 receipts, sealed to number 6, 1 waiting for a seal, last" in lines[0]


def test_what_waits_too_long_is_wrong(chained: World) -> None:
    row = chained.place(to="+15555557200").call.receipts.get()
    with time_machine.travel(timezone.now() + timedelta(seconds=62)):
        assert (
            flaws(Receipt)
            == f"  {row.public_id}: it has waited for its seal for more than a minute."
        )


def test_an_anchor_of_another_day_has_its_date(chained: World) -> None:
    at_last = timezone.now()
    with time_machine.travel(at_last + timedelta(days=1)):
        lines, intact = check(Receipt)
    assert intact
    assert f" UTC on {at_last:%Y-%m-%d}: intact" in lines[0]


def test_anchors_cut_off_their_file_are_missed(chained: World, anchor_dir: Path) -> None:
    (anchor_dir / "receipts.jsonl").unlink()
    row = at(Receipt, 1)
    assert check(Receipt)[1]
    with time_machine.travel(timezone.now() + timedelta(hours=2, minutes=1)):
        assert flaws(Receipt).startswith(f"  {row.public_id}, number 1: no anchor since")


def test_an_edited_anchor_line_is_named(chained: World, anchor_dir: Path) -> None:
    path = anchor_dir / "receipts.jsonl"
    path.write_text(path.read_text().replace('"number":6', '"number":5'))
    assert "  Anchors, line 1: its signature is wrong" in flaws(Receipt)


def test_a_deleted_anchor_line_is_named(chained: World, anchor_dir: Path) -> None:
    chained.place(to="+15555557200")
    call_command("export_anchors")
    path = anchor_dir / "receipts.jsonl"
    path.write_text(path.read_text().splitlines(keepends=True)[1])
    assert flaws(Receipt).startswith("  Anchors, line 1: it does not follow the line before it")


def test_rows_of_nobody_are_a_chain_too(chained: World) -> None:
    nobody = "0" * 31 + "7"
    change(at(AuditEntry, 6), tenant_id=nobody)
    lines, _ = check(AuditEntry)
    assert any(line.startswith(f"Unknown tenant {nobody}: 1 audit entries") for line in lines)


def test_a_tenant_known_only_from_its_anchors(chained: World) -> None:
    """Its rows are all gone, and so is the tenant, as somebody might wish."""
    cut(Receipt, after=0)
    marks, _ = anchoring.read_anchors(Receipt)
    assert set(marks) == {chained.acme.pk}
    assert "numbers 1 to 6 are gone" in flaws(Receipt)
