"""`make contract`: thousands of requests made from the OpenAPI document, against a real installation.

python -m tests.contract [--seed 7] [--most 80]
"""

import argparse
import random
import sys
import tempfile
from pathlib import Path

from tests.contract.asking import ask
from tests.flows.system import System, start

LEAST = 2_000


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
            said = ask(system.url, system.seed["api_key"], most=wanted.most, seed=wanted.seed)
        finally:
            system.end()
    enough = said.cases >= LEAST or wanted.most < 80
    verdict = "no contract breach" if said.is_well else "THE CONTRACT WAS BROKEN"
    sys.stdout.write(f"{said.words}\n{said.cases} cases, seed {wanted.seed}: {verdict}\n")
    return 0 if said.is_well and enough else 1


if __name__ == "__main__":
    sys.exit(main())
