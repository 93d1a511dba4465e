"""Templates: nothing inline, nothing from elsewhere, every string translatable in shape."""

import re

import pytest

from tests.house.source import ROOT, tracked

TEMPLATES = [path for path in tracked() if path.suffix == ".html"]
INLINE = {
    "a script without src": re.compile(
        r"<script(?![^>]*\bsrc=)(?![^>]*type=\"application/json\")", re.I
    ),
    "a style element": re.compile(r"<style\b", re.I),
    "a style attribute": re.compile(r"<[^>]*\sstyle\s*=", re.I),
    "an event handler": re.compile(r"<[^>]*\son[a-z]+\s*=", re.I),
    "htmx scripting": re.compile(r"\shx-on[:-]|hx-vals=[\"']js:|hx-headers=[\"']js:", re.I),
    "another origin": re.compile(r"\b(?:src|srcset)\s*=\s*[\"'](?:https?:)?//", re.I),
    "unescaped output": re.compile(r"(?<!help)(?<!help_text)\|\s*safe\b|\{%\s*autoescape\s+off"),
}
SOURCES = {
    path.relative_to(ROOT).as_posix(): path.read_text(encoding="utf-8") for path in TEMPLATES
}
HTMX = re.compile(r"<a\b[^>]*\bhx-get=[^>]*>", re.I)


@pytest.mark.parametrize("fault", INLINE)
def test_templates_have_nothing(fault: str) -> None:
    assert [name for name, text in SOURCES.items() if INLINE[fault].search(text)] == []


def test_every_htmx_link_works_without_it() -> None:
    links = [(name, tag) for name, text in SOURCES.items() for tag in HTMX.findall(text)]
    assert [(name, tag) for name, tag in links if "href=" not in tag] == []


def test_the_rules_see_what_they_should() -> None:
    assert INLINE["a style attribute"].search('<p class="x" style="color: red">')
    assert INLINE["an event handler"].search('<a href="#" onclick="go()">')
    assert INLINE["a script without src"].search("<script>go()</script>")
    assert not INLINE["a script without src"].search('<script src="/static/a.js" defer></script>')
    assert not INLINE["an event handler"].search('<a hx-get="/x" href="/x">')
