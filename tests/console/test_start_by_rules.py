"""A rule of law that cannot be used stops the start of everything, and says where it is wrong."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.core.exceptions import ImproperlyConfigured
from pytest_django import Settings

from calls.policy import rulebook
from console import checks
from tests.house.source import ROOT
from tests.policy.books import US, Opened
from tests.policy.books import opened as opened

WRONG = US.replace('["08:00", "21:00"]', '["21:00", "08:00"]')


def test_our_own_rules_let_it_start(opened: Opened) -> None:
    checks.refuse_wrong_rules()
    assert "us-hours" in {rule.id for rule in rulebook.all_rules()}


def test_a_folder_of_further_rules_is_read(
    tmp_path: Path, settings: Settings, opened: Opened
) -> None:
    (tmp_path / "us.toml").write_text(US)
    settings.RULES_DIR = str(tmp_path)
    checks.refuse_wrong_rules()
    (rule,) = [rule for rule in rulebook.all_rules() if rule.id == "us-hours"]
    assert rule.reviewed_by == "Alice"


def test_a_wrong_rule_stops_the_start(tmp_path: Path, settings: Settings, opened: Opened) -> None:
    (tmp_path / "us.toml").write_text(WRONG)
    settings.RULES_DIR = str(tmp_path)
    with pytest.raises(ImproperlyConfigured, match=r"us\.toml, line 11, windows\.mon-sun: 21:00"):
        checks.refuse_wrong_rules()


def start(rules: Path) -> subprocess.CompletedProcess[str]:
    """A real process, as web, workers and commands start."""
    code = "import django; django.setup(); print('started')"
    around = {name: value for name, value in os.environ.items() if name != "DATABASE_URL"}
    wanted = {"DJANGO_SETTINGS_MODULE": "console.settings", "RULES_DIR": str(rules)}
    return subprocess.run(
        [sys.executable, "-c", code],
        cwd=ROOT,
        env=around | wanted,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_a_process_does_not_start_by_a_wrong_rule_and_does_by_a_right_one(tmp_path: Path) -> None:
    (tmp_path / "us.toml").write_text(WRONG)
    failed = start(tmp_path)
    assert failed.returncode != 0
    assert f"{tmp_path}/us.toml, line 11, windows.mon-sun: 21:00 to 08:00 ends" in failed.stderr
    assert "started" not in failed.stdout
    (tmp_path / "us.toml").write_text(US)
    assert start(tmp_path).stdout == "started\n"
