"""No key that could open anything is ever committed; the pattern is the one scanners are told (R4.4)."""

import pytest

from calls.tenants import keys
from tests.house.source import ROOT, tracked

DOCUMENTED = "gl_(live|test|admin)_[0-9A-Za-z]{8}_[0-9A-Za-z]{49}"


def opens_something(spelled: str) -> bool:
    """A test key with a wrong checksum is an example; everything else may be real."""
    return not spelled.startswith("gl_test_") or keys.parse(spelled) is not None


def found_in(text: str) -> list[str]:
    return [match[0] for match in keys.SPELLED.finditer(text) if opens_something(match[0])]


def test_no_file_holds_a_key() -> None:
    found = {
        str(path.relative_to(ROOT)): len(hits)
        for path in tracked()
        if (hits := found_in(path.read_bytes().decode("utf-8", "replace")))
    }
    assert found == {}


@pytest.mark.parametrize("environment", ["live", "test", "admin"])
def test_the_scan_finds_what_we_issue(environment: str) -> None:
    key = keys.mint(environment)[0]
    assert found_in(f'KEY="{key}"; # {key}.') == [key, key]


def test_an_example_is_no_key() -> None:
    assert found_in("gl_test_AAAAAAAA_" + "A" * 49) == []
    assert found_in("gl_live_AAAAAAAA_" + "A" * 49) != []


def test_the_papers_tell_scanners_the_same() -> None:
    assert keys.SPELLED.pattern.replace("?:", "") == DOCUMENTED
    assert DOCUMENTED in (ROOT / "docs/api.md").read_text(encoding="utf-8")
