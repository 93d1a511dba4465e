"""Every refusal, of a preview and of a call, says what would change it."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.utils import timezone

from calls.audit.actor import system
from calls.dnc import actions as dnc
from calls.policy.remedies import REMEDIES, remedy_for
from calls.tenants.models import Tenant
from tests.api.program import EXAMPLE, Program

SUNDAY_NIGHT = datetime(2026, 1, 4, 4, 0, tzinfo=UTC)
REFUSED: dict[str, dict[str, Any]] = {
    "invalid_number": {"to": "+15555551234"},
    "country_blocked": {"to": "+442079460018"},
    "greeting_not_approved": {"greeting": "Buy now!"},
    "outside_hours": {"to": "+12125557890"},
}


def refusals(program: Program, path: str, **more: Any) -> list[dict[str, Any]]:
    """The refusals in the answer, wherever this door puts them."""
    body = program.send(path, json.dumps(EXAMPLE | more)).json()
    found: list[dict[str, Any]] = (
        body["refusals"] if path == "calls/preview" else body["details"]["refusals"]
    )
    return found


@pytest.mark.parametrize("path", ["calls/preview", "make-call"])
@pytest.mark.parametrize("code", REFUSED)
def test_it_is_said_with_the_refusal(program: Program, path: str, code: str) -> None:
    with time_machine.travel(SUNDAY_NIGHT, tick=False):
        found = refusals(program, path, **REFUSED[code])
    assert code in [refusal["code"] for refusal in found]
    assert [r["change"] for r in found] == [REMEDIES[r["code"]] for r in found]


def test_a_listed_number_as_the_paper_shows_it(program: Program) -> None:
    dnc.add_number(
        tenant=Tenant.objects.get(slug="acme"),
        number=EXAMPLE["to"],
        reason="Asked by letter",
        source="letter",
        actor=system("test"),
        now=timezone.now(),
    )
    (refusal,) = refusals(program, "calls/preview")
    assert (refusal["code"], refusal["retry_at"]) == ("dnc_listed", None)
    assert refusal["change"].startswith("An owner or admin lifts the entry")


def test_a_refusal_that_is_replayed_still_says_it(program: Program) -> None:
    first, again = (program.place(to="+442079460018", key="k-1").json() for _ in range(2))
    assert first["details"]["refusals"] == again["details"]["refusals"]
    assert all(refusal["change"] for refusal in again["details"]["refusals"])


def test_a_pass_has_nothing_to_change() -> None:
    assert remedy_for("") == ""
