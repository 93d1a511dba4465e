"""Approved words meet the duties of each call's own law: a country may be switched on after the approval."""

import pytest

from calls.agents import actions as agents
from calls.placing import actions as placing
from calls.policy.decide import Verdict
from calls.tenants import actions as tenants
from tests.world import NEW_YORKER, NOW, SEED, World

BERLINER = "+493012345678"
MACHINE = "Hi, this is the virtual assistant of Acme."


@pytest.fixture
def abroad(world: World) -> World:
    """After its first words were approved, Acme takes to calling Germany."""
    groups = [*world.acme.country_groups, "DE"]
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, country_groups=groups)
    return world


def greeting_gate(world: World, to: str, **fields: str) -> Verdict:
    ask = world.ask(to=to, **fields)
    found = placing.preview_call(ask=ask, tenant=world.acme, actor=world.bob, now=NOW)
    return next(v for v in found.decision.verdicts if v.gate == "greeting")


def test_words_that_hide_the_machine_are_not_said_where_the_law_wants_it_named(
    abroad: World,
) -> None:
    found = greeting_gate(abroad, BERLINER)
    assert (found.outcome, found.code) == ("block", "greeting_not_approved")
    assert "law asks where this person may be. Say that a machine speaks" in found.message


def test_they_are_still_said_where_it_does_not(abroad: World) -> None:
    assert greeting_gate(abroad, NEW_YORKER).outcome == "pass"


def test_words_that_name_it_are_said_there(abroad: World) -> None:
    said = abroad.approve(abroad.draft(MACHINE))
    assert greeting_gate(abroad, BERLINER, greeting_id=said.public_id).outcome == "pass"


def test_what_nobody_can_check_in_a_language_is_left_to_who_approved_it(abroad: World) -> None:
    finn = agents.add_version(agent=abroad.agent, actor=SEED, now=NOW, config={"language": "fi-FI"})
    agents.publish_version(version=finn, actor=SEED, now=NOW)
    said = abroad.approve(abroad.draft("Acme, moi.", language="fi-FI"))
    assert greeting_gate(abroad, BERLINER, greeting_id=said.public_id).outcome == "pass"
