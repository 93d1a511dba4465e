"""`agent_version_id` of a staged version takes a scope of its own."""

import pytest
from django.utils import timezone

from calls.agents.models import AgentVersion
from calls.management.demo import Seeded
from calls.tenants import actions as tenants
from tests.api.program import Program
from tests.world import SEED


@pytest.fixture
def staged(acme: Seeded) -> str:
    return AgentVersion.objects.get(state="staged").public_id


def with_scopes(acme: Seeded, *scopes: str) -> Program:
    _, key = tenants.issue_runtime_key(
        tenant=acme.tenant, actor=SEED, now=timezone.now(), name="Fresh", scopes=scopes
    )
    return Program(key)


def test_without_it_the_gate_names_the_scope(program: Program, staged: str) -> None:
    answer = program.place(agent_version_id=staged)
    body = answer.json()
    assert (answer.status_code, body["error"]) == (409, "agent_unavailable")
    assert (body["details"]["gate"], "versions:choose" in body["message"]) == ("agent", True)
    assert "versions:choose" in body["details"]["refusals"][0]["change"]


def test_with_it_the_version_speaks(acme: Seeded, staged: str) -> None:
    program = with_scopes(acme, "calls:write", "versions:choose")
    answer = program.place(agent_version_id=staged)
    assert (answer.status_code, answer.json()["agent_version_id"]) == (200, staged)


def test_it_opens_nothing_else(acme: Seeded, staged: str) -> None:
    answer = with_scopes(acme, "versions:choose").place(agent_version_id=staged)
    assert (answer.status_code, answer.json()["details"]) == (403, {"scope": "calls:write"})
