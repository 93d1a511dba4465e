""".ci/venv makes the environment, and says in one sentence what is missing."""

import shutil
import subprocess
from pathlib import Path

import pytest

from tests.house.source import ROOT

TOOLS = ("sh", "dirname", "cat", "cksum", "mkdir", "rm")
NO_VENV = '#!/bin/sh\ncase "$2" in *ensurepip*) exit 1 ;; esac\nexit 0\n'
NOT_NEW_ENOUGH = "#!/bin/sh\nexit 1\n"
# Stands in for a whole environment: makes the folder, and reports what pip is asked to do.
WORKS = """#!/bin/sh
case "$*" in
  *"venv --clear"*) mkdir -p .venv/bin; cat "$0" >.venv/bin/python; chmod +x .venv/bin/python ;;
  *"import pip"*) [ -d .venv ] ;;
  *"pip install"*) echo "installs $*" ;;
esac
"""


class Checkout:
    """A copy of what `.ci/venv` reads, on a machine with these tools only."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.tools = folder / "checkout", folder / "tools"
        (self.folder / ".ci").mkdir(parents=True)
        self.tools.mkdir()
        shutil.copy(ROOT / ".ci/venv", self.folder / ".ci/venv")
        for lock in ("requirements.txt", "requirements-dev.txt"):
            (self.folder / lock).write_text("django==5.2.19\n")
        for tool in (*TOOLS, "chmod"):
            (self.tools / tool).symlink_to(shutil.which(tool) or "")

    def has(self, name: str, script: str) -> None:
        """Puts a command on the path."""
        (self.tools / name).write_text(script)
        (self.tools / name).chmod(0o755)

    def run(self, lock: str = "requirements.txt") -> subprocess.CompletedProcess[str]:
        """`sh .ci/venv <lock>`."""
        command = [str(self.tools / "sh"), ".ci/venv", lock]
        env = {"PATH": str(self.tools)}
        return subprocess.run(
            command, cwd=self.folder, env=env, capture_output=True, text=True, check=False
        )


@pytest.fixture
def checkout(tmp_path: Path) -> Checkout:
    return Checkout(tmp_path)


def test_no_python_is_one_sentence(checkout: Checkout) -> None:
    found = checkout.run()
    assert found.returncode == 1
    assert "Greenlight cannot start. Python 3.11 or newer is needed" in found.stderr


def test_an_old_python_is_passed_over(checkout: Checkout) -> None:
    checkout.has("python3", NOT_NEW_ENOUGH)
    checkout.has("python3.12", WORKS)
    assert checkout.run().returncode == 0


def test_a_python_without_venv_names_the_package(checkout: Checkout) -> None:
    checkout.has("python3", NO_VENV)
    found = checkout.run()
    assert found.returncode == 1
    assert "apt-get install -y python3-venv" in found.stderr


def test_it_installs_with_hashes(checkout: Checkout) -> None:
    checkout.has("python3", WORKS)
    assert "--require-hashes -r requirements.txt" in checkout.run().stdout


def test_the_second_time_it_does_nothing(checkout: Checkout) -> None:
    checkout.has("python3", WORKS)
    checkout.run()
    assert checkout.run().stdout == ""


def test_a_changed_lock_is_installed(checkout: Checkout) -> None:
    checkout.has("python3", WORKS)
    checkout.run()
    (checkout.folder / "requirements.txt").write_text("django==5.2.20\n")
    assert "installs" in checkout.run().stdout


def test_what_tests_need_includes_what_the_product_needs(checkout: Checkout) -> None:
    checkout.has("python3", WORKS)
    assert "-r requirements-dev.txt" in checkout.run("requirements-dev.txt").stdout
    assert checkout.run("requirements.txt").stdout == ""
