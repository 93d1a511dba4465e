"""Rules are data: a file that is wrong is named, never half used."""

from datetime import time
from pathlib import Path

import pytest

from calls.policy import rulebook
from calls.policy.rulebook import WrongRule, load

GOOD = """
jurisdiction = "US-FL"
version = "3"
citation = "Fla. Stat. 501.059"
source = "https://example.org/501.059"
as_of = 2026-11-24
reviewed_by = "Alice"
[windows]
mon = ["08:00", "20:00"]
sun = ["12:00", "18:30"]
"""

# what is replaced by what, and what the message then names
WRONG = [
    ('jurisdiction = "US-FL"\n', "", "jurisdiction"),
    ('version = "3"\n', "", "version"),
    ("as_of = 2026-11-24\n", "", "as_of"),
    ('reviewed_by = "Alice"\n', "", "reviewed_by"),
    ("[windows]", "[hours]", "windows"),
    ('mon = ["08:00", "20:00"]', 'monday = ["08:00", "20:00"]', "monday"),
    ('mon = ["08:00", "20:00"]', 'mon = ["20:00", "08:00"]', "ends before it starts"),
    ('mon = ["08:00", "20:00"]', 'mon = ["08:00", "08:00"]', "ends before it starts"),
    ('mon = ["08:00", "20:00"]', 'mon = ["8 o\'clock", "20:00"]', "8 o'clock"),
    ('mon = ["08:00", "20:00"]', 'mon = ["08:00", "24:30"]', "hour must be"),
    ('mon = ["08:00", "20:00"]', 'mon = ["08:00"]', "two times"),
    ('mon = ["08:00", "20:00"]', 'mon = ["08:00", "12:00", "20:00"]', "two times"),
    ('mon = ["08:00", "20:00"]', "mon = 8", "mon"),
    ('mon = ["08:00", "20:00"]', "mon = [8, 20]", "mon"),
    ("[windows]", "windows = 3\n[w]", "windows"),
    ('version = "3"', "version = ", "line"),
]


def write(folder: Path, text: str) -> Path:
    path = folder / "florida.toml"
    path.write_text(text)
    return path


def test_a_rule_is_read(tmp_path: Path) -> None:
    rule = load(write(tmp_path, GOOD))
    assert (rule.jurisdiction, rule.version, rule.as_of) == ("US-FL", "3", "2026-11-24")
    assert rule.week.days == {0: (time(8), time(20)), 6: (time(12), time(18, 30))}
    assert rule.reviewed_by == "Alice"


@pytest.mark.parametrize(("part", "by", "named"), WRONG)
def test_a_wrong_file_is_named_with_what_is_wrong(
    tmp_path: Path, part: str, by: str, named: str
) -> None:
    assert part in GOOD
    with pytest.raises(WrongRule, match=r"^florida\.toml: ") as wrong:
        load(write(tmp_path, GOOD.replace(part, by)))
    assert named in str(wrong.value)


def test_a_file_that_is_not_text_is_named(tmp_path: Path) -> None:
    path = tmp_path / "florida.toml"
    path.write_bytes(b"\xff\xfe\x00")
    with pytest.raises(WrongRule, match="florida"):
        load(path)


def test_the_default_rule_is_ordinary_daytime_from_monday_to_saturday() -> None:
    rule = rulebook.default_rule()
    assert rule.jurisdiction == "*"
    assert str(rule.week) == "Mon–Sat 09:00–20:00"


def test_every_rule_of_the_house_can_be_read() -> None:
    folder = Path(rulebook.__file__).parent / "rules"
    assert [load(path).version for path in folder.glob("*.toml")]
