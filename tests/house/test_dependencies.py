"""What the product stands on: few libraries, each with its reason, locked by hash."""

import re
import tomllib

from tests.house.source import ROOT

PROJECT = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
LOCKS = ("requirements.txt", "requirements-dev.txt")


def test_runtime_dependencies_are_few() -> None:
    assert len(tomllib.loads(PROJECT)["project"]["dependencies"]) <= 20


def test_each_runtime_dependency_has_a_reason() -> None:
    block = PROJECT.partition("dependencies = [\n")[2].partition("\n]")[0]
    assert [line for line in block.splitlines() if " # " not in line] == []


def test_locks_hold_a_hash_for_everything() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        entries = re.split(r"\n(?=[a-z0-9])", text.strip())
        assert [entry for entry in entries if "--hash=sha256:" not in entry] == []


def test_locks_name_no_index() -> None:
    for lock in LOCKS:
        text = (ROOT / lock).read_text(encoding="utf-8")
        assert not re.search(r"://|--index-url|--extra-index-url|--find-links", text)
