"""The examples against the running installation: placed once, and told how it ended."""

import os
import subprocess
import sys
from typing import Any

import pytest

from tests.flows.system import System
from tests.house.source import ROOT

pytestmark = pytest.mark.journey

EXAMPLES = ROOT / "docs/examples"
COMMANDS: dict[str, Any] = {
    "sh": lambda key, to: ["sh", "make_call.sh", key, f'{{"to": "{to}"}}'],
    "py": lambda key, to: [sys.executable, "make_call.py", key, to],
}


def run(system: System, command: list[str]) -> list[str]:
    """What an example says, line by line."""
    ours = {"GREENLIGHT_URL": system.url, "GREENLIGHT_KEY": system.seed["api_key"]}
    env = {"PATH": os.environ["PATH"], **ours}
    done = subprocess.run(
        command, cwd=EXAMPLES, env=env, capture_output=True, text=True, check=False, timeout=120
    )
    assert (done.returncode, done.stderr) == (0, "")
    return done.stdout.splitlines()


@pytest.mark.parametrize(("kind", "to"), [("sh", "+15557407777"), ("py", "+15557407778")])
def test_placed_once_and_waited_for(system: System, kind: str, to: str) -> None:
    command = COMMANDS[kind](f"example-{kind}", to)
    first, again = run(system, command), run(system, command)
    sid, status, *_ = first[1].split()
    assert (first[0].split()[0], status) == (sid, "completed")
    assert again[1].split()[:2] == [sid, "completed"]
    assert system.placed_to(to) == 1
