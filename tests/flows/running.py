"""One running installation for all journeys and for the faults that need real processes."""

from collections.abc import Iterator

import pytest

from tests.flows.system import System, start


@pytest.fixture(scope="session")
def system(tmp_path_factory: pytest.TempPathFactory) -> Iterator[System]:
    """The real thing, seeded; it has to end cleanly when it is told to."""
    data_dir = tmp_path_factory.mktemp("flows") / "var"
    found = System(start(data_dir), data_dir)
    try:
        found.wait()
        yield found
        assert found.end() == 0, data_dir.with_suffix(".log").read_text()
    finally:
        if found.process.poll() is None:
            found.process.kill()
