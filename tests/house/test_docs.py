"""What the papers say about the code stays true."""

import re

import pytest

from calls.policy import gates
from tests.house.source import ROOT

GATES = (ROOT / "docs/gates.md").read_text()
INDEX = (ROOT / "docs/index.md").read_text()
CODES = re.findall(r'Refuse\(\s*"(\w+)"', (ROOT / "calls/policy/gates.py").read_text())


def test_every_gate_has_its_page_in_the_order_of_asking() -> None:
    assert re.findall(r"^## (\w+)$", GATES, re.MULTILINE) == [gate.name for gate in gates.GATES]


@pytest.mark.parametrize("gate", gates.GATES, ids=lambda gate: gate.name)
def test_every_gate_is_introduced_by_its_question(gate: gates.Gate) -> None:
    assert f"*{gate.question}*" in GATES


@pytest.mark.parametrize("code", sorted({*CODES, "gate_error"}))
def test_every_refusal_code_is_explained(code: str) -> None:
    assert f"`{code}`" in GATES


@pytest.mark.parametrize(
    "path", sorted(set(re.findall(r"`((?:calls|console|tests)/[\w./]+)`", INDEX)))
)
def test_every_place_the_index_names_exists(path: str) -> None:
    assert (ROOT / path).exists()


def test_decisions_are_numbered_once_each_without_a_gap() -> None:
    files = sorted((ROOT / "docs/decisions").glob("*.md"))
    assert [int(path.name[:4]) for path in files] == list(range(1, len(files) + 1))
    titles = [path.read_text().splitlines()[0] for path in files]
    assert [title.split(".")[0] for title in titles] == [f"# {n}" for n in range(1, len(files) + 1)]
