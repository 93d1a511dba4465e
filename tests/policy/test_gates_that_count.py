"""The gates of switches, launch, registries, consent and caps, each as a table of what it is shown."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from calls.lib import phone
from calls.policy.facts import (
    AgentFacts,
    CapFacts,
    ConsentFacts,
    DncFacts,
    PauseFacts,
    RegistryFacts,
    SpendFacts,
    TenantFacts,
)
from calls.policy.gates import GATES, Pass, Refuse
from calls.policy.remedies import REMEDIES, remedy_for
from tests.house.source import ROOT
from tests.policy.plain import AGENT, NOW, ROUTE, TENANT, ask, code, facts

LIVE = replace(TENANT, is_sandbox=False)
HOUR = timedelta(hours=1)
FICTIONAL = phone.read("+15555555678")
TOLL_FREE = phone.read("+18002345678")

FOREVER = PauseFacts("tenant", "Complaints")
BRIEF = PauseFacts("route", "Number looks like spam", until=NOW + HOUR)
LONGER = PauseFacts("platform", "Carrier down", until=NOW + 2 * HOUR)

# the pauses in force, the code, and when it would pass
PAUSES = [
    ((), "", None),
    ((FOREVER,), "paused", None),
    ((BRIEF,), "paused", NOW + HOUR),
    ((BRIEF, LONGER), "paused", NOW + 2 * HOUR),
    ((BRIEF, FOREVER), "paused", None),  # one without an end never ends by itself
]

ALL_FOUR = ("security", "behaviour", "operations", "rollout")
LAUNCHES = [
    (AGENT, LIVE, ""),
    (replace(AGENT, unlaunched=("rollout",)), LIVE, "launch_not_approved"),
    (replace(AGENT, unlaunched=ALL_FOUR), LIVE, "launch_not_approved"),
    (replace(AGENT, unlaunched=ALL_FOUR), TENANT, ""),  # nobody real is called in a sandbox
    (replace(AGENT, unlaunched=ALL_FOUR, chosen=True), LIVE, "launch_not_approved"),
]

OLD = RegistryFacts("us-national", 31, NOW - timedelta(days=32))
NEVER = RegistryFacts("us-national", 31, None)
ENTRY = DncFacts("tenant", "Asked by e-mail", NOW)
REGISTRIES = [
    ((), (), ""),
    ((), (OLD,), "dnc_stale"),
    ((), (NEVER,), "dnc_stale"),
    ((ENTRY,), (OLD,), "dnc_listed"),  # what is known is said first
]

GIVEN = ConsentFacts("express", given=True, kind="written", captured_at=NOW, evidence="form 7")
CONSENTS = [
    (ConsentFacts(), ""),
    (GIVEN, ""),
    (replace(GIVEN, given=False), "consent_missing"),
    (ConsentFacts("written", given=False, kind="express", captured_at=NOW), "consent_missing"),
    (ConsentFacts("express", given=False), "consent_missing"),
    (ConsentFacts("express", given=True), "consent_missing"),  # a yes nobody can date is none
]

FREE = CapFacts("3 calls in 24 h to one number", "Fla. Stat. 501.059")
FULL = replace(FREE, free_at=NOW + HOUR)
FULLER = CapFacts("1 call in 7 h to one number", "own limit", NOW + 3 * HOUR)
CAPS = [
    ((), None),
    ((FREE,), None),
    ((FULL,), NOW + HOUR),
    ((FREE, FULL), NOW + HOUR),
    ((FULLER, FULL), NOW + 3 * HOUR),  # the last to pass decides
]

MIDNIGHT = NOW + 14 * HOUR
MINUTE = Decimal("0.05")
# spent, the cap, at dialling, the code
SPENDING = [
    ("0", "10", True, ""),
    ("9.95", "10", True, ""),
    ("9.96", "10", True, "velocity_cap"),  # the next minute would not fit
    ("10", "10", True, "velocity_cap"),
    ("12", "10", True, "velocity_cap"),
    ("12", "10", False, ""),  # it stops dialling, not accepting
    ("0", "0", True, "velocity_cap"),
]


@pytest.mark.parametrize(("pauses", "expected", "until"), PAUSES)
def test_pause(pauses: tuple[PauseFacts, ...], expected: str, until: object) -> None:
    answer = ask("pause", facts(pauses=pauses))
    assert code("pause", facts(pauses=pauses)) == expected
    assert until == (answer.retry_at if isinstance(answer, Refuse) else None)


def test_a_pause_says_for_what_and_why() -> None:
    answer = ask("pause", facts(pauses=(BRIEF, LONGER)))
    assert isinstance(answer, Refuse)
    assert "the route: Number looks like spam" in answer.message
    assert answer.saw["scope"] == "route, platform"


@pytest.mark.parametrize(("agent", "tenant", "expected"), LAUNCHES)
def test_launch(agent: AgentFacts, tenant: TenantFacts, expected: str) -> None:
    assert code("launch", facts(agent=agent, tenant=tenant)) == expected


def test_what_is_missing_for_the_launch_is_named() -> None:
    half = replace(AGENT, unlaunched=("operations", "rollout"))
    for tenant in (LIVE, TENANT):
        answer = ask("launch", facts(agent=half, tenant=tenant))
        said = answer.message if isinstance(answer, Refuse) else answer.because
        assert "operations, rollout" in said


@pytest.mark.parametrize(("entries", "stale", "expected"), REGISTRIES)
def test_registries(
    entries: tuple[DncFacts, ...], stale: tuple[RegistryFacts, ...], expected: str
) -> None:
    assert code("dnc", facts(dnc=entries, stale_registries=stale)) == expected


def test_a_stale_registry_says_how_old_it_is() -> None:
    answer = ask("dnc", facts(stale_registries=(OLD,)))
    assert isinstance(answer, Refuse)
    assert "at most 31 days old; ours was fetched 2026-10-02" in answer.message
    never = ask("dnc", facts(stale_registries=(NEVER,)))
    assert isinstance(never, Refuse)
    assert "fetched never" in never.message


@pytest.mark.parametrize(("consent", "expected"), CONSENTS)
def test_consent(consent: ConsentFacts, expected: str) -> None:
    assert code("consent", facts(consent=consent)) == expected


def test_nobody_who_is_fiction_can_agree_and_only_a_sandbox_calls_them() -> None:
    missing = ConsentFacts("express", given=False)
    assert code("consent", facts(number=FICTIONAL, consent=missing)) == ""
    live = facts(number=FICTIONAL, consent=missing, tenant=LIVE)
    assert code("consent", live) == "consent_missing"


def test_missing_consent_names_what_is_needed_and_for_what() -> None:
    needed = ConsentFacts("written", given=False)
    marketing = replace(AGENT, purpose="marketing")
    answer = ask("consent", facts(agent=marketing, consent=needed))
    assert isinstance(answer, Refuse)
    assert answer.message.startswith("Written consent is needed for marketing calls")
    assert answer.retry_at is None


@pytest.mark.parametrize("gate", ["frequency", "velocity"])
@pytest.mark.parametrize(("caps", "free_at"), CAPS)
def test_caps(gate: str, caps: tuple[CapFacts, ...], free_at: object) -> None:
    answer = ask(gate, facts(**{gate: caps}))
    assert isinstance(answer, Pass if free_at is None else Refuse)
    if isinstance(answer, Refuse):
        assert (answer.code, answer.retry_at) == (f"{gate}_cap", free_at)


def test_a_cap_names_its_number_and_its_source() -> None:
    answer = ask("frequency", facts(frequency=(FULLER, FULL)))
    assert isinstance(answer, Refuse)
    assert "At most 1 call in 7 h to one number (own limit)" in answer.message
    assert "Fla. Stat. 501.059" in answer.saw["caps"]


@pytest.mark.parametrize(("spent", "most", "dialling", "expected"), SPENDING)
def test_spend(spent: str, most: str, dialling: bool, expected: str) -> None:
    money = SpendFacts(Decimal(spent), MINUTE, Decimal(most), MIDNIGHT)
    asked = facts(spend=money, dialling=dialling)
    assert code("velocity", asked) == expected
    if isinstance(answer := ask("velocity", asked), Refuse):
        assert answer.retry_at == MIDNIGHT


def test_pace_is_said_before_money() -> None:
    broke = SpendFacts(Decimal(10), MINUTE, Decimal(10), MIDNIGHT)
    answer = ask("velocity", facts(velocity=(FULL,), spend=broke, dialling=True))
    assert isinstance(answer, Refuse)
    assert answer.retry_at == FULL.free_at


def test_toll_free_numbers_are_dialled_only_where_they_were_switched_on() -> None:
    assert code("number", facts(number=TOLL_FREE)) == "number_type_blocked"
    opted_in = replace(TENANT, allows_toll_free=True)
    assert code("number", facts(number=TOLL_FREE, tenant=opted_in)) == ""
    premium = phone.read("+19002345678")
    assert code("number", facts(number=premium, tenant=opted_in)) == "number_type_blocked"


def test_a_toll_free_number_names_who_can_switch_it_on() -> None:
    answer = ask("number", facts(number=TOLL_FREE))
    assert isinstance(answer, Refuse)
    assert answer.message == "This is a toll-free number. Ask an admin to switch those on."


@pytest.mark.parametrize(
    ("own", "expected"),
    [(None, ""), ({"US"}, ""), ({"GB"}, "country_blocked"), (set(), "country_blocked")],
)
def test_a_caller_id_may_call_fewer_countries(own: set[str] | None, expected: str) -> None:
    route = replace(ROUTE, country_groups=None if own is None else frozenset(own))
    assert code("country", facts(route=route)) == expected


def test_a_caller_id_never_calls_more_countries_than_its_tenant() -> None:
    route = replace(ROUTE, country_groups=frozenset({"US", "CA"}))
    tenant = replace(TENANT, country_groups=frozenset({"GB"}))
    assert code("country", facts(route=route, tenant=tenant)) == "country_blocked"


def test_every_refusal_says_what_would_change_it() -> None:
    source = (ROOT / "calls/policy/gates.py").read_text()
    codes = {word for word in REMEDIES if f'"{word}"' in source} | {"gate_error"}
    assert set(REMEDIES) == codes
    assert all(remedy_for(word).endswith(".") for word in REMEDIES)
    assert remedy_for("") == ""


def test_every_code_a_gate_can_say_has_its_remedy() -> None:
    broken = [
        facts(pauses=(FOREVER,)),
        facts(agent=replace(AGENT, unlaunched=ALL_FOUR), tenant=LIVE),
        facts(stale_registries=(OLD,)),
        facts(consent=ConsentFacts("express", given=False)),
        facts(frequency=(FULL,)),
        facts(velocity=(FULL,)),
    ]
    answers = [gate.judge(asked) for gate in GATES for asked in broken]
    assert all(remedy_for(a.code) for a in answers if isinstance(a, Refuse))
