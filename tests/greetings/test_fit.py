"""Words that the linter stops cannot be approved, by anybody (RELIABILITY R5.9)."""

from datetime import UTC, datetime
from typing import Any

import pytest

from calls.agents import actions as agents
from calls.greetings import actions as greetings
from calls.greetings import queries
from calls.greetings.actions import UnfitWords
from calls.greetings.models import Greeting, Review
from calls.tenants import actions as tenants
from tests.database.rows import change
from tests.world import NOW, SEED, World

NAMELESS = "Hi, your parcel is on its way."


def decide(world: World, greeting: Greeting, decision: str = Review.APPROVED) -> Review:
    return greetings.decide_review(
        asked=greeting.reviews.get(),
        actor=world.alice,
        decider=world.user("alice"),
        now=NOW,
        decision=decision,
        comment="Say who is calling.",
    )


def sells(world: World, text: str) -> Greeting:
    """Words of an agent that markets."""
    agent = agents.create_agent(
        tenant=world.acme,
        actor=SEED,
        now=NOW,
        agent_key="sales",
        name="Sales",
        purpose="marketing",
    )
    return world.draft(text, agent_id=agent.pk)


def test_a_greeting_without_the_business_name_is_not_approvable(world: World) -> None:
    draft = world.draft(NAMELESS)
    with pytest.raises(UnfitWords, match="Say who is calling: the words must name “Acme”") as no:
        decide(world, draft)
    assert (no.value.code, no.value.status) == ("greeting_unfit", 409)
    assert no.value.details == {"findings": ["business_not_named"]}
    assert draft.reviews.get().decision == Review.OPEN


@pytest.mark.parametrize("decision", [Review.REJECTED, Review.CHANGES_REQUESTED])
def test_they_can_still_be_sent_back(world: World, decision: str) -> None:
    assert decide(world, world.draft(NAMELESS), decision).decision == decision


def test_advice_does_not_stop(world: World) -> None:
    draft = world.draft("Acme here. See www.acme.example for more.")
    assert [found.code for found in findings(draft)] == ["link"]
    assert decide(world, draft).decision == Review.APPROVED


def findings(draft: Greeting, **_: Any) -> list[Any]:
    return queries.findings_of(draft.revisions.get(), now=NOW)


def test_the_name_said_aloud_counts_instead_of_the_name_on_paper(world: World) -> None:
    change(world.acme, spoken_name="Acme Parcels")
    world.acme.refresh_from_db()
    assert [f.code for f in findings(world.draft("Acme here."))] == ["business_not_named"]
    assert findings(world.draft("Acme Parcels here.", name="B")) == []


def test_the_name_of_the_business_unit_counts_too(world: World) -> None:
    draft = world.draft("The Rhein unit here.")
    org = tenants.add_org(tenant=world.acme, actor=SEED, now=NOW, key="r", name="Rhein")
    assert [f.code for f in findings(draft)] == ["business_not_named"]
    change(draft, org=org)
    assert findings(Greeting.objects.get(pk=draft.pk)) == []


def test_marketing_needs_a_way_out(world: World) -> None:
    draft = sells(world, "Acme has an offer for you.")
    with pytest.raises(UnfitWords, match="no more calls"):
        decide(world, draft)


def test_marketing_with_a_way_out_is_fine(world: World) -> None:
    draft = sells(world, "Acme has an offer for you. Say stop to end our calls.")
    assert decide(world, draft).decision == Review.APPROVED


@pytest.mark.parametrize(
    ("countries", "asked"),
    [(["US"], False), (["DE"], True), (["US", "FR"], True), (["GB"], False), ([], False)],
)
def test_where_the_law_asks_for_it_a_machine_says_so(
    world: World, countries: list[str], asked: bool
) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, country_groups=countries)
    world.acme.refresh_from_db()
    codes = [finding.code for finding in findings(world.draft("Acme here."))]
    assert codes == (["ai_not_disclosed"] if asked else [])
    assert findings(world.draft("The virtual assistant of Acme here.", name="B")) == []


def test_before_the_law_is_in_force_nothing_is_asked(world: World) -> None:
    change(world.acme, country_groups=["DE"])
    world.acme.refresh_from_db()
    revision = world.draft("Acme here.").revisions.get()
    assert queries.findings_of(revision, now=datetime(2026, 8, 1, tzinfo=UTC)) == []


def test_every_stop_is_said_at_once(world: World) -> None:
    with pytest.raises(UnfitWords) as no:
        decide(world, sells(world, "Buy, раypal style."))
    assert no.value.details["findings"] == ["business_not_named", "no_opt_out", "mixed_scripts"]


def test_words_approved_before_stay_approved_when_the_name_changes(world: World) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, name="Zeta")
    assert world.place().call.state == "queued"


def test_who_may_not_decide_is_told_that_first(world: World) -> None:
    with pytest.raises(greetings.CannotDecide, match="Only a business owner"):
        greetings.decide_review(
            asked=world.draft(NAMELESS).reviews.get(),
            actor=world.bob,
            decider=world.user("bob"),
            now=NOW,
            decision=Review.APPROVED,
        )
