"""The counts of requests in a real Valkey: right for several processes at once, and in nobody's way when it is ill."""

import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.core.cache.backends.redis import RedisCache

from calls.api import counters
from console.settings import CACHES
from tests.faults.process import Process
from tests.faults.proxy import Proxy
from tests.faults.stores import valkey_answers, valkey_command
from tests.flows.system import free_ports
from tests.house.source import ROOT
from tests.patience import until

# A process that takes 100 times from the shares named "key" (70) and "tenant" (1000), and says how often it could.
TAKER = """
import sys
import django
django.setup()
from calls.api import counters
wanted = {"key": 70, "tenant": 1000}
taken = [counters.take(wanted, seconds=120) for _ in range(100)]
print(sum(key < 70 for key, _ in taken))
"""


@pytest.fixture(scope="module")
def valkey(tmp_path_factory: pytest.TempPathFactory) -> Iterator[int]:
    """A private Valkey; the port on which it listens."""
    folder, (port,) = tmp_path_factory.mktemp("valkey"), free_ports(1)
    process = Process("valkey", valkey_command(port, folder), {}, folder / "log")
    process.start()
    until(lambda: valkey_answers(port), 30)
    yield port
    process.end()


@pytest.fixture
def proxy(valkey: int, monkeypatch: pytest.MonkeyPatch) -> Iterator[Proxy]:
    """What may be ill between us and it; our cache is behind it."""
    found = Proxy(("127.0.0.1", valkey))
    given: dict[str, Any] = {"OPTIONS": CACHES["default"]["OPTIONS"]}
    real = RedisCache(f"redis://127.0.0.1:{found.port}/1", given)
    real.clear()
    monkeypatch.setattr(counters, "caches", {"default": real})
    monkeypatch.setattr(counters, "asking", counters.Ask())
    yield found
    found.end()


def timed(ceilings: dict[str, int]) -> tuple[list[int] | None, float]:
    """What was taken, and how long it took."""
    begin = time.monotonic()
    return counters.take(ceilings, seconds=120), time.monotonic() - begin


def test_counts_go_up_to_their_ceiling_and_stay(proxy: Proxy) -> None:
    taken = [counters.take({"a": 3, "b": 9}, seconds=120) for _ in range(5)]
    assert taken == [[0, 0], [1, 1], [2, 2], [3, 3], [3, 3]]
    assert counters.take({"b": 9}, seconds=120) == [3]


def test_a_count_is_forgotten(proxy: Proxy) -> None:
    counters.take({"a": 3}, seconds=120)
    real: Any = counters.caches["default"]
    assert 0 < real._cache.get_client().ttl(real.make_key("a")) <= 120


def test_it_takes_one_round_trip(proxy: Proxy) -> None:
    """Counted by the server itself: commands it processed between two readings, ours of the second left out."""
    counters.take({"a": 99, "b": 99}, seconds=120)
    client = counters.caches["default"]._cache.get_client()  # type: ignore[attr-defined]
    before = client.info("commandstats")["cmdstat_evalsha"]["calls"]
    counters.take({"a": 99, "b": 99}, seconds=120)
    after = client.info("commandstats")
    assert after["cmdstat_evalsha"]["calls"] - before == 1
    assert "cmdstat_exists" not in after


def test_processes_at_once_take_exactly_what_there_is(valkey: int, tmp_path: Path) -> None:
    env = {
        "CACHE_URL": f"redis://127.0.0.1:{valkey}/2",
        "DJANGO_SETTINGS_MODULE": "console.settings",
        "DATA_DIR": str(tmp_path),
    }
    command = [sys.executable, "-W", "ignore", "-c", TAKER]
    pipe: dict[str, Any] = {"stdout": subprocess.PIPE, "env": env, "cwd": ROOT}
    takers = [subprocess.Popen(command, **pipe) for _ in range(4)]
    took = [int(taker.communicate(timeout=120)[0]) for taker in takers]
    assert sum(took) == 70


@pytest.mark.parametrize("ill", ["down", "black hole"])
def test_an_ill_cache_holds_nobody_up(proxy: Proxy, ill: str) -> None:
    """The first request learns it within the client's patience, the others do not ask (F23)."""
    if ill == "down":
        proxy.down()
    else:
        proxy.ill.black_hole = True
    first, rest = timed({"a": 3}), [timed({"a": 3}) for _ in range(50)]
    assert (first[0], Counter(taken for taken, _ in rest)) == (None, {None: 50})
    assert first[1] < 1.5
    assert max(seconds for _, seconds in rest) < 0.1


def test_a_cache_that_lost_all_counts_from_nothing(proxy: Proxy) -> None:
    counters.take({"a": 3}, seconds=120)
    real: Any = counters.caches["default"]
    real._cache.get_client().flushall()
    real._cache.get_client().script_flush()
    assert counters.take({"a": 3}, seconds=120) == [0]
