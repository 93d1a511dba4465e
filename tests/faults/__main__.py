"""`make faults`: every row of the fault matrix against real processes, with its seed; exit 1 on any failure.

python -m tests.faults [--row F19,F20] [--seed 7] [--form postgresql] [--short]
"""

import argparse
import logging
import os
import random
import subprocess
import sys
import time
import traceback

from tests.faults.house import FORMS, POSTGRESQL, House, folder, forget
from tests.faults.matrix import Row, rows
from tests.faults.rows_tests import SIMULATED
from tests.house.source import ROOT

# What is set for the house is not meant for the suite, which has settings of its own.
USUAL = {"DJANGO_SETTINGS_MODULE": "tests.settings", "SCHEDULES": "10000"}
LINE = "{:<4} {:<50} {:<11} {:<5} {:>6} {:>7} {:>7}\n"


def main() -> int:
    """Run the rows that were asked for, print the table, and say how it went."""
    parser = argparse.ArgumentParser(prog="python -m tests.faults", description=__doc__)
    parser.add_argument("--row", default="", help="only these rows: F19, or F19,F20")
    parser.add_argument("--seed", type=int, default=random.SystemRandom().randrange(10_000))
    parser.add_argument("--form", choices=FORMS, default="", help="only this form")
    parser.add_argument("--short", action="store_true", help="as often as in the suite")
    wanted = parser.parse_args()
    logging.disable(logging.WARNING)
    failed = 0
    say(LINE.format("row", "what goes wrong", "form", "", "seed", "times", "seconds"))
    found = [SIMULATED] if wanted.row == "SIM" else rows(wanted.row)
    if not (wanted.row or wanted.short):
        found.append(SIMULATED)
    for form in [wanted.form] if wanted.form else FORMS:
        failed += in_form(form, found, wanted.seed, short=wanted.short)
    say(f"{failed} failed\n" if failed else "every row passed\n")
    return 1 if failed else 0


def in_form(form: str, wanted: list[Row], seed: int, *, short: bool) -> int:
    """Run these rows on one house of this form; how many failed."""
    mine = [row for row in wanted if form in row.forms]
    house = House(form, folder())
    failures = 0
    try:
        if any(row.run for row in mine):
            house.start()
        for row in mine:
            failures += one(house, row, seed, short=short)
    finally:
        logs = house.folder / "logs"
        if failures:
            house.end()
            say(f"logs: {logs}\n")
        else:
            forget(house)
    return failures


def one(house: House, row: Row, seed: int, *, short: bool) -> bool:
    """Run one row and ask the oracle; whether anything went wrong, which is told at once."""
    times, began = row.short if short else row.full, time.monotonic()
    problem = ""
    try:
        if row.run is None:
            run_tests(row, house.form)
        else:
            hurt(house, row, seed, times)
    except Exception:
        problem = traceback.format_exc()
    word = "FAIL" if problem else "pass"
    shown = (str(seed), str(times)) if row.run else ("", "")
    seconds = f"{time.monotonic() - began:.1f}"
    say(LINE.format(row.name, row.what[:50], house.form, word, *shown, seconds))
    if problem:
        say(f"{problem}again with: make faults ROW={row.name} SEED={seed} FORM={house.form}\n")
    return bool(problem)


def hurt(house: House, row: Row, seed: int, times: int) -> None:
    """Run a row, let everything be well again, and ask whether every promise held."""
    assert row.run
    try:
        row.run(house, row.random(seed), times)
    finally:
        house.heal()
    house.uphold()


def run_tests(row: Row, form: str) -> None:
    """The tests of the suite that show a row, on the database of this form."""
    database = "postgresql" if form == POSTGRESQL else ""
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", *row.tests],
        cwd=ROOT,
        env=os.environ | USUAL | {"TEST_DATABASE": database},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-3000:]


def say(line: str) -> None:
    """To the person at the terminal, at once."""
    sys.stdout.write(line)
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main())
