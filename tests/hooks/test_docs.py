"""docs/hooks.md tells of every event, field and refusal, and its example verifies what we sign."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine

from calls.api import hook_shapes as shapes
from calls.api.webhooks import router
from calls.hooks import actions, health
from calls.hooks.actions import deliver, endpoints
from calls.hooks.envelope import EVENTS, TEST
from calls.lib import dialler
from calls.lib.errors import Refusal
from calls.lib.signing import new_secret, signed_headers
from tests.dispatch.steps import lost
from tests.hooks.steps import endpoint, said
from tests.house.source import ROOT
from tests.world import NOW, World

PAGE = (ROOT / "docs/hooks.md").read_text()
# The example reads the clock by itself, and the test may come long after this line.
NOW_HERE = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock() -> Iterator[None]:
    with time_machine.travel(NOW_HERE, tick=False):
        yield


REFUSALS = [
    found.code
    for name in actions.__all__
    if isinstance(found := getattr(actions, name), type) and issubclass(found, Refusal)
]


def example() -> Any:
    """The function of the page."""
    (code,) = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
    names: dict[str, Any] = {}
    exec(code, names)
    return names["is_genuine"]


def test_every_event_has_its_row_in_order() -> None:
    rows = re.findall(r"^\| `(voice\.[a-z._]+)` \|", PAGE, re.MULTILINE)
    assert rows == [*EVENTS, TEST]


@pytest.mark.parametrize("code", [*REFUSALS, "url_not_allowed"])
def test_every_refusal_is_explained(code: str) -> None:
    assert f"| `{code}` |" in PAGE


def test_every_field_is_named(world: World) -> None:
    row = endpoint(world)
    lost(world)
    actions.publish_waiting(now=NOW)
    fields = set(said(row.deliveries.get())["data"])
    assert {field for field in fields if f"`{field}`" not in PAGE} == set()


@pytest.mark.parametrize(
    "shape",
    [
        shapes.EndpointAsk,
        shapes.ReplayAsk,
        shapes.DeliveryQuery,
        shapes.RotateQuery,
        shapes.EndpointRecord,
        shapes.DeliveryAnswer,
        shapes.DeliveryTry,
        shapes.DeliveryPage,
    ],
)
def test_what_programs_send_and_get_is_named(shape: Any) -> None:
    everywhere = {"ok", "data"}
    fields = set(shape.model_fields) - everywhere
    assert {field for field in fields if not re.search(rf"`{field}[`=]", PAGE)} == set()


def test_every_request_has_its_row() -> None:
    rows = set(re.findall(r"^\| `([A-Z]+ /api/v1/webhooks\S*)` \|", PAGE, re.MULTILINE))
    named = {
        f"{method} /api/v1/webhooks{path}".rstrip("/")
        for path, view in router.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
    assert rows == named


def test_its_figures_are_ours() -> None:
    assert f"up to {endpoints.MOST} endpoints" in PAGE
    assert f"at most {dialler.LONGEST_URL} characters" in PAGE
    assert f"within {dialler.TOTAL_SECONDS:.0f} seconds" in PAGE
    assert f"newest {deliver.KEPT_TRIES} tries" in PAGE
    assert (deliver.MOST_TESTS, health.TENANT_SHARE) == (3, 4)
    assert len(health.SCHEDULE) == 10
    assert "5 s, 5 min, 30 min, 2 h, 5 h, 10 h, 14 h, 20 h and 24 h" in PAGE


def test_the_example_verifies_what_we_sign() -> None:
    secret, other = new_secret(), new_secret()
    given = {"message_id": "evt_1", "body": b'{"a":1}', "now": NOW_HERE}
    head = signed_headers(secrets=[other, secret], **given)
    assert example()(secret, head, b'{"a":1}')
    assert not example()(secret, head, b'{"a":2}')
    assert not example()(new_secret(), head, b'{"a":1}')


def test_and_refuses_what_is_old() -> None:
    secret = new_secret()
    old = NOW_HERE.replace(year=NOW_HERE.year - 1, day=1)
    head = signed_headers(secrets=[secret], message_id="evt_1", body=b"{}", now=old)
    assert not example()(secret, head, b"{}")
