"""The law for one call: all rows of all places, the strictest of each, and a default that steps back late."""

import re
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest

from calls.lib.hours import Clock, Week, is_open
from calls.policy import rulebook
from calls.policy.rulebook import Cap, Law, Registry, WrongRule, law_for
from tests.policy.books import FLORIDA, US, Opened
from tests.policy.books import opened as opened

TODAY = date(2026, 11, 3)
OWN = Week({0: (time(10), time(18))})


def law(
    *places: str, purpose: str = "transactional", on: date = TODAY, own: Week | None = None
) -> Law:
    return law_for(jurisdictions=places, purpose=purpose, on=on, own=own)


def opens(found: Law, local: str, zone: str = "America/New_York") -> bool:
    start = datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)
    clock = Clock(ZoneInfo(zone), found.hours)
    return is_open(clock, start, start + timedelta(seconds=30))


# places, purpose, and the week that all rules leave
WEEKS = [
    (("BR",), "transactional", "Mon–Sat 09:00–20:00"),
    ((), "transactional", "Mon–Sat 09:00–20:00"),
    (("US", "US-NY"), "transactional", "Mon–Sat 09:00–20:00"),
    (("US", "US-KY"), "transactional", "Mon–Sat 10:00–20:00"),
    (("US", "US-RI"), "transactional", "Mon–Fri 09:00–18:00"),
    (("US", "US-ME"), "transactional", "Mon–Sat 09:00–20:00"),
    (("US", "US-ME"), "marketing", "Mon–Fri 09:00–17:00"),
    (("US", "US-ME", "US-KY"), "marketing", "Mon–Fri 10:00–17:00"),  # both states' rules apply
    (("US", "US-TX"), "marketing", "Mon–Sat 09:00–20:00"),
    (("CA",), "transactional", "Mon–Fri 09:00–20:00, Sat 10:00–18:00"),
    (("AU",), "transactional", "Mon–Fri 09:00–20:00, Sat 09:00–17:00"),
    (("GB",), "transactional", "Mon–Sat 09:00–20:00"),
    (("EU", "DE"), "transactional", "Mon–Sat 09:00–20:00"),
    (("US", "US-ME"), "a purpose nobody knows", "Mon–Fri 09:00–17:00"),
]


@pytest.mark.parametrize(("places", "purpose", "week"), WEEKS)
def test_the_narrowest_week_of_all_rules_counts(
    places: tuple[str, ...], purpose: str, week: str
) -> None:
    assert str(law(*places, purpose=purpose).week) == week


# state, its day, its hour, and whether a call may ring there
STATES = [
    ("US-AL", "2026-11-07T12:00", True),
    ("US-AL", "2026-11-08T12:00", False),  # a Sunday
    ("US-AL", "2026-04-27T12:00", False),  # Confederate Memorial Day, a holiday there alone
    ("US-NY", "2026-04-27T12:00", True),
    ("US-LA", "2026-02-17T12:00", False),  # Mardi Gras
    ("US-NY", "2026-11-26T12:00", False),  # Thanksgiving: the default keeps the country's holidays
    ("US-KY", "2026-11-03T09:59:59", False),
    ("US-KY", "2026-11-03T10:00", True),
    ("US-FL", "2026-11-03T19:59:30", True),
    ("US-FL", "2026-11-03T19:59:31", False),
    ("US-CT", "2026-11-03T08:59", False),
    ("US-RI", "2026-11-07T12:00", False),
]


@pytest.mark.parametrize(("state", "local", "expected"), STATES)
def test_the_clock_of_a_state(state: str, local: str, expected: bool) -> None:
    assert opens(law("US", state, on=date.fromisoformat(local[:10])), local) is expected


# places, purpose: consent, registries, caps, and what the greeting must say
DEMANDS = [
    (("BR",), "marketing", "", [], [], ""),
    (("US",), "transactional", "express", [], [], "business"),
    (("US",), "marketing", "written", [("us-national", 31)], [], "business opt-out"),
    (("US", "US-FL"), "transactional", "express", [], [(3, 24)], "business"),
    (("US", "US-OK"), "transactional", "express", [], [(3, 24)], "business"),
    (("US", "US-MD"), "transactional", "express", [], [(3, 24)], "business"),
    (("CA",), "transactional", "", [], [], ""),
    (("CA",), "marketing", "express", [("ca-dncl", 31)], [], ""),
    (("GB",), "marketing", "express", [("gb-tps", 28)], [], ""),
    (("EU", "DE"), "transactional", "express", [], [], "AI"),
    (("AU",), "transactional", "", [], [], "business"),
    (("US", "EU", "DE"), "transactional", "express", [], [], "business AI"),
]


@pytest.mark.parametrize(("places", "purpose", "consent", "registries", "caps", "says"), DEMANDS)
def test_what_else_the_law_demands(
    places: tuple[str, ...],
    purpose: str,
    consent: str,
    registries: list[tuple[str, int]],
    caps: list[tuple[int, int]],
    says: str,
) -> None:
    found = law(*places, purpose=purpose)
    assert (found.consent, list(found.registries)) == (consent, registries)
    assert [(cap.most, cap.hours) for cap in found.caps] == caps
    duties = (
        ("business", found.names_business),
        ("opt-out", found.opt_out),
        ("AI", found.discloses_ai),
    )
    assert " ".join(word for word, asked in duties if asked) == says


def test_a_cap_names_its_rule() -> None:
    (cap,) = law("US", "US-FL").caps
    assert cap.source == "US-FL (Florida calling hours and frequency)"


def test_the_fewest_calls_and_the_youngest_copy_count(opened: Opened) -> None:
    stricter = FLORIDA.replace("us-fl-hours", "us-fl-more").replace("most = 3", "most = 2")
    older = stricter.replace("us-fl-dnc", "us-national").replace("= 90", "= 20")
    opened(older)
    found = law("US", "US-FL", purpose="marketing")
    assert found.registries == (Registry("us-national", 20),)
    assert found.caps == (Cap(2, 24, "US-FL (Fla. Stat. 501.059)"),)


# places, purpose, a day, and whether a rule is in force then
DATED = [
    ("us-pa-sundays", ("US", "US-PA"), "2026-10-17", False),
    ("us-pa-sundays", ("US", "US-PA"), "2026-10-18", True),
    ("us-md-hours", ("US", "US-MD"), "2023-12-31", False),
    ("us-md-hours", ("US", "US-MD"), "2024-01-01", True),
    ("eu-ai-act", ("EU", "FR"), "2026-08-01", False),
    ("eu-ai-act", ("EU", "FR"), "2026-08-02", True),
    ("us-revoke-all", ("US",), "2027-01-30", False),
    ("us-revoke-all", ("US",), "2027-01-31", True),
]


@pytest.mark.parametrize(("rule", "places", "day", "expected"), DATED)
def test_rules_begin_on_their_day(
    rule: str, places: tuple[str, ...], day: str, expected: bool
) -> None:
    found = law(*places, on=date.fromisoformat(day))
    assert (rule in {r.id for r in found.rules}) is expected


def test_a_ban_that_begins_tonight_closes_tomorrow_for_who_asks_today(opened: Opened) -> None:
    """Hours are judged on the day it rings, not on the day the law was looked up."""
    ban = US.replace('"us-hours"', '"us-ban"').replace("mon-sun", "mon")
    opened(ban.replace("as_of", "effective_from = 2026-11-04\nas_of"))
    found = law("US", on=date(2026, 11, 3))
    assert "us-ban" not in {rule.id for rule in found.rules}
    assert opens(found, "2026-11-03T12:00")
    assert not opens(found, "2026-11-04T12:00")


def test_an_unreviewed_row_only_tightens(opened: Opened) -> None:
    opened(US.replace("us-hours", "us-wide").replace('"Alice"', '""').replace("08:00", "06:00"))
    assert str(law("US").week) == "Mon–Sat 09:00–20:00"


def test_a_reviewed_row_takes_the_place_of_ours_and_of_the_default(opened: Opened) -> None:
    opened(US)
    found = law("US")
    assert str(found.week) == "Mon–Sun 08:00–21:00"
    assert "everywhere-hours" not in {rule.id for rule in found.rules}
    assert [rule.reviewed_by for rule in found.rules if rule.id == "us-hours"] == ["Alice"]
    assert opens(found, "2026-11-26T20:30")


# what keeps the default beside a reviewed row
NOT_ENOUGH = [
    ("", "", ("US", "FR")),  # a second country that nobody vouches for
    ("", "", ("US", "EU", "FR")),
    ("as_of", "effective_to = 2030-01-01\nas_of", ("US",)),  # it will end
    ("as_of", "effective_from = 2027-01-01\nas_of", ("US",)),  # it has not begun
    ('[rule.windows]\nmon-sun = ["08:00", "21:00"]', "holidays = true", ("US",)),  # no windows
    ('jurisdiction = "US"', 'jurisdiction = "EU"', ("EU",)),  # of a union, not of a country
    ('jurisdiction = "US"', 'jurisdiction = "US-FL"', ("US", "US-FL")),  # of a part
    ("as_of", 'purposes = ["marketing"]\nas_of', ("US",)),  # for other calls
]


@pytest.mark.parametrize(("part", "by", "places"), NOT_ENOUGH)
def test_the_default_stays_until_each_countrys_hours_were_reviewed(
    opened: Opened, part: str, by: str, places: tuple[str, ...]
) -> None:
    opened(US.replace(part, by) if part else US)
    assert "everywhere-hours" in {rule.id for rule in law(*places).rules}


def test_a_row_takes_the_place_of_ours_only_with_a_reviewer(opened: Opened) -> None:
    with pytest.raises(
        WrongRule, match="line 8, reviewed_by: this row takes the place of our us-hours"
    ):
        opened(US.replace('"Alice"', '""'))


@pytest.mark.parametrize("part", ["windows", "dates"])
def test_the_default_cannot_be_taken_away(opened: Opened, part: str) -> None:
    row = US.replace("us-hours", "everywhere-hours").replace('"US"', '"*"')
    weak = {
        "windows": row.partition("[rule.windows]")[0] + 'consent = "express"',
        "dates": row.replace("as_of", "effective_to = 2030-01-01\nas_of"),
    }
    with pytest.raises(WrongRule, match="keep our default"):
        opened(weak[part])


def test_a_wrong_book_changes_nothing(opened: Opened) -> None:
    before = rulebook.open_book()
    with pytest.raises(WrongRule):
        opened(US.replace("21:00", "25:00"))
    assert rulebook.book() is before


def test_two_files_of_a_folder_do_not_contradict_each_other(tmp_path: Path) -> None:
    for name in ("a.toml", "b.toml"):
        (tmp_path / name).write_text(FLORIDA.replace("us-fl-hours", "us-fl-more"))
    with pytest.raises(WrongRule, match=r"b\.toml, line 3, id: us-fl-more is given twice"):
        rulebook.open_book(tmp_path)


def test_a_folder_that_is_none_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRule, match="RULES_DIR names no folder"):
        rulebook.open_book(tmp_path / "nowhere")


def test_the_tenant_only_tightens() -> None:
    found = law("US", own=OWN)
    assert str(found.week) == "Mon 10:00–18:00"
    assert (
        str(law("US", own=Week(dict.fromkeys(range(7), (time(6), time(23))))).week)
        == "Mon–Sat 09:00–20:00"
    )
    assert found.bounds[-1].words == "the tenant's own calling hours"
    assert not opens(found, "2026-11-03T12:00")  # a Tuesday


def test_the_closest_rule_is_named_first() -> None:
    citations = law("US", "US-FL", own=OWN).citations.split("; ")
    assert [words.partition(" (")[0] for words in citations] == [
        "US-FL",
        "US",
        "House default",
        "the tenant's own calling hours",
    ]


def test_the_version_is_the_newest_day_and_a_fingerprint(opened: Opened) -> None:
    before = rulebook.open_book().version
    assert re.fullmatch(r"2026-11-24-[0-9a-f]{10}", before)
    assert rulebook.open_book().version == before
    after = opened(US).version
    assert after.startswith("2026-12-01-")
    assert law("US").version == after
    assert opened(f"# read again\n{US}\n").version == after  # comments say nothing
    assert opened(US.replace("Alice", "Olga")).version != after


def test_all_rules_are_listed_with_those_of_later_days() -> None:
    listed = {rule.id: rule for rule in rulebook.all_rules()}
    assert not listed["us-revoke-all"].in_force(TODAY)
    assert listed["us-pa-sundays"].in_force(TODAY)
