"""Verbs of the do-not-call list: single numbers, and registries that come as whole files.

`calls/dnc/importing.py` carries a file into the list, between these transactions.
"""

from calls.dnc.actions.entries import PrefixTooShort, add_number, lift_number, must_be_narrow
from calls.dnc.actions.imports import (
    MOST_BYTES,
    UNFINISHED,
    ImportUnderWay,
    RegistryShrunk,
    add_source,
    fail_import,
    finish_import,
    lift_absent,
    start_import,
    take_numbers,
)

__all__ = [
    "MOST_BYTES",
    "UNFINISHED",
    "ImportUnderWay",
    "PrefixTooShort",
    "RegistryShrunk",
    "add_number",
    "add_source",
    "fail_import",
    "finish_import",
    "lift_absent",
    "lift_number",
    "must_be_narrow",
    "start_import",
    "take_numbers",
]
