"""A process inside a house that does what a test tells it: verbs, the oracle, dialling in throw-away children.

It is asked over its standard input and answers over its output, one line of JSON each. It never holds a
connection between two acts, so that it can fork at any time.
"""

import contextlib
import json
import select
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from console.processes import die_with_parent
from tests.house.source import ROOT


class Hands:
    """One such process, seen from the test."""

    def __init__(self, env: Mapping[str, str], log: Path) -> None:
        self._log = log
        with log.open("ab") as said:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "tests.faults.acts"],
                cwd=ROOT,
                env=dict(env),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=said,
                preexec_fn=die_with_parent,
            )

    def ask(self, act: str, *, seconds: float = 300.0, **given: Any) -> Any:
        """Have one act of tests/faults/acts.py done; gives what it gave."""
        process = self._process
        assert process.stdin and process.stdout
        process.stdin.write(json.dumps([act, given]).encode() + b"\n")
        process.stdin.flush()
        ready, _, _ = select.select([process.stdout], [], [], seconds)
        line = process.stdout.readline() if ready else b""
        assert line, f"{act} gave no answer:\n{self._log.read_text()[-4000:]}"
        answer = json.loads(line)
        assert "failed" not in answer, answer["failed"]
        return answer["gave"]

    def end(self) -> None:
        """Let it end; it has nothing to finish."""
        assert self._process.stdin and self._process.stdout
        with contextlib.suppress(OSError):
            self._process.stdin.close()
        try:
            self._process.wait(10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()
        self._process.stdout.close()
