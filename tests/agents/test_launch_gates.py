"""Launch gates: evidence with somebody who answers for it, accepted by a second person, or taken back."""

from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from calls.agents import actions
from calls.agents.actions import CannotComplete, GateNotComplete
from calls.agents.launch import NAMES
from calls.agents.models import LaunchGate
from calls.agents.queries import missing_gates
from calls.lib.errors import BadField, NotFound, NotPermitted
from calls.tenants import actions as tenants
from tests.agents.steps import add, complete, file, launch, staged
from tests.audit.entries import told
from tests.world import NOW, SEED, World

EVIDENCE = "Pen test of 2 November: no findings."


def reopen(world: World, by: str = "olga", **fields: Any) -> LaunchGate:
    given = {"version": world.version, "name": "security", "reason": "It was another build."}
    return actions.reopen_gate(actor=getattr(world, by), now=NOW, **given | fields)


def test_evidence_names_who_answers_for_it(world: World) -> None:
    gate = file(world, world.version)
    gate.refresh_from_db()
    assert (gate.evidence, gate.owner_name, gate.filed_by_name) == (EVIDENCE, "Bob", "Ada")
    assert (gate.filed_at, gate.is_complete) == (NOW, False)
    after = {"gate": "security", "evidence": EVIDENCE, "owner": "Bob"}
    assert told(world.version, "launch_gate.filed")[2] == after


def test_an_owner_accepts_it(world: World) -> None:
    file(world, world.version)
    gate = complete(world, world.version)
    gate.refresh_from_db()
    assert (gate.completed_by_name, gate.completed_at) == ("Alice", NOW)
    assert told(world.version, "launch_gate.completed") == ("Alice", {}, {"gate": "security"})


def test_who_filed_it_does_not(world: World) -> None:
    file(world, world.version, by="alice")
    with pytest.raises(CannotComplete, match="You filed this evidence"):
        complete(world, world.version, by="alice")
    assert complete(world, world.version, by="olga").is_complete


def test_who_made_the_version_does_not(world: World) -> None:
    version = add(world)
    version.created_by = world.user("alice")
    version.save(update_fields=["created_by"])
    file(world, version)
    with pytest.raises(CannotComplete, match="You made this version"):
        complete(world, version, by="alice")


@pytest.mark.parametrize("who", ["bob", "ada", "aurel"])
def test_nobody_but_an_owner_completes(world: World, who: str) -> None:
    file(world, world.version, by="alice")
    with pytest.raises(CannotComplete, match="Only a business owner"):
        complete(world, world.version, by=who)


def test_nothing_is_accepted_without_evidence(world: World) -> None:
    with pytest.raises(CannotComplete, match="No evidence is filed yet"):
        complete(world, world.version)
    assert not LaunchGate.objects.exists()


def test_what_is_complete_is_not_completed_again(world: World) -> None:
    launch(world, world.version, "security")
    with pytest.raises(CannotComplete, match="complete already"):
        complete(world, world.version, by="olga")


def test_new_evidence_is_accepted_anew(world: World) -> None:
    launch(world, world.version, "security")
    gate = file(world, world.version, evidence="Pen test of 3 November.")
    gate.refresh_from_db()
    assert (gate.is_complete, gate.completed_by, gate.completed_by_name) == (False, None, "")
    assert LaunchGate.objects.count() == 1


@pytest.mark.parametrize("who", ["bob", "aurel"])
def test_who_files(world: World, who: str) -> None:
    with pytest.raises(NotPermitted):
        file(world, world.version, by=who)


@pytest.mark.parametrize("evidence", ["", "  ", "x" * 4001])
def test_evidence_has_words(world: World, evidence: str) -> None:
    with pytest.raises(BadField) as refused:
        file(world, world.version, evidence=evidence)
    assert refused.value.field == "evidence"


@pytest.mark.parametrize("who", ["charlie", "bob"])
def test_who_answers_works_here(world: World, who: str) -> None:
    tenants.end_membership(member=world.members["bob"], actor=SEED, now=NOW)
    with pytest.raises(BadField) as refused:
        file(world, world.version, owner=world.user(who))
    assert refused.value.field == "owner"


def test_there_are_four(world: World) -> None:
    with pytest.raises(NotFound):
        file(world, world.version, "marketing")


def test_a_completion_is_taken_back_with_a_reason(world: World) -> None:
    launch(world, world.version, "security")
    gate = reopen(world)
    gate.refresh_from_db()
    assert (gate.is_complete, gate.evidence) == (False, EVIDENCE)
    after = {"gate": "security", "reason": "It was another build."}
    before = {"completed_by": "Alice"}
    assert told(world.version, "launch_gate.reopened") == ("Olga", before, after)


def test_without_a_reason_it_is_not(world: World) -> None:
    launch(world, world.version, "security")
    with pytest.raises(BadField):
        reopen(world, reason=" ")
    assert "security" not in missing_gates(world.version)


def test_what_is_not_complete_cannot_be_taken_back(world: World) -> None:
    file(world, world.version)
    with pytest.raises(GateNotComplete):
        reopen(world)


@pytest.mark.parametrize("who", ["bob", "aurel"])
def test_who_takes_back(world: World, who: str) -> None:
    launch(world, world.version, "security")
    with pytest.raises(NotPermitted):
        reopen(world, by=who)


@pytest.mark.parametrize("verb", [file, complete])
def test_nobody_reaches_into_another_tenant(world: World, verb: Any) -> None:
    file(world, world.version)
    with pytest.raises(NotFound):
        verb(world, world.version, by="charlie")


def test_what_is_missing_is_one_question(world: World) -> None:
    version = launch(world, staged(world), "operations")
    file(world, version, "rollout")
    with CaptureQueriesContext(connection) as asked:
        assert missing_gates(version) == ("security", "behaviour", "rollout")
    assert len(asked) == 1


def test_a_version_has_its_own(world: World) -> None:
    launch(world, world.version)
    assert (missing_gates(world.version), missing_gates(staged(world))) == ((), NAMES)


def test_without_a_version_all_are_missing(world: World) -> None:
    assert missing_gates(None) == NAMES
