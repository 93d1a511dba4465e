"""F04: a carrier that lets fewer calls through than was agreed. Nothing is lost, nothing feeds the storm."""

from datetime import datetime, timedelta
from itertools import count

import pytest

from calls.carriers.base import Answer, Evidence
from calls.dispatch import actions as dispatch
from calls.dispatch import retry
from calls.dispatch.models import Attempt
from calls.records.models import Call
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.concurrency.test_claims import most_in_a_second, second_route
from tests.world import NOW, SEED, World

SECOND = timedelta(seconds=1)
CALLS, CPS, ALLOWED = (
    60,
    10.0,
    2,
)  # calls at once, our pace, and what the carrier lets through a second


class Strict:
    """A carrier that takes so many calls in any rolling second and answers 429 to the rest."""

    def __init__(self) -> None:
        self.taken: list[datetime] = []
        self.asked: list[datetime] = []
        self.numbers = count(1)

    def answer(self, at: datetime) -> Answer:
        """What comes of one request that leaves at this instant."""
        self.asked.append(at)
        if sum(at - earlier < SECOND for earlier in self.taken) >= ALLOWED:
            return Answer(Evidence.THROTTLED, http_status=429, reason="Slow down.")
        self.taken.append(at)
        sid = f"SM{next(self.numbers)}"
        return Answer(Evidence.ACCEPTED, carrier_call_id=sid, http_status=200)


def carry(account: CarrierAccount, carrier: Strict, now: datetime) -> datetime | None:
    """Claim the next call and ask for it at its slot; None when there is nothing to be had now."""
    claimed = dispatch.claim_next(account_id=account.pk, now=now)
    if claimed is None:
        return None
    intent = dispatch.intend(claimed=claimed, now=max(now, claimed.send_at))
    assert intent
    answer = carrier.answer(intent.slot)
    dispatch.conclude(attempt_id=intent.attempt_id, answer=answer, now=intent.slot)
    return intent.slot


@pytest.fixture
def carrier(world: World) -> Strict:
    """The carrier after the storm: every call was asked for until it was taken."""
    CarrierAccount.objects.update(cps=CPS, concurrency=1000)
    for n in range(CALLS):
        world.place(to=f"+1555555{7000 + n}")
    found, now = Strict(), NOW
    while Call.objects.filter(state="queued").exists() and now < NOW + timedelta(minutes=20):
        slot = carry(world.account, found, now)
        now = max(now, slot - SECOND / 2) if slot else now + SECOND / 4
    return found


def test_every_call_is_taken_once_and_the_storm_dies_down(world: World, carrier: Strict) -> None:
    assert len(carrier.taken) == CALLS
    assert set(Call.objects.values_list("state", flat=True)) == {"placed"}
    assert Attempt.objects.filter(outcome=Attempt.ACCEPTED).count() == CALLS
    assert most_in_a_second(carrier.asked) <= CPS
    again = sorted(Attempt.objects.filter(number__gt=1).values_list("intent_at", flat=True))
    assert len(again) > CALLS / 2  # it was a storm
    for start in again:
        within = sum(start <= at < start + retry.MINUTE for at in again)
        assert within <= retry.most_retries(CPS)


def test_the_next_try_is_spread_out(world: World, carrier: Strict) -> None:
    """Full jitter: no two calls refused in the same second come back together."""
    waits = {
        round((second - first).total_seconds(), 2)
        for first, second in zip(
            Attempt.objects.filter(number=1, call__attempts__number=2)
            .order_by("call_id")
            .values_list("concluded_at", flat=True),
            Attempt.objects.filter(number=2)
            .order_by("call_id")
            .values_list("intent_at", flat=True),
            strict=True,
        )
    }
    assert len(waits) > 10


def test_another_account_has_no_part_in_it(world: World, carrier: Strict) -> None:
    route = second_route(world, cps=1.0)
    routes.switch_route(route=route, enabled=True, actor=SEED, now=NOW)
    call = world.place(to="+15555558000", caller_id=route.number).call
    calm = Strict()
    assert carry(route.account, calm, NOW) == NOW + dispatch.LEAD
    assert Call.objects.get(pk=call.pk).state == "placed"
