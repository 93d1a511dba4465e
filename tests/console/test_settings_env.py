"""Settings are read loudly: a value that cannot be used is named, with what would do."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from console.env import Env, SettingError, postgresql, socket_path, sqlite


def test_text_falls_back_to_its_default() -> None:
    assert Env({}).text("MODE", "slow") == "slow"
    assert Env({"MODE": ""}).text("MODE", "slow") == "slow"
    assert Env({"MODE": " fast "}).text("MODE", "slow") == "fast"


def test_text_keeps_to_its_choices() -> None:
    with pytest.raises(SettingError, match="MODE must be one of slow, fast; it is 'loud'"):
        Env({"MODE": "loud"}).text("MODE", "slow", choices=("slow", "fast"))


def test_number_is_read() -> None:
    assert Env({"PORT": "8001"}).number("PORT", 8000, 1, 65535) == 8001
    assert Env({}).number("PORT", 8000, 1, 65535) == 8000


@pytest.mark.parametrize("wrong", ["eight", "80.5", "-1", "0", "65536", "１２", "1e3"])
def test_number_says_what_it_wants(wrong: str) -> None:
    with pytest.raises(SettingError, match="PORT must be a whole number from 1 to 65535"):
        Env({"PORT": wrong}).number("PORT", 8000, 1, 65535)


@pytest.mark.parametrize(("word", "meaning"), [("1", True), ("Yes", True), ("off", False)])
def test_flag_is_read(word: str, meaning: bool) -> None:
    assert Env({"DEBUG": word}).flag("DEBUG") is meaning


def test_flag_refuses_other_words() -> None:
    with pytest.raises(SettingError, match="DEBUG must be true or false; it is 'maybe'"):
        Env({"DEBUG": "maybe"}).flag("DEBUG")


def test_words_are_split_at_commas() -> None:
    assert Env({"HOSTS": "a.example, b.example,"}).words("HOSTS") == ["a.example", "b.example"]
    assert Env({}).words("HOSTS", ("c.example",)) == ["c.example"]


def test_folder_is_absolute(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert Env({"DATA_DIR": "here"}).folder("DATA_DIR", Path("/x")) == tmp_path / "here"
    assert Env({}).folder("DATA_DIR", Path("/x")) == Path("/x")


def test_origin_drops_the_last_slash() -> None:
    assert Env({"URL": "https://a.example/"}).origin("URL", "") == "https://a.example"


@pytest.mark.parametrize(
    "wrong", ["a.example", "ftp://a.example", "https://", "https://a.example/x"]
)
def test_origin_wants_scheme_and_host_only(wrong: str) -> None:
    with pytest.raises(SettingError, match="URL must look like https:"):
        Env({"URL": wrong}).origin("URL", "")


def test_file_fills_the_gaps(tmp_path: Path) -> None:
    file = tmp_path / "secrets.env"
    file.write_text("# a note\nKEY=from=file\nPORT=1\n\n")
    env = Env({"PORT": "2"}).with_file(file)
    assert (env.text("KEY"), env.text("PORT")) == ("from=file", "2")


def test_missing_file_is_no_fault(tmp_path: Path) -> None:
    assert Env({"PORT": "2"}).with_file(tmp_path / "none").text("PORT") == "2"


def test_postgresql_url_is_taken_apart() -> None:
    url = "postgresql://us%40er:p%2Fw@db.example:6432/calls?sslmode=require"
    found = postgresql(url, pool_size=7)
    assert (found["USER"], found["PASSWORD"]) == ("us@er", "p/w")
    assert (found["HOST"], found["PORT"], found["NAME"]) == ("db.example", "6432", "calls")
    assert found["OPTIONS"]["sslmode"] == "require"


def test_postgresql_uses_a_pool_and_no_lasting_connections() -> None:
    found = postgresql("postgres://db.example/calls", pool_size=7)
    assert found["CONN_MAX_AGE"] == 0
    assert found["OPTIONS"]["pool"]["max_size"] == 7


def test_postgresql_ends_transactions_whose_process_froze() -> None:
    found = postgresql("postgres://db.example/calls", pool_size=7)
    assert "-c idle_in_transaction_session_timeout=10s" in found["OPTIONS"]["options"]


def test_postgresql_ends_statements_that_take_or_wait_too_long() -> None:
    found = postgresql("postgres://db.example/c", pool_size=7, statement_seconds=30, lock_seconds=9)
    assert "-c statement_timeout=30s -c lock_timeout=9s" in found["OPTIONS"]["options"]
    free = postgresql("postgres://db.example/c", pool_size=7)["OPTIONS"]["options"]
    assert "-c statement_timeout=0s -c lock_timeout=0s" in free


def test_postgresql_that_says_nothing_more_is_noticed() -> None:
    found = postgresql("postgres://db.example/c?tcp_user_timeout=7", pool_size=7)["OPTIONS"]
    assert (found["connect_timeout"], found["keepalives_idle"]) == (5, 10)
    assert found["tcp_user_timeout"] == "7"  # the URL's word is the last


COMMAND, PROCESS = ("manage.py", "shell", "-v", "0", "-c"), ("-c",)


@pytest.mark.parametrize(("words", "limits"), [(COMMAND, "0 0"), (PROCESS, "30 15")])
def test_only_commands_may_take_any_time(words: tuple[str, ...], limits: str) -> None:
    show = "from django.conf import settings as s; print(s.STATEMENT_TIMEOUT, s.LOCK_TIMEOUT)"
    env = os.environ | {"DJANGO_SETTINGS_MODULE": "console.settings"}
    said = subprocess.check_output(
        [sys.executable, *words, show], text=True, cwd=settings.BASE_DIR, env=env
    )
    assert said.splitlines()[-1] == limits


def test_server_options_of_the_url_come_on_top() -> None:
    url = "postgres://db.example/calls?options=-c%20statement_timeout%3D5s"
    found = postgresql(url, pool_size=7)["OPTIONS"]["options"]
    assert found.startswith("-c idle_in_transaction_session_timeout=10s")
    assert found.endswith(" -c statement_timeout=5s")


@pytest.mark.parametrize("wrong", ["mysql://db.example/calls", "postgresql://db.example", "calls"])
def test_other_databases_are_refused(wrong: str) -> None:
    with pytest.raises(SettingError, match="DATABASE_URL must look like postgresql://"):
        postgresql(wrong, pool_size=7)


def test_refusal_of_a_database_keeps_its_password() -> None:
    with pytest.raises(SettingError) as refusal:
        postgresql("mysql://user:hunter2@db.example/calls", pool_size=7)
    assert "hunter2" not in str(refusal.value)


def test_sqlite_is_durable_and_takes_the_lock_at_once(tmp_path: Path) -> None:
    options = sqlite(tmp_path / "db")["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert "PRAGMA journal_mode=WAL" in options["init_command"]
    assert "PRAGMA synchronous=FULL" in options["init_command"]


def test_socket_lies_in_the_data_folder() -> None:
    assert socket_path(Path("/srv/var")) == Path("/srv/var/valkey.sock")


def test_socket_moves_where_its_path_would_be_too_long() -> None:
    deep = Path("/srv") / ("long" * 30)
    assert len(str(socket_path(deep))) < 100
    assert socket_path(deep) == socket_path(deep)
    assert socket_path(deep) != socket_path(deep / "other")
