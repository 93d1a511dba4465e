"""F31: where a number may be. Table 5.4 of the paper, number by number, and what a tenant states about one."""

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

import pytest

from calls.contacts.models import Contact
from calls.lib import phone
from calls.placing.actions import CallRefused, preview_call
from calls.policy.decide import Verdict
from calls.policy.facts import ContactFacts, Facts
from calls.policy.gates import Pass, Refuse
from calls.policy.rulebook import law_for
from tests.policy.plain import ask, code, facts
from tests.world import NOW, World, agree

LIVE_COUNTRIES = frozenset({"US", "GB", "AU", "RU", "CA", "JM"})


def calling(text: str, at: str, *, contact: ContactFacts | None = None, **changes: Any) -> Facts:
    """A call to a number at an instant (UTC), with the law of its places and of the stated one."""
    number, due = phone.read(text), datetime.fromisoformat(at).replace(tzinfo=UTC)
    stated = phone.jurisdictions_in(contact.jurisdiction) if contact else ()
    law = law_for(
        jurisdictions=(*number.jurisdictions, *stated), purpose="marketing", on=due.date()
    )
    return facts(number=number, due=due, law=law, contact=contact, **changes)


# number, how many zones, its jurisdictions
PLACES = [
    ("+14152345678", 1, ("US", "US-CA")),
    ("+19072345678", 4, ("US", "US-AK")),
    ("+18502345678", 2, ("US", "US-FL")),
    ("+18122345678", 2, ("US", "US-IN")),
    ("+19282345678", 2, ("US", "US-AZ")),
    ("+18002345678", 42, ("US",)),
    ("+61412345678", 8, ("AU",)),
    ("+79161234567", 16, ("RU",)),
    ("+447911123456", 4, ("GB",)),
    ("+18762345678", 42, ("JM",)),
    ("+12684641234", 42, ("AG",)),
    ("+881612345678", 0, ()),
    ("+491711234567", 1, ("EU", "DE")),
    ("+14165551234", 1, ("CA",)),
    ("+17872345678", 1, ("US", "US-PR")),
]


@pytest.mark.parametrize(("text", "zones", "jurisdictions"), PLACES)
def test_where_a_number_may_be(text: str, zones: int, jurisdictions: tuple[str, ...]) -> None:
    number = phone.read(text)
    assert (len(number.zones), number.jurisdictions) == (zones, jurisdictions)


# number, instant (a Tuesday), and the refusal; empty: it may ring
INSTANTS = [
    ("+18502345678", "2026-11-03T14:30", "outside_hours"),  # 09:30 in New York, 08:30 in Chicago
    ("+18502345678", "2026-11-03T15:00", ""),
    ("+18502345678", "2026-11-04T00:59:15", ""),
    ("+18502345678", "2026-11-04T01:00", "outside_hours"),  # 20:00 in New York, 19:00 in Chicago
    ("+19072345678", "2026-11-03T18:30", "outside_hours"),  # 08:30 in Adak and Honolulu
    ("+19072345678", "2026-11-03T19:00", ""),
    (
        "+61412345678",
        "2026-11-04T01:00",
        "outside_hours",
    ),  # 08:00 on Christmas Island
    ("+61412345678", "2026-11-04T03:00", ""),
    ("+79161234567", "2026-11-03T06:30", "outside_hours"),  # 08:30 in Bucharest
    ("+79161234567", "2026-11-03T07:00", ""),  # 09:00 there, 19:00 in Kamchatka
    ("+79161234567", "2026-11-03T08:00", "outside_hours"),  # one hour a day
    ("+447911123456", "2026-11-03T09:00", ""),
    ("+447911123456", "2026-11-03T08:59", "outside_hours"),
    ("+881612345678", "2026-11-03T15:00", "timezone_unknown"),
]


@pytest.mark.parametrize(("text", "at", "expected"), INSTANTS)
def test_every_clock_it_may_live_by_must_be_open(text: str, at: str, expected: str) -> None:
    assert code("hours", calling(text, at)) == expected


# number, and the other gates that refuse it
BLOCKED = [
    ("+18002345678", "number", "number_type_blocked"),
    ("+18332345678", "number", "number_type_blocked"),
    ("+18442345678", "number", "number_type_blocked"),
    ("+881612345678", "number", "number_type_blocked"),
    ("+870512345678", "number", "number_type_blocked"),
    ("+97912345678", "number", "invalid_number"),
    ("+12002345678", "number", "invalid_number"),
    ("+12684641234", "country", "country_blocked"),  # +1 is not the United States
    ("+447911123456", "country", ""),  # a UK mobile is not only Guernsey's
]


@pytest.mark.parametrize(("text", "gate", "expected"), BLOCKED)
def test_what_no_clock_can_save(text: str, gate: str, expected: str) -> None:
    asked = calling(text, "2026-11-03T15:00")
    tenant = replace(asked.tenant, country_groups=LIVE_COUNTRIES, is_sandbox=False)
    assert code(gate, replace(asked, tenant=tenant)) == expected


def stated(zone: str = "", jurisdiction: str = "") -> ContactFacts:
    return ContactFacts(zone, jurisdiction, "asked by e-mail")


# number, what is stated, instant, and the refusal
STATED = [
    ("+18502345678", stated("America/New_York"), "2026-11-03T14:30", ""),  # not Chicago
    ("+14152345678", stated("America/New_York"), "2026-11-03T14:30", ""),  # 06:30 at home: it moved
    ("+14152345678", stated("America/New_York"), "2026-11-04T01:30", "outside_hours"),
    ("+881612345678", stated("Europe/Paris"), "2026-11-03T15:00", ""),
    ("+14152345678", stated("Mars/Olympus"), "2026-11-03T20:00", "timezone_unknown"),
    ("+14152345678", stated("../etc/passwd"), "2026-11-03T20:00", "timezone_unknown"),
    ("+14152345678", stated(jurisdiction="US-CT"), "2026-11-03T17:00", ""),
    ("+12072345678", stated(jurisdiction="US-KY"), "2026-11-03T14:30", "outside_hours"),  # 09:30
    ("+12072345678", stated(jurisdiction="US-KY"), "2026-11-03T15:00", ""),
    (
        "+12072345678",
        stated(jurisdiction="US-KY"),
        "2026-11-03T22:30",
        "outside_hours",
    ),  # Maine's end
    ("+15022345678", stated(jurisdiction="US-RI"), "2026-11-07T16:00", "outside_hours"),  # Saturday
    ("+15022345678", None, "2026-11-07T16:00", ""),
]


@pytest.mark.parametrize(("text", "contact", "at", "expected"), STATED)
def test_a_stated_zone_replaces_and_a_stated_place_is_added(
    text: str, contact: ContactFacts | None, at: str, expected: str
) -> None:
    assert code("hours", calling(text, at, contact=contact)) == expected


def test_the_receipt_names_the_clock_and_where_it_is_known_from() -> None:
    contact = stated("America/New_York", "US-KY")
    answer = ask("hours", calling("+14152345678", "2026-11-03T16:00", contact=contact))
    assert isinstance(answer, Pass)
    assert answer.saw["zones"] == "America/New_York"
    assert answer.saw["zones_from"] == "stated: asked by e-mail"
    assert answer.saw["stated_jurisdiction"] == "US-KY (asked by e-mail)"
    assert answer.saw["window"] == "Mon–Sat 10:00–20:00"


def test_without_a_statement_the_clocks_are_the_numbers() -> None:
    answer = ask("hours", calling("+18502345678", "2026-11-03T16:00"))
    assert answer.saw["zones_from"] == "number"
    assert "stated_jurisdiction" not in answer.saw


def test_the_refusal_names_the_zones_the_time_there_the_rule_and_the_next_minute() -> None:
    answer = ask("hours", calling("+12702345678", "2026-11-03T15:30"))  # 09:30 and 10:30
    assert isinstance(answer, Refuse)
    assert answer.message == (
        "Outside calling hours in America/Chicago: it is Tue 03 Nov 09:30 there, and US-KY (Kentucky"
        " calling hours) allows 10:00–21:00 on that day. Choose the next allowed minute, Tue 03 Nov"
        " 10:00 there."
    )
    assert answer.retry_at == datetime(2026, 11, 3, 16, 0, tzinfo=UTC)


# number, instant, and how the sentence puts why
WHY = [
    (
        "+12053456789",
        "2026-11-08T18:00",
        "US-AL (Alabama calling hours) allows no calls on Sundays",
    ),
    ("+12127365000", "2026-11-26T18:00", "House default allows no calls on Thanksgiving Day"),
    ("+12127365000", "2026-11-03T13:30", "House default allows 09:00–20:00 on that day"),
    ("+18762345678", "2026-11-03T15:00", "and 11 more: it is Tue 03 Nov 05:00 there"),
]


@pytest.mark.parametrize(("text", "at", "words"), WHY)
def test_the_refusal_says_why_in_words(text: str, at: str, words: str) -> None:
    answer = ask("hours", calling(text, at))
    assert isinstance(answer, Refuse)
    assert words in answer.message
    assert len(answer.message) <= 300


def test_clocks_without_a_common_hour_ask_for_the_callees_own() -> None:
    numberless = replace(phone.read("+12127365000"), zones=("Europe/London", "Pacific/Fiji"))
    answer = ask("hours", facts(number=numberless))
    assert isinstance(answer, Refuse)
    assert "State the callee's own zone" in answer.message
    assert answer.retry_at is None


def state_about(world: World, number: str, **fields: str) -> Contact:
    return Contact.objects.create(
        tenant=world.acme, number=number, source="CRM", stated_by="Bob", stated_at=NOW, **fields
    )


def hours_of(world: World, number: str, **fields: Any) -> Verdict:
    asked = world.ask(to=number, **fields)
    found = preview_call(ask=asked, tenant=world.acme, actor=world.bob, now=fields.get("now", NOW))
    return next(v for v in found.decision.verdicts if v.gate == "hours")


LOS_ANGELES = "+13232345678"  # 07:00 there at NOW, when it is 10:00 in New York


def test_the_tenants_statement_reaches_the_gates(world: World) -> None:
    assert hours_of(world, LOS_ANGELES).code == "outside_hours"
    state_about(world, LOS_ANGELES, time_zone="America/New_York")
    found = hours_of(world, LOS_ANGELES)
    assert (found.outcome, found.saw["zones_from"]) == ("pass", "stated: CRM")


def test_another_tenants_statement_says_nothing(world: World) -> None:
    contact = state_about(world, LOS_ANGELES, time_zone="America/New_York")
    Contact.objects.filter(pk=contact.pk).update(tenant=world.globex)
    assert hours_of(world, LOS_ANGELES).code == "outside_hours"


def test_a_statement_no_clock_knows_blocks_and_breaks_nothing(world: World) -> None:
    state_about(world, "+12127365000", time_zone="Mars/Olympus")
    with pytest.raises(CallRefused) as refused:
        world.place(to="+12127365000")
    assert refused.value.code == "timezone_unknown"


def test_a_stated_place_brings_its_law(world: World) -> None:
    assert hours_of(world, "+12127365000").outcome == "pass"
    state_about(world, "+12127365000", jurisdiction="US-RI")
    assert hours_of(world, "+12127365000").saw["window"] == "Mon–Fri 09:00–18:00"


def test_a_time_without_a_zone_is_read_on_the_stated_clock(world: World) -> None:
    state_about(world, LOS_ANGELES, time_zone="America/New_York")
    agree(world.acme, LOS_ANGELES)
    placed = world.place(to=LOS_ANGELES, scheduled_at=datetime(2026, 11, 4, 9, 30))
    assert placed.due_at == datetime(2026, 11, 4, 14, 30, tzinfo=UTC)


# the tenant's own hours, and the outcome at 10:00 on a Tuesday in New York
OWN_HOURS: list[tuple[Any, str]] = [
    ({}, "pass"),
    ({"tue": ["09:30", "12:00"]}, "pass"),
    ({"tue": ["10:30", "12:00"]}, "wait"),
    ({"mon": ["09:00", "20:00"]}, "wait"),  # a day that is missing is closed
    ({"mon-sun": ["00:00", "23:59"]}, "pass"),
    ({"tue": "all day"}, "block"),  # unreadable: nobody is called by mistake
    (["tue"], "block"),
]


@pytest.mark.parametrize(("own", "outcome"), OWN_HOURS)
def test_the_tenants_own_hours_tighten(world: World, own: Any, outcome: str) -> None:
    world.acme.calling_hours = own
    found = hours_of(world, "+12127365000")
    assert found.outcome == outcome
    assert ("the tenant's own calling hours" in found.saw["rule"]) is bool(own)


def test_the_tenants_own_hours_never_widen(world: World) -> None:
    world.acme.calling_hours = {"mon-sun": ["00:00", "23:59"]}
    assert hours_of(world, LOS_ANGELES).outcome == "wait"
