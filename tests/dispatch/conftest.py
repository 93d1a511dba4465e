"""A quick sandbox carrier for the tests that dial for real, over HTTP."""

from collections.abc import Iterator

import pytest

from calls.carriers.sandbox import Sandbox, start
from calls.routes import actions as routes
from tests.carriers.world import PACE, fetch
from tests.world import HOOK_SECRET, HOOK_TOKEN, NOW, SEED, World


@pytest.fixture(scope="module")
def running() -> Iterator[Sandbox]:
    sandbox = start(pace=PACE)
    yield sandbox
    sandbox.stop()


@pytest.fixture
def sandbox(running: Sandbox, world: World) -> Sandbox:
    """The running sandbox, empty, with Acme's account at it."""
    fetch(f"{running.url}/control/reset", method="POST")
    routes.point_hooks(
        account=world.account,
        base_url=running.url,
        token=HOOK_TOKEN,
        hook_secrets=[HOOK_SECRET],
        actor=SEED,
        now=NOW,
    )
    return running
