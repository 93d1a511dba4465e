"""Public holidays as a call meets them: of every part of a country, or of the one part that is known."""

from datetime import UTC, datetime, time, timedelta
from zoneinfo import ZoneInfo

import pytest

from calls.lib import phone
from calls.lib.hours import Clock, Week, is_open, next_opening
from calls.policy.facts import ContactFacts, Facts
from calls.policy.gates import Refuse
from calls.policy.rulebook import law_for
from tests.policy.books import Opened
from tests.policy.books import opened as opened
from tests.policy.plain import ask, facts

LONDON, BERLIN, MADRID = "+442072221234", "+4930901820", "+34915550100"
TORONTO, MELBOURNE, NEW_YORK, FLORIDA = (
    "+14165550000",
    "+61396391234",
    "+12127365000",
    "+13054441234",
)
RING = timedelta(seconds=30)

# number, jurisdiction the tenant stated, day, and whether the number may ring at noon
NOONS = [
    (LONDON, "", "2026-04-06", False),  # Easter Monday, a Monday
    (LONDON, "GB-ENG", "2026-04-06", False),
    (LONDON, "GB-SCT", "2026-04-06", True),
    (LONDON, "GB-ENG", "2026-12-28", False),  # for Boxing Day
    (LONDON, "", "2026-01-02", False),
    (LONDON, "GB-SCT", "2026-01-02", False),
    (LONDON, "GB-ENG", "2026-01-02", True),
    (BERLIN, "", "2026-01-06", False),
    (BERLIN, "DE-BY", "2026-01-06", False),
    (BERLIN, "DE-BE", "2026-01-06", True),
    (MADRID, "", "2026-09-11", False),
    (MADRID, "ES-CT", "2026-09-11", False),
    (MADRID, "ES-MD", "2026-09-11", True),
    (TORONTO, "", "2026-02-16", False),
    (TORONTO, "CA-ON", "2026-02-16", False),
    (TORONTO, "CA-QC", "2026-02-16", True),
    (MELBOURNE, "", "2026-11-03", False),
    (MELBOURNE, "AU-VIC", "2026-11-03", False),
    (MELBOURNE, "AU-NSW", "2026-11-03", True),
    (NEW_YORK, "", "2026-02-12", False),  # Lincoln's Birthday is New York's and not Florida's
    (FLORIDA, "", "2026-02-12", True),
    (FLORIDA, "US-NY", "2026-02-12", False),  # what is stated comes beside the area code
    (FLORIDA, "", "2026-10-12", False),  # the nation's
]


def at_noon(number: str, day: str, stated: str = "") -> Facts:
    read = phone.read(number)
    noon = datetime.combine(datetime.fromisoformat(day), time(12), ZoneInfo(read.zones[0]))
    places = (*read.jurisdictions, *phone.jurisdictions_in(stated))
    law = law_for(jurisdictions=places, purpose="transactional", on=noon.date())
    contact = ContactFacts("", stated, "told us") if stated else None
    return facts(number=read, contact=contact, law=law, due=noon.astimezone(UTC))


@pytest.mark.parametrize(("number", "stated", "day", "rings"), NOONS)
def test_a_holiday_closes_where_the_callee_may_be(
    number: str, stated: str, day: str, rings: bool
) -> None:
    answer = ask("hours", at_noon(number, day, stated))
    assert isinstance(answer, Refuse) is not rings


def test_a_person_reads_which_holiday_and_where_and_from_when_on() -> None:
    answer = ask("hours", at_noon(LONDON, "2026-04-06"))
    assert isinstance(answer, Refuse)
    holiday = "Easter Monday (GB-ENG, GB-NIR, GB-WLS and 3 more)"
    assert f"House default allows no calls on {holiday}" in answer.message
    assert "Choose the next allowed minute, Tue 07 Apr 09:00 there." in answer.message
    assert answer.retry_at == datetime(2026, 4, 7, 8, 0, tzinfo=UTC)


def test_the_known_part_alone_is_named() -> None:
    answer = ask("hours", at_noon(TORONTO, "2026-02-16", "CA-ON"))
    assert isinstance(answer, Refuse)
    assert "no calls on Family Day (CA-ON)" in answer.message


def test_christmas_in_all_parts_ends_on_the_first_day_that_all_of_them_work() -> None:
    """25, 26 and 28 December are holidays of the GB, 27 is a Sunday."""
    law = law_for(
        jurisdictions=("GB",), purpose="transactional", on=datetime(2026, 12, 24, tzinfo=UTC).date()
    )
    clock = Clock(ZoneInfo("Europe/London"), law.hours)
    evening = datetime(2026, 12, 24, 21, 0, tzinfo=UTC)
    assert next_opening([clock], evening, RING) == datetime(2026, 12, 29, 9, 0, tzinfo=UTC)


COUNTRYS_OWN = """
[[rule]]
id = "{id}"
jurisdiction = "{place}"
citation = "Made up"
source = "a test"
as_of = 2026-11-01
reviewed_by = "Alice"
holidays = true

[rule.windows]
mon-sun = ["08:00", "21:00"]
"""


# a reviewed row takes the default's place, and its holidays are those of the callee's parts as well
@pytest.mark.parametrize(
    ("places", "rings"),
    [
        (("GB",), False),
        (("GB", "GB-ENG"), False),
        (("GB", "GB-SCT"), True),
        (("GB", "DE-BY"), False),
    ],
)
def test_a_countrys_own_row_closes_on_the_holidays_of_its_parts(
    opened: Opened, places: tuple[str, ...], rings: bool
) -> None:
    opened(COUNTRYS_OWN.format(id="gb-own", place="GB"))
    noon = datetime(2026, 4, 6, 11, 0, tzinfo=UTC)
    law = law_for(jurisdictions=places, purpose="transactional", on=noon.date())
    (own,) = [bound for bound in law.bounds if bound.rule and bound.rule.id == "gb-own"]
    clock = Clock(ZoneInfo("Europe/London"), (own.hours,))
    assert is_open(clock, noon, noon + RING) is rings


def test_a_tenants_own_week_opens_no_holiday() -> None:
    week = Week(dict.fromkeys(range(7), (time(0), time(23))))
    law = law_for(
        jurisdictions=("GB",),
        purpose="transactional",
        on=datetime(2026, 4, 6, tzinfo=UTC).date(),
        own=week,
    )
    noon = datetime(2026, 4, 6, 11, 0, tzinfo=UTC)
    assert not is_open(Clock(ZoneInfo("Europe/London"), law.hours), noon, noon + RING)
