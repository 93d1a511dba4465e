"""The questions asked all day are answered from their index, not by reading a whole table."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.apps import apps
from django.db import connection

from calls.audit.models import AuditEntry
from calls.audit.queries import head, unsealed, unsealed_tenants
from calls.consent.queries import consents_for, revocations_of, revoked_since
from calls.contacts.queries import contact_of
from calls.dispatch import queries as dispatch
from calls.dispatch import turns
from calls.dispatch.sweep import sweep
from calls.dnc.importing import run_waiting
from calls.dnc.queries import entries_against, entries_since, own_entries
from calls.events import actions as events
from calls.events.queries import story_of
from calls.greetings.queries import reviews_to_tell
from calls.hooks import queries as hooks
from calls.hooks.actions import publish_waiting
from calls.lib.rows import spelled
from calls.limits.counting import VELOCITY, Cap
from calls.placing import queries as placing
from calls.placing import tallies
from calls.placing.touched import waiting_touched_since
from calls.records.models import Call, Receipt
from calls.records.queries import CallFilter, calls_of, members_to_tell, slice_of
from calls.rollups.actions import fold_waiting
from calls.tenants.queries import leaks_to_tell
from tests.database.rows import forbidden
from tests.dnc.registries import acmes, bring
from tests.hooks.steps import endpoint
from tests.world import CALLEE, NOW, World

pytestmark = pytest.mark.skipif(
    connection.vendor != "sqlite", reason="PostgreSQL plans by statistics, which a test has not"
)
Question = Callable[[World], object]


# Indexes without a question so far; whoever asks it moves the index up.
UNASKED = {"audit_newest", "dnc_by_number", "revision_by_hash"}


def listed(world: World, **wanted: Any) -> object:
    """A page of the call list."""
    return slice_of(calls_of(world.acme, CallFilter(**wanted)), size=25)


def fast(world: World, scope: str) -> object:
    """Where a cap of this scope stands."""
    subjects = dict.fromkeys(VELOCITY, "x")
    subjects |= {"route": world.route.public_id, "agent": world.agent.public_id}
    return tallies.velocity(tenant=world.acme, caps=[Cap(scope, 9, 60)], subjects=subjects, at=NOW)


def rung(world: World, **fields: Any) -> object:
    """When the callee was rung in the last day."""
    since = NOW - timedelta(days=1)
    return tallies.rung_times(world.acme, CALLEE, since=since, now=NOW, most=9, **fields)


def touched(world: World) -> object:
    """Which waiting calls something new forbids: a number was listed."""
    forbidden(world)
    return waiting_touched_since(NOW)


QUESTIONS: dict[str, tuple[str, Question]] = {
    "call_due": ("who has something due", lambda w: dispatch.accounts_with_due_calls(NOW)),
    "call_turn (account_id=? AND tenant_id=? AND retrying=? AND due_at<?)": (
        "whose turn it is",
        lambda w: turns.next_call(w.account, now=NOW),
    ),
    "call_to_redial": ("what is dialled again", lambda w: dispatch.redials_to_arrange(limit=9)),
    "call_expiring": ("what ran out", lambda w: dispatch.expired_calls(NOW, limit=9)),
    "attempt_again": ("the retry budget", lambda w: turns.retries_left(w.account, now=NOW)),
    "call_in_flight": ("lines in use", lambda w: dispatch.lines_in_use(w.account)),
    "call_lease": ("expired leases", lambda w: sweep(now=NOW)),
    "call_next_check": ("whom to ask", lambda w: dispatch.accounts_to_ask(NOW)),
    "attempt_by_end": (
        "how an account's last requests ended",
        lambda w: dispatch.recent_outcomes(w.account, now=NOW),
    ),
    "call_newest": ("the call list", lambda w: listed(w)),
    "call_by_state (tenant_id=? AND state=?)": (
        "calls in a state",
        lambda w: listed(w, state="needs_human"),
    ),
    "call_by_outcome (tenant_id=? AND outcome=?)": (
        "calls with an outcome",
        lambda w: listed(w, outcome="busy"),
    ),
    "call_by_number (tenant_id=? AND to=?)": (
        "duplicates",
        lambda w: placing.recent_duplicate(tenant=w.acme, to=CALLEE, fingerprint="", now=NOW),
    ),
    "call_by_requester (tenant_id=? AND requester_id=? AND id>?)": (
        "how fast somebody asks",
        lambda w: fast(w, "requester"),
    ),
    "call_by_route (tenant_id=? AND route_id=? AND id>?)": (
        "how fast a caller ID is used",
        lambda w: fast(w, "route"),
    ),
    "call_by_agent (tenant_id=? AND agent_id=? AND id>?)": (
        "how fast an agent calls",
        lambda w: fast(w, "agent"),
    ),
    "call_by_country (tenant_id=? AND country=? AND id>?)": (
        "how fast a country is called",
        lambda w: fast(w, "country"),
    ),
    "call_by_prefix (tenant_id=? AND prefix=? AND id>?)": (
        "how fast a prefix is called",
        lambda w: fast(w, "prefix"),
    ),
    "call_newest (tenant_id=? AND id>?)": (
        "how fast a tenant calls",
        lambda w: fast(w, "tenant"),
    ),
    "call_spent (tenant_id=? AND dialled_at>?)": (
        "what was spent today",
        lambda w: tallies.spent_today(w.acme, NOW, caps=[Cap("spend", 1, 86400)]),
    ),
    "attempt_by_callee (tenant_id=? AND to=? AND intent_at>?)": (
        "when somebody was rung",
        lambda w: rung(w),
    ),
    "attempt_by_account (account_id=?": (
        "how far an account's log lags behind",
        lambda w: dispatch.window_of(w.account),
    ),
    "finding_open (tenant_id=?": (
        "what a log disputes",
        lambda w: list(dispatch.open_findings(w.acme)),
    ),
    "call_untold": ("whose calls were refused", lambda w: members_to_tell(now=NOW, most=9)),
    "call_waiting_to": ("waiting calls to a number that was listed", touched),
    "call_held": ("what was held and may go on", lambda w: sweep(now=NOW)),
    "call_waiting_words": ("waiting calls with words that were withdrawn", touched),
    "review_untold": (
        "reviews to tell of",
        lambda w: reviews_to_tell(now=NOW, most=9),
    ),
    "review_withdrawn": ("which words were withdrawn", touched),
    "apikey_leaked": ("which keys leaked", touched),
    "apikey_leak_to_tell": ("leaks nobody heard of", lambda w: leaks_to_tell(now=NOW, most=9)),
    "call_one_per_idempotency_key": (
        "a call by its key",
        lambda w: w.place(idempotency_key="order-1"),
    ),
    "call_one_per_carrier_call_id": ("bound ids", lambda w: dispatch.bound_ids(w.account, ["x"])),
    "attempt_one_open_per_pair (tenant_id=? AND caller_id=? AND to=?)": (
        "open attempts between two numbers",
        lambda w: dispatch.pair_is_open(tenant_id=w.acme.pk, caller_id="+1", to=CALLEE),
    ),
    "callevent_unfolded": ("what is not folded", lambda w: fold_waiting(now=NOW)),
    "callevent_unpublished": ("what is not told", lambda w: publish_waiting(now=NOW)),
    "delivery_due (endpoint_id=? AND next_at<?)": (
        "who is told something",
        lambda w: hooks.endpoints_with_due(now=NOW, most=9),
    ),
    "delivery_leased (endpoint_id=? AND lease_until>?)": (
        "deliveries under way to a tenant",
        lambda w: hooks.under_way_of(w.acme.pk, now=NOW),
    ),
    "delivery_leased (endpoint_id=?": (
        "deliveries under way to one",
        lambda w: hooks.under_way(endpoint(w), now=NOW),
    ),
    "delivery_newest (endpoint_id=?": (
        "an endpoint's log",
        lambda w: list(hooks.deliveries_of(endpoint(w))[:25]),
    ),
    "delivery_given_up (endpoint_id=?": (
        "what an endpoint missed",
        lambda w: list(hooks.deliveries_of(endpoint(w), failed=True).order_by("given_up_at")),
    ),
    "endpoint_untold": (
        "endpoints nobody heard of",
        lambda w: hooks.disabled_to_tell(now=NOW, most=9),
    ),
    "callevent_timeline": ("a call's history", lambda w: story_of(w.place().call)),
    "receipt_of_call": ("a call's receipts", lambda w: story_of(w.place().call)),
    "audit_unsealed": ("audit entries to seal", lambda w: unsealed_tenants(AuditEntry)),
    "receipt_unsealed": ("receipts to seal", lambda w: list(unsealed(Receipt, w.acme.pk))),
    "receipt_one_per_seal_number": ("the head of a chain", lambda w: head(Receipt, w.acme.pk)),
    "audit_one_per_seal_number": ("a tenant's last entry", lambda w: head(AuditEntry, w.acme.pk)),
    "audit_of_target": ("a call's audit", lambda w: story_of(w.place().call)),
    "inbound_unabsorbed": ("parked events", lambda w: events.absorb_waiting(now=NOW)),
    "consent_by_number (tenant_id=? AND number=?)": (
        "consents of a number",
        lambda w: consents_for(tenant=w.acme, number=CALLEE, now=NOW),
    ),
    "sqlite_autoindex_calls_contact_2 (tenant_id=? AND number=?)": (
        "what is known about a number",
        lambda w: contact_of(w.acme, CALLEE),
    ),
    "revocation_by_number": (
        "what was taken back unrecorded",
        lambda w: revocations_of(w.acme, CALLEE),
    ),
    "consent_revoked": ("consents taken back", lambda w: list(revoked_since(NOW))),
    "dnc_newest": ("new entries", lambda w: list(entries_since(NOW))),
    "dnc_own_newest": ("a tenant's list", lambda w: list(own_entries(w.acme, now=NOW)[:25])),
    "dnc_of_registry (registry_id=?": ("a registry's entries", lambda w: bring(acmes(w), CALLEE)),
    "dnc_one_entry_per_registry": ("a registry's number", lambda w: bring(acmes(w), CALLEE)),
    "dncimport_unfinished": ("imports that wait", lambda w: run_waiting(now=NOW)),
    "dnc_in_force (tenant_id=? AND number=?)": (
        "a forbidden number",
        lambda w: list(entries_against(tenant=w.acme, number=CALLEE, now=NOW)),
    ),
}


def test_every_index_has_its_question() -> None:
    models = apps.get_app_config("calls").get_models()
    indexes = {index.name for model in models for index in model._meta.indexes}
    assert indexes - {name.split()[0] for name in QUESTIONS} <= UNASKED


def plans_of(ask: Callable[[], object]) -> list[str]:
    """How SQLite goes about each SELECT, with the very values it was sent."""
    asked: list[tuple[str, Any]] = []

    def keep(run: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        asked.append((sql, params))
        return run(sql, params, many, context)

    with connection.execute_wrapper(keep):
        ask()
    return [plan_of(sql, params) for sql, params in asked if sql.startswith("SELECT")]


def plan_of(sql: str, params: Any) -> str:
    """What SQLite reads, step by step."""
    with connection.cursor() as cursor:
        cursor.execute(f"EXPLAIN QUERY PLAN {sql}", params)
        return "\n".join(row[3] for row in cursor.fetchall())


@pytest.mark.parametrize("index", QUESTIONS, ids=[f"{i}: {q[0]}" for i, q in QUESTIONS.items()])
def test_the_question_uses_its_index(world: World, index: str) -> None:
    plans = plans_of(lambda: QUESTIONS[index][1](world))
    assert any(index in plan for plan in plans), "\n\n".join(plans)


@pytest.mark.parametrize("word", ["it's", "a b", "", "1"])
def test_only_our_own_words_are_spelled_into_a_statement(db: None, word: str) -> None:
    with pytest.raises(ValueError, match="no word of ours"):
        Call.objects.filter(state__in=spelled((word,))).exists()
