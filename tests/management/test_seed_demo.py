"""The demo tenants: what CONTRACT 9 promises, once, and nobody's secret kept in the clear."""

import json
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth import authenticate
from django.core.management import call_command
from django.utils import timezone

from calls.agents.models import AgentVersion, LaunchGate
from calls.audit.models import AuditEntry
from calls.consent.queries import consents_for
from calls.dnc.queries import entries_against, stale_registries
from calls.greetings.models import Greeting, Review
from calls.routes.models import CarrierAccount, PhoneRoute
from calls.tenants.models import ApiKey, Tenant
from calls.tenants.scope import get_key

pytestmark = pytest.mark.django_db


@pytest.fixture
def path(tmp_path: Path, settings: Any) -> Path:
    """Where the command writes what people need."""
    settings.DATA_DIR = tmp_path
    call_command("seed_demo")
    return tmp_path / "demo.json"


def read(path: Path) -> dict[str, Any]:
    """What demo.json says."""
    found: dict[str, Any] = json.loads(path.read_text())
    return found


def test_the_file_names_everything_a_person_needs(path: Path) -> None:
    known = read(path)
    assert {"url", "sandbox_url", "tenant", "api_key", "admin_key", "users", "other_tenant"} <= set(
        known
    )
    assert known["tenant"] == "acme"
    assert known["other_tenant"]["tenant"] == "globex"


def test_only_its_owner_may_read_the_file(path: Path) -> None:
    assert path.stat().st_mode & 0o777 == 0o600


@pytest.mark.parametrize("role", ["support", "owner", "admin", "auditor", "platform"])
def test_every_role_can_sign_in(path: Path, role: str) -> None:
    login = next(user for user in read(path)["users"] if user["role"] == role)
    assert authenticate(None, email=login["email"], password=login["password"]) is not None


def test_the_key_of_each_tenant_opens_that_tenant(path: Path) -> None:
    known = read(path)
    for presented, slug in [
        (known["api_key"], "acme"),
        (known["other_tenant"]["api_key"], "globex"),
    ]:
        key = get_key(presented=presented, now=timezone.now())
        assert key is not None and key.tenant is not None
        assert key.tenant.slug == slug


def test_the_key_of_the_readme_may_record_consent(path: Path) -> None:
    key = get_key(presented=read(path)["api_key"], now=timezone.now())
    assert key is not None
    others = {"dnc:write", "consent:write", "webhooks:write"}
    assert set(key.scopes) == {"calls:write", "calls:read"} | others


def test_the_admin_key_belongs_to_no_tenant(path: Path) -> None:
    key = get_key(presented=read(path)["admin_key"], now=timezone.now())
    assert key is not None
    assert (key.kind, key.tenant) == (ApiKey.ADMIN, None)


def test_a_second_run_keeps_everything(path: Path) -> None:
    before, tenants = read(path), Tenant.objects.count()
    call_command("seed_demo")
    assert read(path) == before
    assert Tenant.objects.count() == tenants


def test_a_moved_port_is_told_at_the_next_start(path: Path, settings: Any) -> None:
    settings.PUBLIC_URL = "http://127.0.0.1:9999"
    call_command("seed_demo")
    assert read(path)["url"] == "http://127.0.0.1:9999"
    assert read(path)["api_key"]


def test_acme_may_call_the_united_states_from_its_default_route(path: Path) -> None:
    acme = Tenant.objects.get(slug="acme")
    assert (acme.mode, acme.country_groups) == ("sandbox", ["US"])
    route = PhoneRoute.objects.get(tenant=acme, is_default=True)
    assert route.number == "+15555551234"
    assert route.account.carrier == CarrierAccount.SANDBOX


def test_the_agent_is_published_and_has_a_default_greeting(path: Path) -> None:
    version = AgentVersion.objects.get(agent__tenant__slug="acme", number=1)
    assert (version.agent.agent_key, version.state) == ("support_primary", "published")
    greeting = version.agent.default_greeting
    assert greeting is not None and greeting.live_revision is not None
    assert greeting.live_revision.text == "Hi, this is Acme calling about your appointment."


def test_a_staged_version_is_on_its_way_to_real_people(path: Path) -> None:
    version = AgentVersion.objects.get(agent__tenant__slug="acme", number=2)
    assert (version.state, version.config["voice"]) == ("staged", "verse")
    gates = {gate.name: gate.is_complete for gate in version.launch_gates.all()}
    assert gates == {"security": True, "behaviour": False}


def test_nobody_completed_their_own_launch_gate(path: Path) -> None:
    for gate in LaunchGate.objects.exclude(completed_at=None):
        assert gate.completed_by_id not in (None, gate.filed_by_id, gate.version.created_by_id)


def test_one_template_is_approved_and_one_greeting_waits(path: Path) -> None:
    acme = Greeting.objects.filter(tenant__slug="acme")
    templates = [g for g in acme if g.live_revision and g.live_revision.placeholders]
    assert [g.name for g in templates] == ["Appointment reminder"]
    assert [r.greeting.name for r in Review.objects.filter(decision="")] == ["Order news"]


def test_nobody_approved_their_own_words(path: Path) -> None:
    for review in Review.objects.exclude(decision=""):
        assert review.decided_by_id is not None
        assert review.decided_by_id != review.author_id


def test_no_password_key_or_credential_is_stored_in_the_clear(path: Path) -> None:
    known = read(path)
    stored = [*ApiKey.objects.values_list("sha256", flat=True)]
    stored += CarrierAccount.objects.values_list("sealed_api_key", flat=True)
    assert not any(known["api_key"] in text or "sandbox-acme" in text for text in stored)


def test_the_registry_us_rules_ask_for_is_fresh(path: Path) -> None:
    acme, now = Tenant.objects.get(slug="acme"), timezone.now()
    assert stale_registries(tenant=acme, wanted=[("us-national", 31)], now=now) == []
    (entry,) = entries_against(tenant=acme, number="+15555550190", now=now)
    assert entry.source == "us-national"


def test_one_consent_stands(path: Path) -> None:
    acme = Tenant.objects.get(slug="acme")
    (record,) = consents_for(tenant=acme, number="+15555550142", now=timezone.now())
    assert (record.kind, record.revoked_at) == ("written", None)


def test_the_seed_is_on_the_audit_log(path: Path) -> None:
    verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {
        "tenant.created",
        "member.added",
        "key.issued",
        "route.added",
        "account.opened",
    } <= verbs
    assert {"greeting.drafted", "greeting.approved", "version.published", "dnc.added"} <= verbs
    assert {"dncsource.imported", "consent.recorded"} <= verbs
