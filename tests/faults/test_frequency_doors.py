"""R5.8: however many doors and workers want to ring one person at once, the cap holds at the carrier."""

from functools import partial
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone

from calls.carriers.base import Answer, Evidence
from calls.dispatch.dial import dial
from calls.dispatch.models import Attempt
from calls.limits import actions as limits
from calls.placing.actions import CallRefused, Placement
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount, PhoneRoute
from tests.api.program import EXAMPLE, Program
from tests.concurrency.together import failures, together
from tests.console.signed_in import filled, sign_in
from tests.dispatch.steps import fresh
from tests.faults import oracle
from tests.faults.carrier import Clock, Recorder
from tests.world import CALLEE, NOW, SEED, World

pytestmark = pytest.mark.django_db(transaction=True)

MOST = 3
DOORS = 10
BUSY = Answer(Evidence.THROTTLED, http_status=429, reason="Too many requests.")
WRONG = Answer(Evidence.REFUSED, http_status=400, reason="No such voice.")
NOT_REACHED = Answer(Evidence.NO_BYTE_SENT, reason="Connection refused.")
SILENCE = Answer(Evidence.UNKNOWN, http_status=500, reason="The carrier may have taken the call.")


@pytest.fixture
def lines(world: World) -> list[PhoneRoute]:
    """Ten numbers of Acme's, so that no two calls wait for one another, at a very quick account."""
    CarrierAccount.objects.update(cps=1000.0)
    more = [
        routes.add_route(
            tenant=world.acme,
            actor=SEED,
            now=NOW,
            number=f"+1555555200{n}",
            account=world.account,
            default_agent=world.agent,
        )
        for n in range(DOORS - 1)
    ]
    return [world.route, *more]


def cap(world: World) -> None:
    """At most three rings of one person in a day."""
    limits.set_limit(tenant=world.acme, scope="callee", most=MOST, actor=SEED, now=NOW)


def accepted(world: World, lines: list[PhoneRoute], to: str = CALLEE) -> list[Call]:
    """One call over each line, accepted before there was a cap."""
    return [world.place(to=to, caller_id=line.number).call for line in lines]


def rung() -> int:
    """Attempts that rang the callee, or may have."""
    return Attempt.objects.filter(outcome__in=(*Attempt.OPEN, Attempt.ACCEPTED)).count()


def at_doors(world: World, lines: list[PhoneRoute], browser: Client) -> list[Any]:
    """One request through each door in turn, all released at once."""
    program = Program(world.key)

    def by_api(line: PhoneRoute) -> Any:
        return program.place(EXAMPLE | {"from": line.number}, key=line.public_id)

    def by_form(line: PhoneRoute) -> Any:
        return browser.post("/t/acme/calls/new", filled(world, route=line.public_id))

    def by_verb(line: PhoneRoute) -> Placement:
        key = line.public_id
        return world.place(caller_id=line.number, idempotency_key=key, now=timezone.now())

    doors = (by_api, by_form, by_verb)
    return [partial(doors[n % 3], line) for n, line in enumerate(lines)]


def test_ten_doors_and_ten_workers_at_once(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute]
) -> None:
    cap(world)
    results = together(*at_doors(world, lines, sign_in(world)))
    assert failures(results, CallRefused) == []
    calls = list(Call.objects.all())
    assert (len(calls), {call.door for call in calls}) == (DOORS, {"api", "form"})
    clock.now = timezone.now()
    together(*[partial(dial, call_id=call.pk) for call in calls])
    assert len(carrier.asked) == MOST
    oracle.uphold(placed=carrier.keys)


@pytest.mark.parametrize("round_", range(3), ids=[f"round {n}" for n in range(3)])
def test_ten_workers_with_ten_accepted_calls(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute], round_: int
) -> None:
    calls = accepted(world, lines)
    cap(world)
    results = together(*[partial(dial, call_id=call.pk) for call in calls])
    assert failures(results) == []
    assert len(carrier.asked) == rung() == MOST
    left = [fresh(call) for call in calls if fresh(call).state != "placed"]
    assert {(call.state, call.reason) for call in left} <= {
        ("refused", "frequency_cap"),
        ("queued", ""),
    }
    oracle.uphold(placed=carrier.keys)


def test_while_the_carrier_says_no_now_and_then_the_cap_still_holds(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute]
) -> None:
    carrier.answers = [WRONG, SILENCE, BUSY]
    calls = accepted(world, lines)
    cap(world)
    together(*[partial(dial, call_id=call.pk) for call in calls])
    for call in calls:
        dial(call_id=call.pk)
    proven = Attempt.objects.filter(outcome=Attempt.REFUSED).count()
    assert len(carrier.asked) - proven == rung() <= MOST


def test_another_person_is_another_count(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute]
) -> None:
    calls = accepted(world, lines[:5]) + accepted(world, lines[5:], to="+15555550002")
    cap(world)
    together(*[partial(dial, call_id=call.pk) for call in calls])
    assert [request.to for request in carrier.asked].count(CALLEE) == MOST
    assert len(carrier.asked) == 2 * MOST
    oracle.uphold(placed=carrier.keys)


@pytest.mark.parametrize("proof", [BUSY, WRONG, NOT_REACHED], ids=["429", "400", "no byte sent"])
def test_a_refusal_with_proof_gives_its_place_back(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute], proof: Answer
) -> None:
    calls = accepted(world, lines[:5])
    cap(world)
    carrier.answers = [proof]
    dialled = [dial(call_id=call.pk) for call in calls]
    assert dialled == [True, True, True, True, False]
    assert (len(carrier.asked), rung()) == (MOST + 1, MOST)


def test_a_call_nobody_knows_of_keeps_its_place(
    world: World, carrier: Recorder, clock: Clock, lines: list[PhoneRoute]
) -> None:
    calls = accepted(world, lines[:5])
    cap(world)
    carrier.answers = [SILENCE]
    dialled = [dial(call_id=call.pk) for call in calls]
    assert dialled == [True, True, True, False, False]
    assert rung() == len(carrier.asked) == MOST
