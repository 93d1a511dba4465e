"""Every verb that is told who acts has its case in VERBS, where nobody without the right may do it.

The cases stand in tests/audit/test_no_act_without_entry.py and are tried with somebody who may do nothing in
tests/security/test_every_verb_asks.py. What has none is below, with the reason.
"""

import ast

from tests.audit.test_no_act_without_entry import VERBS
from tests.house.test_verbs_are_audited import functions, room, verb_modules

# What has no case in VERBS, and why; where a test of its own asks for the right, its file.
ELSEWHERE = {
    "agents.must_keep": "asks for the right, and writes nothing",
    "api.configure_runtime": "tests/api/test_admin_config.py: both verbs it calls ask",
    "audit.note": "is the record of an act that was allowed",
    "dispatch.decide_not_placed": "tests/dispatch/test_people.py: it needs a call nobody can tell of",
    "dispatch.decide_placed": "tests/dispatch/test_people.py",
    "dispatch.may_decide": "tests/dispatch/test_people.py",
    "dispatch.settle_finding": "tests/dispatch/test_findings.py: it needs a finding",
    "dnc.must_be_narrow": "writes nothing; it asks how far the right to list goes",
    "hooks.keep_endpoint": "the second half of add_endpoint, and asks by itself",
    "hooks.mine": "asks for the right, and writes nothing",
    "hooks.prepare_endpoint": "the first half of add_endpoint, and asks by itself",
    "hooks.switch_off": "a step of disabling, which asks, and of giving up, which the house does",
    "placing.cancel_call": "tests/security/test_every_verb_asks.py: it needs a call that waits",
    "placing.may_cancel": "the question cancel_call asks",
    "placing.preview_call": "writes nothing; the gate for permission answers it",
    "tenants.note_foreign_id": "keeps what somebody was refused",
    "tenants.write_key": "a step of issuing and of rotating, which ask",
    "records.note_export": "tests/console/test_numbers_export.py: it needs a file",
}


def taking_an_actor() -> set[str]:
    """`<room>.<verb>` of every public function of a verb module that is told who acts."""
    return {
        f"{room(module)}.{name}"
        for module in verb_modules()
        for name, function in functions(module).items()
        if not name.startswith("_") and "actor" in named(function)
    }


def named(function: ast.FunctionDef) -> set[str]:
    return {arg.arg for arg in (*function.args.args, *function.args.kwonlyargs)}


def test_no_verb_is_forgotten() -> None:
    found = {verb for verb in taking_an_actor() if verb.partition(".")[2] not in VERBS}
    assert found == set(ELSEWHERE)


def test_nothing_is_excused_that_has_its_case() -> None:
    assert {verb for verb in ELSEWHERE if verb.partition(".")[2] in VERBS} == set()
