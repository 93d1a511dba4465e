"""`make contract`: thousands of requests made from the OpenAPI document, against a real installation.

python -m tests.contract [--seed 7] [--most 80]
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.contract.asking import Said, ask
from tests.flows.system import System, start

LEAST = 2_000
# The runtime API first: an admin may end the key with which it is asked.
DOCUMENTS = (("public", "api_key"), ("admin", "admin_key"))


def main() -> int:
    """Start an installation in a folder of its own, ask it, end it, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.contract", description=__doc__)
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--most", type=int, default=80, help="requests per operation and phase")
    wanted = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="greenlight-contract-") as folder:
        data_dir = Path(folder) / "var"
        system = System(start(data_dir), data_dir)
        try:
            system.wait()
            said = [ask_all(system, *each, wanted) for each in DOCUMENTS]
        finally:
            system.end()
    cases = sum(each.cases for each in said)
    is_well = all(each.is_well for each in said)
    verdict = "no contract breach" if is_well else "THE CONTRACT WAS BROKEN"
    sys.stdout.write(f"{cases} cases, seed {wanted.seed}: {verdict}\n")
    return 0 if is_well and cases >= min(LEAST, 20 * wanted.most) else 1


def ask_all(system: System, document: str, key: str, wanted: argparse.Namespace) -> Said:
    """One document's operations, with the key that opens them."""
    said = ask(system.url, document, system.seed[key], most=wanted.most, seed=wanted.seed)
    sys.stdout.write(f"{said.words}\n")
    return said


if __name__ == "__main__":
    sys.exit(main())
