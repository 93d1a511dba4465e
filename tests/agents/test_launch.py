"""Who may complete a launch gate, and which are missing: the judgement itself."""

from dataclasses import replace
from typing import Any
from uuid import uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.agents import launch

ADA, ALICE, OLGA = uuid4(), uuid4(), uuid4()
# Ada made the version, Olga filed the evidence, Alice looks at it.
PLAIN = launch.CompletionFacts(
    is_filed=True,
    is_complete=False,
    filed_by_id=OLGA,
    made_by_id=ADA,
    completer_id=ALICE,
    may_complete=True,
)


def test_a_second_person_completes_it() -> None:
    assert launch.objection(PLAIN) == ""


@pytest.mark.parametrize(
    ("facts", "words"),
    [
        ({"may_complete": False}, "Only a business owner"),
        ({"completer_id": None}, "Only a business owner"),
        ({"is_filed": False}, "No evidence is filed yet."),
        ({"is_complete": True}, "complete already"),
        ({"completer_id": OLGA}, "You filed this evidence"),
        ({"completer_id": ADA}, "You made this version"),
    ],
)
def test_why_not(facts: dict[str, Any], words: str) -> None:
    assert words in launch.objection(replace(PLAIN, **facts))


@pytest.mark.parametrize("unknown", ["filed_by_id", "made_by_id"])
def test_what_a_program_did_may_be_accepted_by_any_owner(unknown: str) -> None:
    assert launch.objection(replace(PLAIN, **{unknown: None})) == ""


def test_nobody_without_a_name_completes_what_nobody_filed() -> None:
    assert launch.objection(replace(PLAIN, filed_by_id=None, completer_id=None))


@given(filed=st.sampled_from([ADA, ALICE, OLGA]), made=st.sampled_from([ADA, ALICE, OLGA]))
def test_nobody_ever_completes_their_own(filed: Any, made: Any) -> None:
    facts = replace(PLAIN, filed_by_id=filed, made_by_id=made)
    assert (launch.objection(facts) == "") == (ALICE not in (filed, made))


@given(complete=st.sets(st.sampled_from(launch.NAMES)))
def test_what_is_missing_is_what_is_not_complete(complete: set[str]) -> None:
    missing = launch.missing(complete)
    assert set(missing) | complete == set(launch.NAMES)
    assert not set(missing) & complete
    assert sorted(missing, key=launch.NAMES.index) == list(missing)


def test_an_unknown_name_completes_nothing() -> None:
    assert launch.missing(["marketing"]) == launch.NAMES
