"""The probe: one worker, one GET, never a call."""

from datetime import timedelta

import pytest
from django.utils import timezone

from calls.carriers.sandbox import Sandbox
from calls.dispatch import queries
from calls.dispatch.probe import probe
from calls.routes import actions as routes
from calls.routes.models import CarrierAccount
from tests.carriers.world import fetch
from tests.dispatch.wire import carry, ledger, log_answers, placed_to
from tests.world import NOW, SEED, World

SECOND = timedelta(seconds=1)


@pytest.fixture
def broken(world: World, sandbox: Sandbox) -> CarrierAccount:
    """Acme's account at the running sandbox, its breaker open, to be asked at NOW."""
    world.account.refresh_from_db()
    return routes.open_breaker(
        account=world.account, actor=SEED, now=NOW, reason="No answer.", breaks=1, probe_at=NOW
    )


def test_a_carrier_that_answers_is_asked_for_calls_again(broken: CarrierAccount) -> None:
    assert queries.accounts_to_probe(NOW) == [broken]
    assert probe(account=broken, now=NOW)
    broken.refresh_from_db()
    assert (broken.broken_at, broken.probe_at, broken.mended_at) == (None, None, NOW)
    assert queries.accounts_to_probe(NOW + timedelta(hours=1)) == []


def test_one_that_does_not_is_asked_again_in_ten_seconds(
    sandbox: Sandbox, broken: CarrierAccount
) -> None:
    log_answers(sandbox, 503)
    assert not probe(account=broken, now=NOW)
    broken.refresh_from_db()
    assert (broken.broken_at, broken.probe_at) == (NOW, NOW + 10 * SECOND)
    assert queries.accounts_to_probe(NOW + 9 * SECOND) == []
    assert queries.accounts_to_probe(NOW + 10 * SECOND) == [broken]


def test_nobody_asks_while_another_does(broken: CarrierAccount) -> None:
    assert routes.take_probe(account=broken, now=NOW, until=NOW + 90 * SECOND)
    assert not probe(account=broken, now=NOW + 89 * SECOND)
    broken.refresh_from_db()
    assert broken.broken_at == NOW


def test_before_its_time_nobody_asks(broken: CarrierAccount) -> None:
    assert not probe(account=broken, now=NOW - SECOND)


def test_a_paused_account_is_left_alone(broken: CarrierAccount) -> None:
    routes.pause_account(account=broken, actor=SEED, now=NOW, reason="401")
    assert queries.accounts_to_probe(NOW) == []
    assert not probe(account=broken, now=NOW)


@pytest.mark.parametrize("status", [401, 403])
def test_refused_credentials_pause_it(
    sandbox: Sandbox, broken: CarrierAccount, status: int
) -> None:
    log_answers(sandbox, status)
    assert not probe(account=broken, now=NOW)
    broken.refresh_from_db()
    assert broken.paused_reason == "The carrier rejected our credentials."


def test_a_lost_key_pauses_it_and_says_so(broken: CarrierAccount) -> None:
    CarrierAccount.objects.update(sealed_api_key="00000000:gAAAA")
    broken.refresh_from_db()
    assert not probe(account=broken, now=NOW)
    broken.refresh_from_db()
    assert broken.broken_at == NOW
    assert "it wants key '00000000'" in broken.paused_reason
    assert queries.accounts_to_probe(NOW + timedelta(hours=1)) == []


def test_a_probe_places_no_call(world: World, sandbox: Sandbox, broken: CarrierAccount) -> None:
    assert probe(account=broken, now=NOW)
    assert fetch(f"{sandbox.url}/ledger")["data"] == []


def test_nobody_listens_then_somebody_does(world: World, sandbox: Sandbox) -> None:
    """F08: nothing sent five times opens it; the calls wait, and go out once each when a GET succeeds."""
    calls = [placed_to(world, f"70{n:02}") for n in range(6)]
    at_home = CarrierAccount.objects.get(pk=world.account.pk).base_url
    CarrierAccount.objects.update(base_url="http://127.0.0.1:9")
    for call in calls:
        carry(call)
    world.account.refresh_from_db()
    assert world.account.broken_at is not None
    assert not probe(account=world.account, now=timezone.now() + 11 * SECOND)
    CarrierAccount.objects.update(base_url=at_home)
    world.account.refresh_from_db()
    assert probe(account=world.account, now=timezone.now() + 40 * SECOND)
    assert [carry(call).state for call in calls] == ["placed"] * 6
    assert [ledger(sandbox, call) for call in calls] == [1] * 6
