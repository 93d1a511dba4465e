"""The signed export of a number: everything on the page, audited, provable without a network."""

import io
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from calls.audit.models import AuditEntry
from calls.dnc import actions as dnc
from calls.lib import exports
from calls.lib.errors import NotFound, NotPermitted
from calls.records import actions as records
from tests.console.looked_up import URL, answer
from tests.console.signed_in import at, sign_in
from tests.world import APPOINTMENT, CALLEE, NOW, World


def taken(world: World, who: str = "bob") -> Any:
    """The download, as this person gets it."""
    client = sign_in(world, who)
    with at(NOW):
        return client.post(answer(client, CALLEE).context["links"]["export"])


def record_of(world: World, who: str = "bob") -> dict[str, Any]:
    found: dict[str, Any] = json.loads(taken(world, who).content)["record"]
    return found


def check(file: Path) -> str:
    said = io.StringIO()
    call_command("verify_export", str(file), stdout=said)
    return said.getvalue()


@pytest.fixture
def file(world: World, tmp_path: Path) -> Path:
    """An export on disk."""
    world.place()
    path = tmp_path / "number.json"
    path.write_bytes(taken(world).content)
    return path


def test_the_file_is_named_by_day_and_digest(world: World) -> None:
    download = taken(world)
    digest = json.loads(download.content)["sha256"]
    named = f'attachment; filename="number-2026-11-03-{digest[:8]}.json"'
    assert download["Content-Disposition"] == named
    assert download["Cache-Control"] == "private, no-store"


def test_it_holds_what_the_page_shows(world: World) -> None:
    call = world.place().call
    found = record_of(world)
    assert found["number"]["e164"] == CALLEE and found["tenant"]["slug"] == "acme"
    assert (found["written_by"], found["calls_on_record"]) == ("Bob", 1)
    (shown,) = found["calls"]
    assert (shown["call_sid"], shown["greeting"]) == (call.sid, APPOINTMENT)
    assert shown["approved_by"] == "Alice"


def test_each_receipt_with_its_verdicts_and_seal(world: World) -> None:
    receipt = world.place().call.receipts.get()
    (shown,) = record_of(world)["calls"][0]["receipts"]
    assert shown["id"] == receipt.public_id and shown["verdicts"] == receipt.verdicts
    assert {"seal_number", "seal", "sha256", "rules_version"} <= set(shown)


def test_the_answer_says_what_would_change_each_refusal(world: World) -> None:
    dnc.add_number(
        tenant=world.acme, number=CALLEE, reason="Wrote", source="x", actor=world.bob, now=NOW
    )
    found = record_of(world)
    refused = [v for v in found["answer"]["verdicts"] if v["outcome"] != "pass"]
    assert [(v["gate"], bool(v["change"])) for v in refused] == [("dnc", True)]
    assert found["do_not_call"][0]["reason"] == "Wrote"


def test_taking_it_away_is_audited_with_its_digest(world: World) -> None:
    digest = json.loads(taken(world, "aurel").content)["sha256"]
    entry = AuditEntry.objects.get(verb="number.exported")
    assert (entry.actor_name, entry.tenant_id) == ("Aurel", world.acme.pk)
    assert entry.after == {"number": CALLEE, "sha256": digest}


def test_without_a_number_nothing_is_taken(world: World) -> None:
    answered = sign_in(world).post(f"{URL}/export", follow=True)
    assert "Nothing was exported." in answered.content.decode()
    assert not AuditEntry.objects.filter(verb="number.exported").exists()


@pytest.mark.parametrize("who", ["charlie", "nobody"])
def test_the_verb_asks_for_the_right_itself(world: World, who: str) -> None:
    nobody = replace(world.bob, may=frozenset())
    actor = world.charlie if who == "charlie" else nobody
    with pytest.raises(NotFound if who == "charlie" else NotPermitted):
        records.note_export(tenant=world.acme, number=CALLEE, sha256="", actor=actor, now=NOW)


def test_an_unchanged_file_is_genuine(file: Path) -> None:
    digest = json.loads(file.read_bytes())["sha256"]
    assert "Genuine: written by this installation on 2026-11-03T15:00:00Z" in check(file)
    assert digest in check(file)


def test_another_spelling_of_the_same_record_is_genuine_too(file: Path) -> None:
    file.write_text(json.dumps(json.loads(file.read_bytes()), sort_keys=True))
    assert "Genuine" in check(file)


@pytest.mark.parametrize("field", ["state", "greeting", "approved_by", "requester_name"])
def test_one_changed_field_is_found(file: Path, field: str) -> None:
    whole = json.loads(file.read_bytes())
    whole["record"]["calls"][0][field] = "another"
    file.write_text(json.dumps(whole))
    with pytest.raises(CommandError, match="changed after it was written"):
        check(file)


def test_a_missing_call_is_found(file: Path) -> None:
    whole = json.loads(file.read_bytes())
    whole["record"]["calls"] = []
    file.write_text(json.dumps(whole))
    with pytest.raises(CommandError, match="changed after it was written"):
        check(file)


def test_a_new_digest_does_not_help_without_the_key(file: Path) -> None:
    whole = json.loads(file.read_bytes())
    whole["record"]["calls"] = []
    whole["sha256"] = exports.digest_of(whole["record"])
    file.write_text(json.dumps(whole))
    with pytest.raises(CommandError, match="did not sign"):
        check(file)


def test_another_installation_did_not_write_it(file: Path, settings: Any) -> None:
    settings.SECRET_KEY = "another installation's key, as long as keys are here and longer"
    with pytest.raises(CommandError, match="did not sign"):
        check(file)


def test_after_the_key_was_rotated_it_is_still_known(file: Path, settings: Any) -> None:
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "the new key of this installation, as long as keys are here and longer"
    assert "Genuine" in check(file)


def test_a_name_given_twice_is_found(file: Path) -> None:
    text = file.read_text().replace('"record": {', '"record": {"answer": "may be called",', 1)
    file.write_text(text)
    with pytest.raises(CommandError, match="stands in it twice"):
        check(file)


@pytest.mark.parametrize("text", ["", "[]", "{}", "null", '{"record": 1}', "[" * 100_000, "\xff"])
def test_anything_else_is_no_export(tmp_path: Path, text: str) -> None:
    file = tmp_path / "x.json"
    file.write_bytes(text.encode("latin-1"))
    with pytest.raises(CommandError, match="no export"):
        check(file)


def test_a_file_that_is_not_there(tmp_path: Path) -> None:
    with pytest.raises(CommandError, match="cannot be read"):
        check(tmp_path / "nowhere.json")
