"""Schemathesis, as a program of its own, asking a running server everything its document says."""

import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.house.source import ROOT

# Of all checks, the one that does not hold here: what a DELETE ends (a call is canceled, an entry or a pause lifted, a
# key revoked) is not gone, but stays on record to be read, with when and by whom it was ended.
BUT = "use_after_free"
CONFIG = Path(__file__).with_name("schemathesis.toml")


@dataclass(frozen=True, slots=True)
class Said:
    """What it said, whether all was well, and how many requests it made."""

    words: str
    is_well: bool

    @property
    def cases(self) -> int:
        """Requests that were made up, sent and checked."""
        found = re.search(r"(\d[\d,]*) generated", self.words)
        return int(found[1].replace(",", "")) if found else 0


def ask(
    url: str, document: str, key: str, *, most: int, seed: int, options: tuple[str, ...] = ()
) -> Said:
    """Every check but one, with up to `most` made-up requests for each operation in each phase.

    `document` is public or admin, and `key` of the kind that opens it.
    """
    header = f"x-admin-key: {key}" if document == "admin" else f"Authorization: Bearer {key}"
    run = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "schemathesis.cli"),
            *("--config-file", str(CONFIG), "run", f"{url}/api-docs/{document}.json"),
            *("--header", header, "--checks", "all", "--exclude-checks", BUT),
            *("--max-examples", str(most), "--seed", str(seed), "--continue-on-failure"),
            *("--no-shrink", "--suppress-health-check", "all", "--warnings", "off"),
            *options,
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    return Said(run.stdout + run.stderr, run.returncode == 0)
