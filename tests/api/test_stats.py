"""GET /call-logs/stats: how many calls, by one thing about them."""

from datetime import timedelta
from typing import Any

import pytest
import time_machine

from calls.tenants import actions as tenants
from calls.tenants.models import Org
from tests.api.conftest import SEEDED_AT, Seeded
from tests.api.program import EXAMPLE, Program
from tests.world import SEED

LATER = SEEDED_AT + timedelta(hours=1, minutes=30)
BAD: list[tuple[dict[str, str], str]] = [
    ({"group_by": "weather"}, "group_by"),
    ({"group_by": ""}, "group_by"),
    ({"from": "yesterday"}, "from"),
    ({"from": "2026-01-05"}, "from"),
    ({"from": "2026-01-05T10:00:00Z", "to": "2026-01-05T10:00:00Z"}, "to"),
    ({"from": "2024-01-01T00:00:00Z", "to": "2026-01-01T00:00:00Z"}, "from"),
    ({"from": "2026-01-01T00:00:00Z", "to": "2026-03-01T00:00:00Z", "group_by": "hour"}, "from"),
    ({"status": "queued"}, "status"),
]


@pytest.fixture
def placed(program: Program) -> Program:
    """Two calls at the same hour, one of them refused."""
    with time_machine.travel(SEEDED_AT, tick=False):
        assert program.place().status_code == 200
        assert program.place(to="+15555550199").status_code == 409
    return program


def stats(program: Program, **query: Any) -> dict[str, Any]:
    with time_machine.travel(LATER, tick=False):
        answer = program.read("call-logs/stats", **query)
    assert answer.status_code == 200, answer.json()
    found: dict[str, Any] = answer.json()
    return found


@pytest.mark.parametrize(
    ("group_by", "names"),
    [
        ("status", {"queued": 1, "failed": 1}),
        ("outcome", {"waiting": 1, "refused": 1}),
        ("route", {"+15555551234": 2}),
        ("agent", {"support_primary": 2}),
        ("hour", {"2026-01-05T15:00:00Z": 2}),
        ("day", {"2026-01-05": 2}),
    ],
)
def test_every_way_of_counting(placed: Program, group_by: str, names: dict[str, int]) -> None:
    body = stats(placed, group_by=group_by)
    assert {row["name"]: row["count"] for row in body["data"]} == names
    assert (body["ok"], body["group_by"], body["total"]) == (True, group_by, 2)


def test_left_out_the_period_is_the_last_week_and_the_question_the_outcome(placed: Program) -> None:
    body = stats(placed)
    assert (body["from"], body["to"]) == ("2025-12-29T16:30:00Z", "2026-01-05T16:30:00Z")
    assert body["group_by"] == "outcome"


def test_the_period_is_half_open(placed: Program) -> None:
    at = "2026-01-05T15:00:00Z"
    assert stats(placed, from_=at)["total"] == 2
    assert stats(placed, from_="2026-01-01T00:00:00Z", to=at)["total"] == 0


def test_the_total_is_that_of_the_log(placed: Program) -> None:
    with time_machine.travel(LATER, tick=False):
        assert placed.read("call-logs").json()["total"] == stats(placed)["total"]


@pytest.mark.parametrize(("query", "field"), BAD, ids=str)
def test_what_cannot_be_counted(program: Program, query: dict[str, str], field: str) -> None:
    answer = program.read("call-logs/stats", **query)
    assert (answer.status_code, answer.json()["details"]["field"]) == (400, field)


def test_a_key_limited_to_business_units_counts_theirs(acme: Seeded, placed: Program) -> None:
    Org.objects.create(tenant=acme.tenant, key="north", name="North")
    limited: dict[str, Any] = {"scopes": ["calls:read"], "org_keys": ["north"], "name": "North"}
    _, key = tenants.issue_runtime_key(tenant=acme.tenant, actor=SEED, now=SEEDED_AT, **limited)
    with time_machine.travel(SEEDED_AT, tick=False):
        Org.objects.create(tenant=acme.tenant, key="south", name="South")
        placed.place(EXAMPLE | {"to": "+15555555679", "org_id": "south"})
    assert stats(placed)["total"] == 3
    assert stats(Program(key))["total"] == 2


def test_a_stranger_counts_nothing(placed: Program, stranger: Program) -> None:
    assert stats(stranger)["data"] == []
