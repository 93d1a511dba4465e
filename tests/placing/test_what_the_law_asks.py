"""Consent, registries and stated facts are gathered for each call, as the law of its place asks."""

from datetime import timedelta
from typing import Any

import pytest

from calls.agents.models import Agent
from calls.consent.models import ConsentRecord
from calls.contacts import actions as contacts
from calls.dnc.models import DncEntry, DncSource
from calls.placing import actions as placing
from calls.policy.decide import Verdict
from tests.database.rows import change
from tests.world import CALLEE, NEW_YORKER, NOW, World, agree

DAY = timedelta(days=1)
ANOTHER = "+12127365001"  # a New Yorker who agreed to nothing
SOMEBODY = "+12127360001"


def verdict(world: World, gate: str, **fields: Any) -> Verdict:
    """What one gate says of a call to the New Yorker, or to whom it is told."""
    ask = world.ask(**{"to": NEW_YORKER} | fields)
    found = placing.preview_call(ask=ask, tenant=world.acme, actor=world.bob, now=NOW)
    return next(v for v in found.decision.verdicts if v.gate == gate)


def marketing(world: World) -> None:
    change(world.agent, purpose=Agent.MARKETING)


def registry(world: World, *, days_old: int, **fields: Any) -> DncSource:
    given: dict[str, Any] = {"tenant": None, "name": "us-national", "title": "the US registry"}
    fetched = NOW - days_old * DAY
    source = DncSource.objects.create(fetched_at=fetched, created_at=NOW, **given | fields)
    listed_by(source, SOMEBODY)
    return source


def listed_by(source: DncSource, number: str = NEW_YORKER) -> None:
    DncEntry.objects.create(
        registry=source, tenant=source.tenant, number=number, reason="Registered", added_at=NOW
    )


def test_an_artificial_voice_needs_consent(world: World) -> None:
    assert verdict(world, "consent").saw["evidence"] == "form 7"
    missing = verdict(world, "consent", to=ANOTHER)
    assert (missing.code, missing.saw["needed"]) == ("consent_missing", "express")


def test_to_sell_it_needs_consent_in_writing(world: World) -> None:
    marketing(world)
    assert verdict(world, "consent").code == "consent_missing"
    agree(world.acme, NEW_YORKER, kind="written", evidence="form 8")
    assert verdict(world, "consent").saw == {
        "needed": "written",
        "kind": "written",
        "evidence": "form 8",
    }


def test_consent_given_to_another_tenant_counts_for_nothing(world: World) -> None:
    agree(world.globex, ANOTHER)
    assert verdict(world, "consent", to=ANOTHER).code == "consent_missing"


def test_consent_that_ran_out_counts_no_more(world: World) -> None:
    ConsentRecord.objects.filter(number=NEW_YORKER).update(expires_at=NOW)
    assert verdict(world, "consent").code == "consent_missing"


def test_nobody_who_is_fiction_is_asked_for_consent(world: World) -> None:
    assert verdict(world, "consent", to=CALLEE).outcome == "pass"


def test_a_registry_is_no_business_of_calls_that_sell_nothing(world: World) -> None:
    listed_by(registry(world, days_old=90))
    assert verdict(world, "dnc").outcome == "pass"


def test_to_sell_the_registry_must_be_asked(world: World) -> None:
    marketing(world)
    assert verdict(world, "dnc").code == "dnc_stale"
    registry(world, days_old=0)
    assert verdict(world, "dnc").outcome == "pass"


def test_whoever_stands_on_the_registry_is_not_sold_to(world: World) -> None:
    marketing(world)
    listed_by(registry(world, days_old=0))
    assert verdict(world, "dnc").code == "dnc_listed"
    assert "the US registry" in verdict(world, "dnc").message


@pytest.mark.parametrize(("days", "code"), [(31, ""), (32, "dnc_stale")])
def test_a_copy_may_be_a_month_old(world: World, days: int, code: str) -> None:
    marketing(world)
    registry(world, days_old=days)
    assert verdict(world, "dnc").code == code


def test_a_registry_of_another_tenant_proves_nothing_here(world: World) -> None:
    marketing(world)
    registry(world, days_old=0, tenant=world.globex)
    assert verdict(world, "dnc").code == "dnc_stale"


def test_a_stated_place_brings_its_law_and_its_clock(world: World) -> None:
    contacts.state_contact(
        tenant=world.acme,
        number=NEW_YORKER,
        time_zone="America/Los_Angeles",
        jurisdiction="US-FL",
        source="CRM",
        actor=world.bob,
        now=NOW,
    )
    early = verdict(world, "hours")  # 7:00 in Los Angeles
    assert (early.code, early.saw["zones"]) == ("outside_hours", "America/Los_Angeles")
    assert "3 calls" in verdict(world, "frequency").saw["caps"]


def test_what_another_tenant_states_counts_for_nothing(world: World) -> None:
    contacts.state_contact(
        tenant=world.globex,
        number=NEW_YORKER,
        time_zone="America/Los_Angeles",
        jurisdiction="",
        source="CRM",
        actor=world.charlie,
        now=NOW,
    )
    assert verdict(world, "hours").outcome == "pass"
