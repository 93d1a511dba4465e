""".ci/run is the gate: its steps, in their order, each named, the first failure the last line."""

import re
import subprocess
from pathlib import Path

from tests.house.source import ROOT

SCRIPT = (ROOT / ".ci/run").read_text(encoding="utf-8")
STEPS = re.findall(r'step "([^"]+)"', SCRIPT)
FUNCTION = SCRIPT[SCRIPT.index("step() {") : SCRIPT.index("formatted() {")]


def run(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    """These lines after the gate's own `step`."""
    command = ["sh", "-c", f"set -eu\n{FUNCTION}\n{script}"]
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, check=False)


def test_the_gate_has_these_steps() -> None:
    assert STEPS == [
        "install",
        "format",
        "lint",
        "types",
        "import contracts",
        "migrations",
        "deployment checks",
        "tests on PostgreSQL",
        "tests",
    ]


def test_a_step_is_named_before_it_runs(tmp_path: Path) -> None:
    assert run('step "greet" echo hello', tmp_path).stdout == "== greet\nhello\n"


def test_the_first_failure_is_named_and_ends_the_gate(tmp_path: Path) -> None:
    found = run('step "one" false\nstep "two" echo reached', tmp_path)
    assert found.returncode == 1
    assert found.stderr == "== FAILED: one\n"
    assert "reached" not in found.stdout
