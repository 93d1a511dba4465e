"""A client that openapi-python-client writes from our document places a call and reads the log."""

import importlib
import json
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from calls.api.document import document, operations, spelled
from calls.management.demo import seed_acme, seed_registry
from calls.records.models import Call
from tests.house.source import ROOT

PACKAGE = "greenlight_client"
WORDS = "Hi, this is Acme calling about your appointment."
Part = Callable[[str], Any]


@pytest.fixture(scope="module")
def part(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Part]:
    """`part("api.calls.make_call")` is that module of the generated client."""
    folder = tmp_path_factory.mktemp("client")
    generate(folder, "public")
    sys.path.insert(0, str(folder))
    yield lambda name: importlib.import_module(f"{PACKAGE}.{name}" if name else PACKAGE)
    sys.path.remove(str(folder))
    for name in [name for name in sys.modules if name.startswith(PACKAGE)]:
        del sys.modules[name]


def generate(folder: Path, name: str) -> None:
    """The client as its author would make it; a warning is a failure."""
    (folder / "openapi.json").write_bytes(spelled(name)[0])
    (folder / "config.json").write_text(json.dumps({"post_hooks": []}))
    made = subprocess.run(
        [
            *(sys.executable, "-W", "ignore", "-m", "openapi_python_client", "generate"),
            *("--path", str(folder / "openapi.json"), "--config", str(folder / "config.json")),
            *("--output-path", str(folder / PACKAGE), "--meta", "none", "--fail-on-warning"),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert made.returncode == 0, made.stdout + made.stderr


def test_a_client_of_everything_can_be_generated_too(tmp_path: Path) -> None:
    generate(tmp_path, "openapi")
    written = {path.stem for path in (tmp_path / PACKAGE / "api").rglob("*.py")}
    assert {op["operationId"] for op in operations(document("openapi")["paths"])} <= written


@pytest.fixture
def client(live_server: LiveServer, part: Part) -> Iterator[Any]:
    """The generated client with a key of the demo tenant, in a house with its registry."""
    now = timezone.now()
    seed_registry(now=now)
    seeded = seed_acme(sandbox_url="http://127.0.0.1:9", now=now)
    with part("").AuthenticatedClient(base_url=live_server.url, token=seeded.api_key) as found:
        yield found


def place(client: Any, part: Part, **fields: Any) -> Any:
    """make-call through the generated code."""
    ask = part("models").CallAsk(to="+15555555678", from_="+15555551234", greeting=WORDS, **fields)
    return part("api.calls.make_call").sync_detailed(
        client=client, body=ask, idempotency_key="order-4711"
    )


def test_it_places_a_call_once_and_reads_it_in_the_log(client: Any, part: Part) -> None:
    first = place(client, part)
    again = place(client, part)
    assert (first.status_code, first.parsed.status.value) == (200, "queued"), first.content
    assert again.parsed.call_sid == first.parsed.call_sid
    assert again.headers["Idempotent-Replayed"] == "true"
    page = part("api.calls.call_logs").sync(client=client, limit=5)
    assert [record.call_sid for record in page.data] == [first.parsed.call_sid]
    assert Call.objects.count() == 1


def test_a_refusal_is_a_failure_with_its_code(client: Any, part: Part) -> None:
    place(client, part)
    other = place(client, part, agent_key="support_primary", reference="another")
    assert other.status_code == 422
    assert type(other.parsed).__name__ == "Failure"
    assert (other.parsed.ok, other.parsed.error) == (False, "idempotency_key_reused")


def test_what_is_not_there_is_a_failure_too(client: Any, part: Part) -> None:
    answer = part("api.calls.show_call").sync(client=client, call_sid="CA" + "0" * 32)
    assert answer.error == "not_found"


def test_it_counts_and_lists_and_forbids(client: Any, part: Part) -> None:
    place(client, part)
    stats = part("api.calls.call_stats").sync(client=client)
    assert (stats.total, stats.data[0].count) == (1, 1)
    ask = part("models").DncAsk(number="+15555550107", reason="Asked in the shop")
    entry = part("api.do_not_call.dnc_add").sync(client=client, body=ask)
    listed = part("api.do_not_call.dnc_list").sync(client=client)
    assert entry.id in {found.id for found in listed.data}
