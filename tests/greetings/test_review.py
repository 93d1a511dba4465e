"""Who may decide on whose words."""

from dataclasses import replace
from uuid import UUID

import pytest

from calls.greetings.review import DECISIONS, ReviewFacts, objection, renewal_objection

BOB, ALICE = UUID(int=1), UUID(int=2)
FINE = ReviewFacts(
    is_open=True,
    is_latest=True,
    author_ids=frozenset({BOB}),
    decider_id=ALICE,
    may_decide=True,
    decision="approved",
    comment="",
)

OBJECTIONS = [
    (FINE, ""),
    (replace(FINE, author_ids=frozenset()), ""),  # a program wrote it
    (replace(FINE, may_decide=False), "Only a business owner"),
    (replace(FINE, decider_id=None), "Only a business owner"),
    (replace(FINE, decider_id=None, author_ids=frozenset()), "Only a business owner"),
    (replace(FINE, is_open=False), "already decided"),
    (replace(FINE, is_latest=False), "edited since"),
    (replace(FINE, decider_id=BOB), "You wrote these words"),
    (replace(FINE, author_ids=frozenset({BOB, ALICE})), "You wrote these words"),
    (replace(FINE, decider_id=BOB, decision="rejected", comment="No"), "You wrote these words"),
    (replace(FINE, decision="rejected"), "Say what should change"),
    (replace(FINE, decision="rejected", comment="  "), "Say what should change"),
    (replace(FINE, decision="rejected", comment="Too long"), ""),
    (replace(FINE, decision="changes_requested", comment=""), "Say what should change"),
    (replace(FINE, decision="changes_requested", comment="Too long"), ""),
    (replace(FINE, decision="", comment="Hm"), "Approve, reject, or ask"),
    (replace(FINE, decision="banana", comment="Hm"), "Approve, reject, or ask"),
    (replace(FINE, decision="APPROVED", comment="Hm"), "Approve, reject, or ask"),
]


@pytest.mark.parametrize(("facts", "why"), OBJECTIONS)
def test_objections(facts: ReviewFacts, why: str) -> None:
    found = objection(facts)
    assert found.startswith(why) or why in found
    assert bool(found) is bool(why)


@pytest.mark.parametrize("decision", DECISIONS)
def test_nobody_decides_on_their_own_words_whatever_else_is_so(decision: str) -> None:
    for is_open in (True, False):
        for comment in ("", "Fine"):
            own = replace(FINE, decider_id=BOB, is_open=is_open, comment=comment, decision=decision)
            assert objection(own)


@pytest.mark.parametrize(
    ("waits", "approved", "ends", "why"),
    [
        (False, True, True, ""),
        (True, True, True, "waits for an owner already"),
        (False, False, False, "never approved"),
        (False, True, False, "without an end"),
    ],
)
def test_asking_anew(waits: bool, approved: bool, ends: bool, why: str) -> None:
    said = renewal_objection(waits_already=waits, was_approved=approved, ends=ends)
    assert why in said
    assert bool(said) is bool(why)
