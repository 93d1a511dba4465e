"""F38: numbers nobody may be rung at come in by API and form, and none comes near a carrier."""

import json
from typing import Any

import pytest

from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.lib import phone
from calls.records.models import Call, Receipt
from calls.routes import actions as routes
from calls.tenants import actions as tenants
from tests.api.program import Program
from tests.console.signed_in import at, filled, sign_in
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.faults.numbers import ORDINARY, OTHER_ROUTE, REFUSED
from tests.world import NOW, SEED, World

FORM = "/t/acme/calls/new"
every_kind = pytest.mark.parametrize("kind", REFUSED)


def regions(numbers: list[str]) -> set[str]:
    """The countries these numbers can be read as."""
    found = set()
    for number in numbers:
        try:
            found.add(phone.read(number).country_group)
        except phone.UnreadableNumber:
            continue
    return found - {""}


@pytest.fixture
def anywhere(world: World) -> World:
    """Acme may call every country, so that no other gate hides what the gate of numbers says.

    It has a second caller ID, which is switched off.
    """
    every = regions([number for numbers in REFUSED.values() for number in numbers] + ORDINARY)
    tenants.change_tenant(
        tenant=world.acme, actor=SEED, now=NOW, country_groups=sorted(every | {"EU"})
    )
    other = routes.add_route(
        tenant=world.acme, actor=SEED, now=NOW, number=OTHER_ROUTE, account=world.account
    )
    routes.switch_route(route=other, enabled=False, actor=SEED, now=NOW)
    return world


def gate_of_numbers(call: Call) -> str:
    """What the gate of numbers said of a call at accept."""
    receipt = Receipt.objects.get(call=call)
    return str(next(v["outcome"] for v in receipt.verdicts if v["gate"] == "number"))


def let_through(numbers: list[str], statuses: list[int], unread: tuple[int, int]) -> list[Any]:
    """The numbers that were neither refused as unreadable nor kept as refused by the gate of numbers."""
    kept = iter(Call.objects.order_by("id"))
    status_of_bad, status_of_refused = unread
    found: list[Any] = []
    for number, status in zip(numbers, statuses, strict=True):
        if status == status_of_bad:
            continue
        call = next(kept, None)
        blocked = call is not None and gate_of_numbers(call) == "block"
        if status != status_of_refused or not blocked or (call and call.state != "refused"):
            found.append((number, status))
    return found


@every_kind
def test_the_api_refuses_it(anywhere: World, carrier: Recorder, kind: str) -> None:
    program, numbers = Program(anywhere.key), REFUSED[kind]
    with at(NOW):
        answers = [program.send("make-call", json.dumps({"to": number})) for number in numbers]
    unread = [answer.json()["details"]["field"] for answer in answers if answer.status_code == 400]
    assert set(unread) <= {"to"}
    assert let_through(numbers, [answer.status_code for answer in answers], (400, 409)) == []
    nobody_is_rung(carrier)


@every_kind
def test_the_form_refuses_it(anywhere: World, carrier: Recorder, kind: str) -> None:
    client, numbers = sign_in(anywhere), REFUSED[kind]
    with at(NOW):
        answers = [client.post(FORM, filled(anywhere, to=number)) for number in numbers]
    assert let_through(numbers, [answer.status_code for answer in answers], (422, 409)) == []
    nobody_is_rung(carrier)


def nobody_is_rung(carrier: Recorder) -> None:
    """Not even when a hint to dial comes for each call on record."""
    assert not any(dial(call_id=call.pk) for call in Call.objects.all())
    assert (carrier.asked, Attempt.objects.count()) == ([], 0)
    oracle.uphold(placed=carrier.keys)


@pytest.mark.parametrize("number", ORDINARY)
def test_an_ordinary_number_passes_the_gate_of_numbers(anywhere: World, number: str) -> None:
    with at(NOW):
        answer = Program(anywhere.key).send("calls/preview", json.dumps({"to": number}))
    verdicts = {verdict["gate"]: verdict["outcome"] for verdict in answer.json()["verdicts"]}
    assert (verdicts["number"], verdicts["country"]) == ("pass", "pass")


def test_a_number_that_passes_is_rung_once(
    anywhere: World, carrier: Recorder, clock: Clock
) -> None:
    with at(NOW):
        answer = Program(anywhere.key).send("make-call", json.dumps({"to": ORDINARY[0]}))
    assert answer.status_code == 200
    call = Call.objects.get()
    assert [dial(call_id=call.pk) for _ in range(2)] == [True, False]
    oracle.uphold(placed=carrier.keys)


def test_the_list_is_long_and_wide_enough() -> None:
    """F38 asks for 120 numbers of 25 countries."""
    numbers = [number for numbers in REFUSED.values() for number in numbers]
    assert len(set(numbers)) == len(numbers) >= 120
    assert len(regions(numbers)) >= 25
    assert len(ORDINARY) >= 15
