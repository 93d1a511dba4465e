"""Each gate as a table: what it is shown, and with which code it refuses (empty: it passes)."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from calls.lib import phone
from calls.policy.facts import AgentFacts, DncFacts, DuplicateFacts, Facts, RequesterFacts
from calls.policy.gates import GATES, Pass, Refuse
from tests.policy.plain import AGENT, BOB, GREETING, NOW, ROUTE, TENANT, ask, code, facts

LIVE = replace(TENANT, is_sandbox=False)


def calling(text: str, **changes: object) -> Facts:
    return facts(number=phone.read(text), **changes)


def due(text: str, number: str = "+12127365000") -> Facts:
    return calling(number, due=datetime.fromisoformat(text).replace(tzinfo=UTC))


TENANTS = [
    (TENANT, ""),
    (LIVE, ""),
    (replace(TENANT, suspended_reason="Unpaid"), "tenant_suspended"),
    (replace(TENANT, suspended_reason=""), "tenant_suspended"),  # without a word it is one too
]

REQUESTERS = [
    (BOB, None, None, ""),
    (BOB, "north", "south", ""),  # limited to no org
    (replace(BOB, may_place=False), None, None, "not_permitted"),
    (replace(BOB, orgs=frozenset({"north"})), None, None, ""),
    (replace(BOB, orgs=frozenset({"north"})), "north", "north", ""),
    (replace(BOB, orgs=frozenset({"north"})), "south", None, "not_permitted"),
    (replace(BOB, orgs=frozenset({"north"})), None, "south", "not_permitted"),
    (replace(BOB, orgs=frozenset({"north", "south"})), "north", "south", ""),
]

NUMBERS = [
    (calling("+12127365000"), ""),
    (calling("+447911123456"), ""),
    (calling("+15555555678"), ""),  # fictional, in a sandbox
    (calling("+15555555678", tenant=LIVE), "invalid_number"),
    (calling("+18005550199"), ""),  # fictional before toll-free
    (calling("+12127365000", rings_own=True), "invalid_number"),  # one of our own caller IDs
    (calling("+15555555678", rings_own=True), "invalid_number"),  # a fictional one as well
    (calling("+12125550199", tenant=LIVE), "invalid_number"),
    (calling("+1911"), "invalid_number"),
    (calling("+14562345678"), "invalid_number"),
    (calling("+19002345678"), "number_type_blocked"),
    (calling("+18002345678"), "number_type_blocked"),
    (calling("+448451234567"), "number_type_blocked"),
    (calling("+443001234567"), "number_type_blocked"),
    (calling("+447012345678"), "number_type_blocked"),
    (calling("+881612345678"), "number_type_blocked"),
    (calling("+80012345678"), "number_type_blocked"),
]

COUNTRIES = [
    ("+12127365000", {"US"}, ""),
    ("+17872345678", {"US"}, ""),
    ("+18762345678", {"US"}, "country_blocked"),  # +1 is not the United States
    ("+14165551234", {"US"}, "country_blocked"),
    ("+14165551234", {"US", "CA"}, ""),
    ("+447911123456", {"GB"}, ""),  # whose region is Guernsey
    ("+12127365000", set(), "country_blocked"),
    ("+881612345678", {"US"}, "country_blocked"),
    ("+15555555678", {"US"}, ""),
    ("+15555555678", {"GB"}, "country_blocked"),
]

ROUTES = [
    (ROUTE, TENANT, ""),
    (replace(ROUTE, enabled=False), TENANT, "route_unavailable"),
    (ROUTE, LIVE, "route_unavailable"),  # a live tenant through a sandbox
    (replace(ROUTE, account_is_sandbox=False), TENANT, "route_unavailable"),
    (replace(ROUTE, account_is_sandbox=False), LIVE, ""),
    (replace(ROUTE, account_paused_reason="401"), TENANT, ""),  # accepted, and waits
]

AGENTS = [
    (AGENT, ""),
    (replace(AGENT, version=None, state=None), "agent_unavailable"),
    (replace(AGENT, state="draft"), "agent_unavailable"),
    (replace(AGENT, state="staged"), "agent_unavailable"),
    (replace(AGENT, state="retired"), "agent_unavailable"),
    (replace(AGENT, state="staged", chosen=True), ""),
    (replace(AGENT, state="draft", chosen=True), "agent_unavailable"),
    (replace(AGENT, state="retired", chosen=True), "agent_unavailable"),
]

GREETINGS = [
    (GREETING, ""),
    (replace(GREETING, approved_at=None, approved_by=None), "greeting_not_approved"),
    (replace(GREETING, withdrawn_at=NOW), "greeting_not_approved"),
    (replace(GREETING, valid_until=NOW), "greeting_not_approved"),
    (replace(GREETING, valid_until=NOW + timedelta(seconds=1)), ""),
    (replace(GREETING, valid_until=NOW - timedelta(days=1)), "greeting_not_approved"),
    (replace(GREETING, hash_matches=False), "greeting_not_approved"),
    (replace(GREETING, fits_agent=False), "greeting_not_approved"),
    (replace(GREETING, problem="Nobody has approved these words."), "greeting_not_approved"),
]

# of the words, of the version that would speak, and whether they fit
LANGUAGES = [
    ("en-US", "", ""),
    ("", "en-US", ""),
    ("en-US", "en-US", ""),
    ("en-us", "EN_us", ""),
    ("en", "en-US", ""),  # what one side leaves open fits
    ("en-US", "en", ""),
    ("zh-Hant-TW", "zh-TW", ""),  # a script is no region
    ("es-419", "es", ""),
    ("es-US", "en-US", "greeting_not_approved"),
    ("en-US", "en-GB", "greeting_not_approved"),
    ("es-419", "es-MX", "greeting_not_approved"),
    ("de", "en", "greeting_not_approved"),
    ("en-US", "English", "greeting_not_approved"),  # no tag: nobody knows that it is the same
]

# whom the words are for, whom the call is for, and whether they fit
UNITS = [
    (None, None, ""),
    (None, "north", ""),
    ("north", "north", ""),
    ("north", "south", "greeting_not_approved"),
    ("north", None, "greeting_not_approved"),
]

# New York is at UTC-5 in November; the default window is Monday to Saturday, 09:00 to 20:00.
HOURS = [
    (due("2026-11-03T14:00"), "", None),
    (due("2026-11-03T13:59:59"), "outside_hours", "2026-11-03T14:00"),
    (due("2026-11-04T00:59:15"), "", None),  # asked for within 15 s, it rings until 20:00:00
    (due("2026-11-04T00:59:16"), "outside_hours", "2026-11-04T14:00"),
    (due("2026-11-08T15:00"), "outside_hours", "2026-11-09T14:00"),
    (due("2026-11-08T15:00", "+15555555678"), "", None),  # nobody sleeps beside it
    (due("2026-11-03T14:30", "+18502345678"), "outside_hours", "2026-11-03T15:00"),  # or Chicago
    (due("2026-11-03T12:00", "+61400123456"), "outside_hours", "2026-11-04T02:30"),
    (due("2026-11-03T15:00", "+881612345678"), "timezone_unknown", None),
]

ENTRY = DncFacts("tenant", "Asked by e-mail", NOW - timedelta(days=3))
EARLIER = DuplicateFacts("CA" + "0" * 32, NOW - timedelta(seconds=10))


@pytest.mark.parametrize(("tenant", "expected"), TENANTS)
def test_tenant(tenant: object, expected: str) -> None:
    assert code("tenant", facts(tenant=tenant)) == expected


@pytest.mark.parametrize(("requester", "of_route", "of_agent", "expected"), REQUESTERS)
def test_permission(requester: object, of_route: str, of_agent: str, expected: str) -> None:
    asked = facts(
        requester=requester,
        route=replace(ROUTE, org=of_route),
        agent=replace(AGENT, org=of_agent),
    )
    assert code("permission", asked) == expected


@pytest.mark.parametrize(("asked", "expected"), NUMBERS)
def test_number(asked: Facts, expected: str) -> None:
    assert code("number", asked) == expected


@pytest.mark.parametrize(("text", "groups", "expected"), COUNTRIES)
def test_country(text: str, groups: set[str], expected: str) -> None:
    tenant = replace(TENANT, country_groups=frozenset(groups))
    assert code("country", calling(text, tenant=tenant)) == expected


@pytest.mark.parametrize(("route", "tenant", "expected"), ROUTES)
def test_route(route: object, tenant: object, expected: str) -> None:
    assert code("route", facts(route=route, tenant=tenant)) == expected


PLAIN = replace(BOB, may_choose=False)
CHOOSERS = [
    (PLAIN, replace(AGENT, chosen=True), ""),
    (PLAIN, replace(AGENT, state="staged", chosen=True), "agent_unavailable"),
    (PLAIN, replace(AGENT, state="staged", chosen=True, canary=100), "agent_unavailable"),
    (PLAIN, replace(AGENT, state="staged", canary=100), ""),
    (BOB, replace(AGENT, state="staged", chosen=True), ""),
    (BOB, replace(AGENT, state="draft", chosen=True), "agent_unavailable"),
]


@pytest.mark.parametrize(("requester", "agent", "expected"), CHOOSERS)
def test_who_may_choose_a_version(
    requester: RequesterFacts, agent: AgentFacts, expected: str
) -> None:
    assert code("agent", facts(requester=requester, agent=agent)) == expected


def test_the_refusal_names_the_right_and_what_else_can_be_done() -> None:
    agent = replace(AGENT, state="staged", chosen=True)
    judge = next(gate.judge for gate in GATES if gate.name == "agent")
    refusal = judge(facts(requester=PLAIN, agent=agent))
    assert isinstance(refusal, Refuse)
    assert "takes the right versions:choose, which Bob does not have" in refusal.message
    assert refusal.message.endswith("Name no version, or ask an admin.")


@pytest.mark.parametrize(("agent", "expected"), AGENTS)
def test_agent(agent: object, expected: str) -> None:
    assert code("agent", facts(agent=agent)) == expected


@pytest.mark.parametrize(("greeting", "expected"), GREETINGS)
def test_greeting(greeting: object, expected: str) -> None:
    assert code("greeting", facts(greeting=greeting)) == expected


@pytest.mark.parametrize(("words", "speaks", "expected"), LANGUAGES)
def test_language(words: str, speaks: str, expected: str) -> None:
    greeting, agent = replace(GREETING, language=words), replace(AGENT, language=speaks)
    assert code("greeting", facts(greeting=greeting, agent=agent)) == expected


@pytest.mark.parametrize(("words", "call", "expected"), UNITS)
def test_words_of_a_business_unit(words: str, call: str, expected: str) -> None:
    asked = facts(greeting=replace(GREETING, org=words), org=call)
    assert code("greeting", asked) == expected


def test_words_of_another_unit_are_refused_by_both_names_and_with_the_next_step() -> None:
    answer = ask("greeting", facts(greeting=replace(GREETING, org="north"), org="south"))
    assert isinstance(answer, Refuse)
    assert answer.message.startswith("These words are for north alone, and this call is for south.")
    assert "Choose a greeting for all, or call from a caller ID of north." in answer.message


def test_another_language_is_refused_by_its_name_and_with_the_next_step() -> None:
    greeting, agent = replace(GREETING, language="es-US"), replace(AGENT, language="en-US")
    answer = ask("greeting", facts(greeting=greeting, agent=agent))
    assert isinstance(answer, Refuse)
    said = "These words are in es-US, and support speaks en-US. Choose a greeting in en-US."
    assert answer.message == said


@pytest.mark.parametrize(("asked", "expected", "opening"), HOURS)
def test_hours(asked: Facts, expected: str, opening: str | None) -> None:
    answer = ask("hours", asked)
    assert code("hours", asked) == expected
    if isinstance(answer, Refuse):
        retry_at = opening and datetime.fromisoformat(opening).replace(tzinfo=UTC)
        assert answer.retry_at == retry_at


def test_who_may_not_call_any_more_is_told_why() -> None:
    leaked = replace(BOB, may_place=False, why_not="was revoked because strangers may have it")
    answer = ask("permission", facts(requester=leaked))
    assert isinstance(answer, Refuse)
    assert answer.message == "Bob was revoked because strangers may have it. Ask an admin."


def test_a_number_of_our_own_is_called_what_it_is() -> None:
    answer = ask("number", facts(rings_own=True))
    assert isinstance(answer, Refuse)
    assert answer.message == "This is one of your own caller IDs. Enter the callee."
    assert answer.retry_at is None


def test_hours_name_the_rule_that_opens_last() -> None:
    before_dawn = ask(
        "hours", due("2026-11-03T11:00")
    )  # 6:00: the law waits for 8:00, the house for 9:00
    assert isinstance(before_dawn, Refuse)
    assert "House default allows 09:00–20:00" in before_dawn.message
    assert "09:00 there" in before_dawn.message


def test_hours_are_judged_when_it_rings_and_not_when_it_is_asked() -> None:
    tomorrow_at_night = NOW + timedelta(hours=15)
    assert code("hours", facts(due=tomorrow_at_night)) == "outside_hours"


def test_hours_name_the_zone_that_sleeps() -> None:
    answer = ask("hours", due("2026-11-03T14:30", "+18502345678"))
    assert isinstance(answer, Refuse)
    assert "America/Chicago" in answer.message
    assert "New_York" not in answer.message
    assert answer.saw["zones"] == "America/Chicago, America/New_York"


def test_a_longer_ring_needs_a_longer_window() -> None:
    late = due("2026-11-04T00:59:00")
    assert code("hours", late) == ""
    assert code("hours", replace(late, ring_seconds=61)) == "outside_hours"


def test_one_dnc_entry_is_enough() -> None:
    assert code("dnc", facts()) == ""
    answer = ask("dnc", facts(dnc=(ENTRY, replace(ENTRY, scope="platform"))))
    assert isinstance(answer, Refuse)
    assert (answer.code, answer.retry_at) == ("dnc_listed", None)
    assert "since 2026-10-31: Asked by e-mail" in answer.message


def test_a_duplicate_names_the_earlier_call_and_when_it_would_pass() -> None:
    assert code("duplicate", facts()) == ""
    answer = ask("duplicate", facts(duplicate=EARLIER))
    assert isinstance(answer, Refuse)
    assert answer.code == "possible_duplicate"
    assert answer.saw["call_sid"] == EARLIER.call_sid
    assert answer.retry_at == NOW + timedelta(seconds=50)


def test_the_plain_call_passes_every_gate_with_a_reason() -> None:
    for gate in GATES:
        answer = gate.judge(facts())
        assert isinstance(answer, Pass)
        assert answer.because.endswith(".")


def test_gates_are_asked_in_this_order() -> None:
    order = (
        "tenant pause permission number country route agent launch greeting"
        " hours dnc consent frequency velocity duplicate"
    )
    assert [gate.name for gate in GATES] == order.split()
    assert all(gate.question.endswith("?") for gate in GATES)


def test_a_paused_account_is_on_the_receipt() -> None:
    answer = ask("route", facts(route=replace(ROUTE, account_paused_reason="401 since noon")))
    assert answer.saw["account_paused"] == "401 since noon"
