"""Every public verb leaves an audit entry, or stands below with the reason why not."""

import ast
from collections.abc import Mapping

import pytest

from tests.house.source import Function, Module, product

HISTORY = "the call's own history and receipts record it; people's part in it is audited by placing"
DERIVED = "counts derived from the history, which can be made again from nothing"

# <room>.<verb>, and what records it instead.
EXEMPT = {
    "agents.must_keep": "asks, and writes nothing",
    "agents.take_turn": "locks a row, and writes nothing",
    "api.configure_runtime": "both verbs it calls are audited",
    "audit.note": "is the audit entry",
    "audit.seal_waiting": "gives what was written its place in a chain; a seal is no act",
    "dispatch.apply_report": HISTORY,
    "dispatch.arrange_redial": "the call it asks for is audited by placing",
    "dispatch.beat": "a sign of life of a loop, not an act",
    "dispatch.bind": HISTORY,
    "dispatch.bind_after_all": "records.move says it",
    "dispatch.check_again": HISTORY,
    "dispatch.claim": HISTORY,
    "dispatch.claim_next": HISTORY,
    "dispatch.expire": HISTORY,
    "dispatch.explain": "the finding says that it was explained, and its call too",
    "dispatch.go_on_as_the_first": "records.move and the settled finding say it",
    "dispatch.intend": HISTORY,
    "dispatch.keep_finding": "the finding says what was seen and when; who settles it is audited",
    "dispatch.keep_findings": "keeps findings one by one",
    "dispatch.lose_sight": HISTORY,
    "dispatch.may_decide": "asks, and writes nothing",
    "dispatch.next_check": "asks, and writes nothing",
    "dispatch.note_provider_duplicate": HISTORY,
    "dispatch.note_stray": "marks what an event that was stored says",
    "dispatch.plan_redial": "when the next step comes, not an act",
    "dispatch.recover": HISTORY,
    "dispatch.release": HISTORY,
    "dispatch.requeue": HISTORY,
    "dispatch.settle": HISTORY,
    "dispatch.take_checks": HISTORY,
    "dispatch.take_proof": "records.move or the finding says it",
    "dispatch.take_round": "keeps a second worker from the same round",
    "dispatch.take_slot": "a place in the account's pace, not an act",
    "dispatch.take_word": HISTORY,
    "dnc.lift_absent": "a step of an import, whose start and end are audited with its counts",
    "dnc.must_be_narrow": "asks, and writes nothing",
    "dnc.take_numbers": "a step of an import, whose start and end are audited with its counts",
    "events.set_aside": "the event itself says that it was given up",
    "greetings.note_told": "that a mail has left is no act",
    "greetings.take_telling": "keeps a second worker from the same mail",
    "hooks.claim_next": "the delivery itself keeps every try",
    "hooks.conclude": "the delivery itself keeps every try; that an endpoint is disabled is audited",
    "hooks.hint_at": "wakes a worker, and writes nothing",
    "hooks.locked": "locks a row, and writes nothing",
    "hooks.may_reach_loopback": "asks, and writes nothing",
    "hooks.mine": "asks, and writes nothing",
    "hooks.must_be_allowed": "asks, and writes nothing",
    "hooks.note_disabled_told": "that a mail has left is no act",
    "hooks.prepare_endpoint": "keeps nothing; keep_endpoint does, and is audited",
    "hooks.publish": "the deliveries are its record",
    "hooks.publish_waiting": "the deliveries are its record",
    "hooks.take_disabled_telling": "keeps a second worker from the same mail",
    "keyring.reseal_place": "the same secrets under another key; the command says how many",
    "placing.for_good": "asks, and writes nothing",
    "placing.may_cancel": "asks, and writes nothing",
    "placing.preview_call": "asks, and writes nothing",
    "placing.settle_call": HISTORY,
    "placing.settle_held": "settles calls one by one",
    "placing.stop_call": HISTORY,
    "placing.stop_forbidden": "stops calls one by one",
    "records.enrich": HISTORY,
    "records.keep_receipt": HISTORY,
    "records.move": HISTORY,
    "records.note_event": HISTORY,
    "records.note_told": "that a mail has left is no act",
    "records.open_call": HISTORY,
    "records.refuse": HISTORY,
    "records.speak_with": HISTORY,
    "records.tell_later": "when a mail is tried again, not an act",
    "rollups.fold_waiting": DERIVED,
    "rollups.rebuild": DERIVED,
    "routes.must_be_there": "asks, and writes nothing",
    "routes.must_fit": "asks, and writes nothing",
    "routes.note_log": "why a log could not be read, not an act",
    "routes.note_match": "a sign of life of the hourly match, not an act",
    "routes.note_told": "that a mail has left is no act",
    "routes.plan_probe": "when a GET is made next, not an act",
    "routes.take_probe": "keeps a second worker from the same GET",
    "routes.take_telling": "keeps a second worker from the same mail",
    "tenants.give_mail_back": "that a mail has not left is no act",
    "tenants.must_be_among": "asks, and writes nothing",
    "tenants.must_be_usable": "asks, and writes nothing",
    "tenants.note_key_use": "a clock reading once a minute, not an act",
    "tenants.note_leak_told": "that a mail has left is no act",
    "tenants.report_leak": "the revocation it leads to is audited, with where the key was found",
    "tenants.take_leak_telling": "keeps a second worker from the same mail",
    "tenants.take_mail": "keeps a second worker from the same mail",
}


def room(module: Module) -> str:
    return module.name.split("/")[1]


def verb_modules() -> list[Module]:
    """`actions.py` of every room, and the modules of packages called `actions`."""
    return [
        module
        for module in product()
        if module.name.startswith("calls/") and "actions" in module.path.with_suffix("").parts
    ]


def functions(module: Module) -> dict[str, Function]:
    return {f.name: f for f in module.tree.body if isinstance(f, ast.FunctionDef)}


def audits(name: str, known: Mapping[str, Function], seen: frozenset[str] = frozenset()) -> bool:
    """Whether a function calls `audit.note`, itself or through functions of its own module."""
    if name not in known or name in seen:
        return False
    called = {ast.unparse(n.func) for n in ast.walk(known[name]) if isinstance(n, ast.Call)}
    return "audit.note" in called or any(audits(c, known, seen | {name}) for c in called)


def verbs() -> dict[str, bool]:
    """Every public function of a verb module, and whether it is audited."""
    return {
        f"{room(module)}.{name}": audits(name, functions(module))
        for module in verb_modules()
        for name in functions(module)
        if not name.startswith("_")
    }


@pytest.mark.parametrize(("verb", "audited"), sorted(verbs().items()))
def test_it_is_audited_or_says_why_not(verb: str, audited: bool) -> None:
    assert audited or verb in EXEMPT


def test_nothing_is_excused_that_needs_no_excuse() -> None:
    found = verbs()
    assert sorted(EXEMPT) == list(EXEMPT)
    assert {verb for verb in EXEMPT if found.get(verb, True)} == set()


def test_the_rule_sees_through_private_functions() -> None:
    source = "def verb(): return _do()\ndef _do(): audit.note()\ndef other(): verb_of_others()"
    known = {f.name: f for f in ast.parse(source).body if isinstance(f, ast.FunctionDef)}
    assert audits("verb", known)
    assert not audits("other", known)
