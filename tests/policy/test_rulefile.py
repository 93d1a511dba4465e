"""Rules are data: a file that is wrong is named with its line and field, never half used."""

from datetime import date, time
from pathlib import Path

import pytest

from calls.policy.rulebook import OURS
from calls.policy.rulefile import Cap, Registry, Rule, WrongRule, read_file
from tests.policy.books import FLORIDA

# what is replaced by what, the line and the field then named
WRONG = [
    ('id = "us-fl-hours"\n', "", 2, "id"),
    ('"us-fl-hours"', '"US FL"', 3, "id"),
    ('jurisdiction = "US-FL"\n', "", 2, "jurisdiction"),
    ('"US-FL"', '"Florida"', 4, "jurisdiction"),
    ('"US-FL"', "7", 4, "jurisdiction"),
    ('["marketing"]', '["sales"]', 5, "purposes"),
    ('["marketing"]', "[]", 5, "purposes"),
    ('["marketing"]', '"marketing"', 5, "purposes"),
    ('"Fla. Stat. 501.059"', '" "', 6, "citation"),
    ('source = "https://example.org/501.059"\n', "", 2, "source"),
    ("as_of = 2026-11-24", 'as_of = "2026-11-24"', 8, "as_of"),
    ("as_of = 2026-11-24", "as_of = 2026-11-24T10:00:00", 8, "as_of"),
    ('reviewed_by = "Alice"\n', "", 2, "reviewed_by"),
    ('reviewed_by = "Alice"', "reviewed_by = false", 9, "reviewed_by"),
    ("holidays = true", 'holidays = "yes"', 10, "holidays"),
    ('"US-FL"', '"US-ZZ"', 10, "holidays"),
    ('consent = "written"', 'consent = "oral"', 11, "consent"),
    ("most = 3", "most = 0", 12, "caps"),
    ("most = 3", "most = true", 12, "caps"),
    ("hours = 24", "days = 1", 12, "caps"),
    ("hours = 24", "hours = 745", 12, "caps"),
    ("max_age_days = 90", "max_age_days = 400", 13, "registries"),
    ('name = "us-fl-dnc"', 'name = "US FL"', 13, "registries"),
    ("opt_out = true", "opt_out = 1", 14, "opt_out"),
    ("opt_out = true", "optout = true", 14, "optout"),
    ("effective_to = 2026-12-31", "effective_to = 2025-12-31", 16, "effective_to"),
    ('note = "Made up"', 'note = ""', 17, "note"),
    ("mon-fri =", "monday =", 20, "windows.monday"),
    ('["08:00", "20:00"]', '["20:00", "08:00"]', 20, "windows.mon-fri"),
    ('["12:00", "18:30"]', '["12:00"]', 21, "windows.sun"),
    ("sun =", "fri =", 21, "windows.fri"),
    ('[rule.windows]\nmon-fri = ["08:00", "20:00"]\nsun = ["12:00", "18:30"]', "windows = 3", 19, "windows"),
]  # fmt: skip

# what makes the file none of rules, and the line then named
BROKEN = [
    ("[[rule]]", "[[rule]", "line 2"),
    ('id = "us-fl-hours"', "id = ", "line 3"),
    ('sun = ["12:00", "18:30"]', 'sun = ["12:00", "18:30"', "last line"),
    ("[[rule]]", "[rule]", "line 2"),
    ("[[rule]]", 'version = "3"\n[[rule]]', "line 2"),
    ("[[rule]]", "[[rules]]", "line 2"),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "florida.toml"
    path.write_text(text)
    return path


def test_a_row_is_read_whole(tmp_path: Path) -> None:
    (rule,) = read_file(write(tmp_path, FLORIDA))
    assert (rule.id, rule.jurisdiction, rule.purposes) == ("us-fl-hours", "US-FL", ("marketing",))
    assert (rule.as_of, rule.reviewed_by, rule.note) == (date(2026, 11, 24), "Alice", "Made up")
    assert rule.week
    assert str(rule.week) == "Mon–Fri 08:00–20:00, Sun 12:00–18:30"
    assert rule.caps == (Cap(3, 24),)
    assert rule.registries == (Registry("us-fl-dnc", 90),)
    assert (rule.consent, rule.opt_out, rule.discloses_ai) == ("written", True, False)


@pytest.mark.parametrize(("part", "by", "line", "field"), WRONG)
def test_a_wrong_field_is_named_with_its_line(
    tmp_path: Path, part: str, by: str, line: int, field: str
) -> None:
    assert part in FLORIDA
    with pytest.raises(WrongRule) as wrong:
        read_file(path := write(tmp_path, FLORIDA.replace(part, by)))
    assert str(wrong.value).startswith(f"{path}, line {line}, {field}: ")


@pytest.mark.parametrize(("part", "by", "line"), BROKEN)
def test_a_file_that_holds_no_rows_is_named_with_its_line(
    tmp_path: Path, part: str, by: str, line: str
) -> None:
    assert part in FLORIDA
    with pytest.raises(WrongRule) as wrong:
        read_file(path := write(tmp_path, FLORIDA.replace(part, by)))
    assert str(wrong.value).startswith(f"{path}, ")
    assert line in str(wrong.value)


def test_the_wrong_one_of_two_rows_is_named(tmp_path: Path) -> None:
    second = FLORIDA.replace("us-fl-hours", "us-fl-more").replace('"written"', '"oral"')
    with pytest.raises(WrongRule, match="line 32, consent: write one of"):
        read_file(write(tmp_path, FLORIDA + second))


def test_no_id_is_given_twice(tmp_path: Path) -> None:
    with pytest.raises(WrongRule, match="line 24, id: us-fl-hours is given twice in this file"):
        read_file(write(tmp_path, FLORIDA + FLORIDA))
    with pytest.raises(WrongRule, match="line 3, id: us-fl-hours is given twice in this folder"):
        read_file(write(tmp_path, FLORIDA), taken={"us-fl-hours"})


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "florida.toml"
    path.write_bytes(FLORIDA.encode() + b"# \xff\xfe")
    with pytest.raises(WrongRule, match="line 22: this is not UTF-8"):
        read_file(path)


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    with pytest.raises(WrongRule, match=r"nowhere\.toml: cannot be read"):
        read_file(tmp_path / "nowhere.toml")


def test_a_row_that_asks_for_nothing_says_what_it_is_for(tmp_path: Path) -> None:
    head = FLORIDA.split("holidays")[0]
    assert read_file(write(tmp_path, head + 'note = "Known, and met without a gate."'))
    with pytest.raises(WrongRule, match="line 3, id: this row asks for nothing"):
        read_file(write(tmp_path, head))


# a day, and whether a rule of the year 2026 is in force
DAYS = [
    ("2025-12-31", False),
    ("2026-01-01", True),
    ("2026-12-31", True),
    ("2027-01-01", False),
]


@pytest.mark.parametrize(("day", "expected"), DAYS)
def test_a_rule_knows_its_days(tmp_path: Path, day: str, expected: bool) -> None:
    (rule,) = read_file(write(tmp_path, FLORIDA))
    assert rule.in_force(date.fromisoformat(day)) is expected
    hours = rule.hours(("US",))
    assert hours
    assert (hours.on(date.fromisoformat(day)) == (time.min, time.max)) is not expected


OURS_READ = [rule for path in sorted(OURS.glob("*.toml")) for rule in read_file(path)]


@pytest.mark.parametrize("rule", OURS_READ, ids=lambda rule: rule.id)
def test_every_rule_of_ours_says_where_it_is_from_and_that_nobody_reviewed_it(rule: Rule) -> None:
    assert (
        rule.source and "RELIABILITY" not in rule.source
    )  # our papers are not the source of a law
    assert (rule.reviewed_by, rule.as_of) == ("", date(2026, 11, 24))
    assert rule.note


def test_each_country_has_its_file() -> None:
    places = {path.stem: {r.jurisdiction for r in read_file(path)} for path in OURS.glob("*.toml")}
    states = places.pop("us_states")
    assert all(state.startswith("US-") for state in states)
    assert places.pop("default") == {"*"}
    assert places == {place: {place.upper()} for place in ("us", "ca", "gb", "eu", "au")}
