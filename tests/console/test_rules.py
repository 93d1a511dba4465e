"""The page of rules: the week of each place with its clock now, and every row of law behind it."""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from calls.policy.rulebook import all_rules
from calls.tenants import actions as tenants
from console.rule_lines import ClockNow, place_lines, rule_lines
from tests.console.signed_in import at, sign_in, words
from tests.world import NOW, SEED, World

PAGE = "/t/acme/rules"
NIGHT = datetime(2026, 11, 4, 4, 0, tzinfo=UTC)  # Tuesday 23:00 in New York
THANKSGIVING = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)  # Thursday noon there


def page(world: World, who: str = "bob", now: datetime = NOW) -> str:
    with at(now):
        return words(sign_in(world, who).get(PAGE).content)


def opt_into(world: World, *countries: str) -> None:
    tenants.change_tenant(tenant=world.acme, actor=SEED, now=NOW, country_groups=list(countries))


def clock_of(world: World, place: str, now: datetime) -> ClockNow:
    line = next(line for line in place_lines(world.acme, now) if line.place == place)
    return next(clock for clock in line.clocks if clock.zone == "America/New_York")


def week(world: World, place: str, purpose: str = "", now: datetime = NOW) -> list[str]:
    """Monday to Sunday as the page says them."""
    lines = place_lines(world.acme, now)
    found = next(line for line in lines if (line.place, line.purpose) == (place, purpose))
    return [hours for _, hours in found.days]


def test_the_page_says_that_it_is_no_legal_advice(world: World) -> None:
    assert "Nothing here is legal advice." in page(world)


def test_the_clock_there_is_named_and_judged(world: World) -> None:
    html = page(world)
    assert "10:00 <abbr" in html
    assert "inside hours" in html


def test_at_night_the_next_opening_is_named(world: World) -> None:
    new_york = clock_of(world, "US", NIGHT)
    assert (new_york.is_open, new_york.opens) == (False, datetime(2026, 11, 4, 14, 0, tzinfo=UTC))
    assert new_york.holidays == ""
    assert "outside hours" in page(world, now=NIGHT)


def test_a_country_opens_after_the_holidays_of_all_its_parts_and_says_which(world: World) -> None:
    new_york = clock_of(world, "US", THANKSGIVING)
    assert new_york.opens == datetime(2026, 11, 28, 14, 0, tzinfo=UTC)
    thursday, _, friday = new_york.holidays.partition("), ")
    assert (thursday, friday[:21]) == ("Thanksgiving Day (US", "Day After Thanksgivin")
    html = page(world, now=THANKSGIVING)
    assert "after Thanksgiving Day (US), Day After" in html
    assert "a holiday of any part closes it" in html


def test_a_part_opens_after_its_own(world: World) -> None:
    connecticut = clock_of(world, "US-CT", THANKSGIVING)
    assert connecticut.opens == datetime(2026, 11, 27, 14, 0, tzinfo=UTC)
    assert connecticut.holidays == "Thanksgiving Day (US)"


def test_a_country_has_one_clock_for_each_time_it_is_there(world: World) -> None:
    line = next(line for line in place_lines(world.acme, NOW) if line.place == "US")
    zones = [clock.zone for clock in line.clocks]
    shown = [NOW.astimezone(ZoneInfo(zone)).hour for zone in zones]
    assert zones[:2] == ["America/New_York", "America/Chicago"]
    assert len(shown) == len(set(shown)) == 6


def test_unreviewed_law_stands_beside_the_default(world: World) -> None:
    assert week(world, "US") == ["09:00–20:00"] * 6 + ["closed"]


def test_a_stricter_state_has_a_line_of_its_own(world: World) -> None:
    assert week(world, "US-KY") == ["10:00–20:00"] * 6 + ["closed"]
    assert "US-KY" in page(world)


def test_the_tenants_own_hours_are_counted_in(world: World) -> None:
    hours = dict.fromkeys(("mon", "tue"), ("11:00", "17:00"))
    tenants.set_calling_hours(tenant=world.acme, hours=hours, actor=world.ada, now=NOW)
    assert week(world, "US") == ["11:00–17:00"] * 2 + ["closed"] * 5


def test_only_countries_opted_into_are_shown(world: World) -> None:
    assert {line.place[:2] for line in place_lines(world.acme, NOW)} == {"US"}
    opt_into(world, "DE")
    assert [line.place for line in place_lines(world.acme, NOW)] == ["DE"]
    assert "Germany" in page(world)


def test_without_a_country_nobody_can_be_called(world: World) -> None:
    opt_into(world)
    assert "No country is switched on" in page(world)


def test_every_row_shows_its_citation_source_and_day(world: World) -> None:
    html = page(world)
    for rule in all_rules():
        if rule.jurisdiction[:2] in ("US", "*"):
            assert rule.citation in html
    assert "47 CFR 64.1200(c)(1); 16 CFR 310.4(c) · as of 2026-11-24" in html


def test_an_unreviewed_row_says_so(world: World) -> None:
    html = page(world)
    assert "unreviewed" in html
    assert "applied where stricter" in html


def standing(world: World, rule_id: str, now: datetime) -> str:
    lines = {line.rule.id: line for line in rule_lines(world.acme, now.date())}
    return lines[rule_id].standing


def test_a_rule_to_come_is_announced_before_it_holds(world: World) -> None:
    coming = next(
        rule for rule in all_rules() if rule.effective_from == datetime(2027, 1, 31).date()
    )
    assert standing(world, coming.id, NOW) == "upcoming"
    assert standing(world, coming.id, datetime(2027, 1, 31)) == "in_force"
    assert rule_lines(world.acme, NOW.date())[0].rule == coming
    assert "2027-01-31" in page(world)


def test_what_a_row_asks_for_is_said_in_words(world: World) -> None:
    lines = {line.rule.id: line.asks for line in rule_lines(world.acme, NOW.date())}
    assert lines["us-fl-hours"] == [
        "Calls only Mon–Sun 08:00–20:00",
        "At most 3 calls to one person in 24 hours",
    ]
    assert lines["us-ai-voice"] == ["Express consent", "The greeting names the business"]
    assert lines["us-national-registry"] == ["Registry us-national, at most 31 days old"]


def test_a_union_counts_for_its_members(world: World) -> None:
    opt_into(world, "FR")
    places = {line.rule.jurisdiction for line in rule_lines(world.acme, NOW.date())}
    assert {"EU", "*"} <= places
    assert "US" not in places


@pytest.mark.parametrize("who", ["bob", "alice", "ada", "aurel"])
def test_everybody_may_read_the_law(world: World, who: str) -> None:
    assert "What the law asks" in page(world, who)


def test_caps_of_the_law_stand_among_the_limits(world: World) -> None:
    with at():
        html = words(sign_in(world).get(f"{PAGE}/limits").content)
    assert "3 calls to one person in 24 hours" in html
    assert "Florida calling hours and frequency" in html
