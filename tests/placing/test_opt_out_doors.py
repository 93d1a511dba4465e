"""Whatever door an opt-out comes through, a call that waits for that number is stopped (R5.7, F32)."""

import json
from collections.abc import Callable

import pytest
from django.utils import timezone

from calls.dispatch.sweep import stop_forbidden
from calls.dnc import actions as dnc
from calls.tenants import actions as tenants
from tests.api.program import Program
from tests.console.signed_in import sign_in
from tests.dnc.registries import acmes, bring, source_of
from tests.world import NEW_YORKER, SEED, World

Door = Callable[[World], object]


def by_api(world: World) -> None:
    _, key = tenants.issue_runtime_key(
        tenant=world.acme, actor=SEED, now=timezone.now(), name="Shop", scopes=["dnc:write"]
    )
    body = {"number": NEW_YORKER, "reason": "Asked in the shop"}
    assert Program(key).send("dnc", json.dumps(body)).status_code == 200


def by_console(world: World) -> None:
    form = {"number": NEW_YORKER, "reason": "Asked by letter"}
    assert sign_in(world).post("/t/acme/rules/dnc/new", form).status_code == 302


def by_registry(world: World) -> None:
    now = timezone.now()
    assert bring(source_of(None, name="litigators"), NEW_YORKER, now=now, fetched_at=now).added == 1


def by_own_registry(world: World) -> None:
    now = timezone.now()
    assert bring(acmes(world), NEW_YORKER, now=now, fetched_at=now).added == 1


def by_a_beginning(world: World) -> None:
    dnc.add_number(
        tenant=None,
        number="+1212",
        is_prefix=True,
        reason="Court order",
        source="letter",
        actor=SEED,
        now=timezone.now(),
    )


DOORS: list[Door] = [by_api, by_console, by_registry, by_own_registry, by_a_beginning]


@pytest.mark.parametrize("door", DOORS, ids=lambda door: door.__name__)
def test_a_waiting_call_is_stopped(world: World, door: Door) -> None:
    waiting = world.place(to=NEW_YORKER, when="next_allowed", now=timezone.now()).call
    other = world.place(to="+13125550100", when="next_allowed", now=timezone.now()).call
    door(world)
    assert stop_forbidden(now=timezone.now()) == 1
    for call in (waiting, other):
        call.refresh_from_db()
    assert (waiting.state, waiting.reason, other.state) == ("refused", "dnc_listed", "queued")


def test_a_registry_of_law_counts_where_the_law_asks_for_it(world: World) -> None:
    """The national registry is about selling; this agent only serves."""
    waiting = world.place(to=NEW_YORKER, when="next_allowed", now=timezone.now()).call
    now = timezone.now()
    bring(source_of(None), NEW_YORKER, now=now, fetched_at=now)
    assert stop_forbidden(now=timezone.now()) == 0
    waiting.refresh_from_db()
    assert waiting.state == "queued"
