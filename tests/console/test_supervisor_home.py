"""The folder of an installation: one run at a time, secrets of its own, ports nobody else has."""

import os
import socket
import stat
from collections.abc import Iterator
from pathlib import Path

import pytest

from console import home


@pytest.fixture
def taken_port() -> Iterator[int]:
    """A port somebody listens on."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        yield listener.getsockname()[1]


def test_the_folder_is_made_for_its_owner_only(tmp_path: Path) -> None:
    with home.claim(tmp_path / "new" / "var"):
        assert stat.S_IMODE((tmp_path / "new" / "var").stat().st_mode) == 0o700


def test_a_second_run_is_told_about_the_first(tmp_path: Path) -> None:
    with home.claim(tmp_path), pytest.raises(home.CannotStart) as refusal:
        home.claim(tmp_path)
    assert f"process {os.getpid()}" in str(refusal.value)
    assert "DATA_DIR=" in str(refusal.value)


def test_a_run_that_ended_leaves_the_folder_free(tmp_path: Path) -> None:
    home.claim(tmp_path).close()
    home.claim(tmp_path).close()


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(home.CannotStart, match="cannot be written"):
        home.claim(tmp_path / "file" / "var")


def test_secrets_are_random_and_private(tmp_path: Path) -> None:
    one, two = tmp_path / "one.env", tmp_path / "two.env"
    home.write_secrets(one)
    home.write_secrets(two)
    assert stat.S_IMODE(one.stat().st_mode) == 0o600
    assert one.read_text() != two.read_text()
    assert "SECRET_KEY=" in one.read_text()
    assert "ENCRYPTION_KEYS=" in one.read_text()


def test_secrets_are_made_once(tmp_path: Path) -> None:
    path = tmp_path / "secrets.env"
    home.write_secrets(path)
    first = path.read_text()
    home.write_secrets(path)
    assert path.read_text() == first


def test_a_start_that_was_cut_short_does_not_stand_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "secrets.new").write_text("half")
    home.write_secrets(tmp_path / "secrets.env")
    assert "SECRET_KEY=" in (tmp_path / "secrets.env").read_text()


def test_a_taken_port_names_the_setting_that_moves_ours(taken_port: int) -> None:
    with pytest.raises(home.CannotStart) as refusal:
        home.require_free("SANDBOX_PORT", taken_port)
    assert f"Port {taken_port} cannot be used" in str(refusal.value)
    assert f"SANDBOX_PORT={taken_port + 1} make run" in str(refusal.value)
