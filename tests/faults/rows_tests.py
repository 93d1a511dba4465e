"""Rows of the matrix that tests of the suite show, without processes of their own."""

from tests.faults.house import EMBEDDED
from tests.faults.matrix import Row, shown_by

# Not a row of the matrix: schedules nobody thought of (R1.13). Played on SQLite, where they are quick.
SIMULATED = Row(
    "SIM",
    "ten thousand random schedules of several calls",
    forms=(EMBEDDED,),
    tests=("tests/dispatch/test_schedules.py",),
)

shown_by(
    "F11",
    "events out of order, in every order",
    "tests/events/test_any_order.py",
    "tests/events/test_parked.py",
)
shown_by(
    "F12",
    "one event a hundred times, at once and much later",
    "tests/concurrency/test_hooks.py",
    "tests/events/test_receive.py",
    "tests/lib/test_signing.py",
)
shown_by(
    "F13",
    "forged, missing, old and altered signatures",
    "tests/doors/test_hooks_in.py",
    "tests/security/test_forgery.py",
    "tests/lib/test_signing.py",
    "tests/carriers/test_sandbox_webhooks.py",
)
shown_by(
    "F14",
    "a genuine event about another tenant's call, or nobody's",
    "tests/events/test_absorb.py",
    "tests/events/test_parked.py",
    "tests/faults/test_foreign_ids.py",
)
shown_by(
    "F30",
    "clock changes: gaps, folds, half hours, new rules",
    "tests/faults/test_f30_clock_changes.py",
)
shown_by(
    "F31", "numbers in several zones, or in none", "tests/faults/test_f31_numbers_and_zones.py"
)
shown_by(
    "F32",
    "an opt-out while queued, claimed, ringing",
    "tests/faults/test_opt_out.py",
    "tests/faults/test_flips.py",
)
shown_by(
    "F33",
    "words, launch, tenant, route taken away meanwhile",
    "tests/faults/test_flips.py",
    "tests/faults/test_live_flips.py",
    "tests/faults/test_snapshots.py",
    "tests/faults/test_pauses.py",
)
shown_by("F34", "a key revoked before, after and during", "tests/faults/test_keys.py")
shown_by(
    "F35",
    "another tenant's ids at every door",
    "tests/faults/test_foreign_ids.py",
    "tests/security/test_across_tenants.py",
)
