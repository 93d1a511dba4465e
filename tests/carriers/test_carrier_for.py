"""One client per account and process: kept, shared, and built anew when its account changes."""

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from calls.carriers import base
from calls.carriers.base import AccountAccess, CallRequest, Carrier, Evidence, NoClient, carrier_for
from calls.carriers.sandbox import Sandbox
from calls.carriers.stateset import StateSet
from calls.carriers.twilio import Twilio
from tests.carriers.world import ledger

ROOT = Path(__file__).parents[2]
ACCESS = AccountAccess("account-kept", "sandbox", "http://127.0.0.1:9", "secret-key", ("whsec_x",))


@pytest.fixture(autouse=True)
def forgotten() -> Iterator[None]:
    """Close what a test made this process keep."""
    yield
    for kept in base._kept.values():
        assert isinstance(kept, StateSet | Twilio)
        kept.close()
    base._kept.clear()


def test_the_same_account_gets_the_same_client() -> None:
    assert carrier_for(ACCESS) is carrier_for(replace(ACCESS))


def test_another_account_gets_another_client() -> None:
    assert carrier_for(ACCESS) is not carrier_for(replace(ACCESS, account_id="account-other"))


@pytest.mark.parametrize(
    "change",
    [{"api_key": "new"}, {"base_url": "http://127.0.0.1:8"}, {"signing_secrets": ()}],
)
def test_a_changed_account_gets_a_new_client(change: dict[str, object]) -> None:
    old = carrier_for(ACCESS)
    new = carrier_for(replace(ACCESS, **change))  # type: ignore[arg-type]
    assert new is not old
    assert new.access != old.access
    assert carrier_for(replace(ACCESS, **change)) is new  # type: ignore[arg-type]
    assert isinstance(old, StateSet)
    old.close()


@pytest.mark.parametrize("name", sorted(base.CARRIERS))
def test_every_registered_carrier_can_be_built(name: str) -> None:
    carrier: Carrier = carrier_for(replace(ACCESS, carrier=name))
    assert carrier.access.carrier == name


def test_an_unknown_carrier_has_no_client() -> None:
    with pytest.raises(NoClient):
        carrier_for(replace(ACCESS, carrier="pigeon"))


def test_an_account_shows_none_of_its_credentials() -> None:
    assert "secret-key" not in repr(ACCESS)
    assert "whsec_x" not in repr(ACCESS)


def test_threads_asking_at_once_share_one_client() -> None:
    with ThreadPoolExecutor(8) as pool:
        clients = set(pool.map(lambda _: id(carrier_for(ACCESS)), range(64)))
    assert len(clients) == 1


def test_threads_place_calls_through_one_client(sandbox: Sandbox) -> None:
    access = replace(ACCESS, base_url=sandbox.url)

    def place(n: int) -> Evidence:
        asked = CallRequest("+15550007777", "+15555551234", "a", "Hi", f"key-{n}")
        return carrier_for(access).place(asked).evidence

    with ThreadPoolExecutor(8) as pool:
        assert set(pool.map(place, range(40))) == {Evidence.ACCEPTED}
    rows = ledger(sandbox, "+15550007777")
    assert len({row["call_sid"] for row in rows}) == 40
    assert {row["times"] for row in rows} == {1}


def run(code: str) -> int:
    """Run code in a Python of its own, and give its exit status."""
    return subprocess.run([sys.executable, "-c", code], check=False, cwd=ROOT).returncode


def test_a_forked_process_starts_without_clients() -> None:
    code = (
        "import os; from calls.carriers import base;"
        "base.carrier_for(base.AccountAccess('a', 'stateset', 'http://127.0.0.1:9', 'k'));"
        "child = os.fork();"
        "child or os._exit(len(base._kept));"
        "status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]);"
        "os._exit(10 * status + len(base._kept))"
    )
    assert run(code) == 1


def test_naming_carriers_loads_no_client_and_no_django() -> None:
    """`base` is imported everywhere; httpx and Django are for those who need them."""
    code = (
        "import sys, calls.carriers.base, calls.carriers.sandbox.__main__;"
        "sys.exit(bool({'httpx', 'django', 'celery'} & set(sys.modules)))"
    )
    assert run(code) == 0
