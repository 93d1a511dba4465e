"""The look keeps its promises: one place for colours, no left and right, every icon drawn, little to load."""

import gzip
import re
from pathlib import Path

from django.contrib.staticfiles import finders

from console import words
from console.templatetags.greenlight import NOTICE_ICONS

ROOT = Path(__file__).resolve().parents[2]
SHEETS = sorted((ROOT / "static/css").rglob("*.css"))
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
SPRITE = (ROOT / "static/icons/sprite.svg").read_text(encoding="utf-8")
LIST = (ROOT / "templates/parts/stylesheets.html").read_text(encoding="utf-8")
RAW = re.compile(r"#[0-9a-f]{3,8}\b|\brgba?\(|\bhsla?\(", re.I)
SIDES = re.compile(
    r"(?:margin|padding|border|inset)-(?:left|right|top|bottom)\b|text-align:\s*(?:left|right)"
)


def text(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def test_every_stylesheet_is_linked_once() -> None:
    linked = re.findall(r'{% static "(css/[^"]+)" %}', LIST)
    assert sorted(linked) == [path.relative_to(ROOT / "static").as_posix() for path in SHEETS]


def test_tokens_come_first() -> None:
    assert LIST.index("css/tokens.css") < LIST.index("css/base.css")


def test_no_colour_outside_the_colour_space() -> None:
    assert [path.name for path in SHEETS if RAW.search(text(path))] == []


def test_nothing_stands_left_or_right() -> None:
    assert [path.name for path in SHEETS if SIDES.search(text(path))] == []


def test_every_component_has_its_class() -> None:
    components = [path for path in SHEETS if path.parent.name == "components"]
    assert [path.name for path in components if f".{path.stem}" not in text(path)] == []


def test_every_sheet_stands_in_a_layer() -> None:
    assert [path.name for path in SHEETS if "@layer " not in text(path)] == []


def test_every_token_used_is_defined() -> None:
    sheets = "".join(text(path) for path in SHEETS)
    used = set(re.findall(r"var\((--(?:color|series|space|text|radius|tone)-[a-z0-9_-]+)", sheets))
    assert used - set(re.findall(r"(--[a-z0-9_-]+):", sheets)) == set()


def test_every_icon_asked_for_is_drawn() -> None:
    asked = {name for path in TEMPLATES for name in re.findall(r'{% icon "([a-z]+)"', text(path))}
    asked |= {word.icon for word in (*words.STATES.values(), *words.VERDICTS.values())}
    asked |= set(NOTICE_ICONS.values())
    assert asked - set(re.findall(r'<symbol id="([a-z]+)"', SPRITE)) == set()


def test_every_outcome_has_a_colour() -> None:
    chart = text(ROOT / "static/css/components/chart.css")
    assert [name for name in words.OUTCOMES if f".series-{name} " not in chart] == []


def test_parts_say_what_they_need() -> None:
    shared = [path for path in TEMPLATES if path.parent.name in ("layout", "parts")]
    assert [path.name for path in shared if "{% comment %}" not in text(path)] == []


def test_the_assets_of_a_page_are_light() -> None:
    htmx = finders.find("django_htmx/htmx-2.min.js")
    assert isinstance(htmx, str)
    assets = [*SHEETS, ROOT / "static/js/app.js", ROOT / "static/icons/sprite.svg", Path(htmx)]
    assert sum(len(gzip.compress(path.read_bytes())) for path in assets) < 45_000


def test_the_script_is_small_and_runs_no_text() -> None:
    script = text(ROOT / "static/js/app.js")
    assert len(script) < 7_000
    assert not re.search(r"\beval\(|innerHTML|new Function", script)
