"""docs/settings.md names every setting the environment can give, and no other."""

import ast
import re

from tests.house.source import ROOT

READERS = {"text", "number", "flag", "words", "folder", "origin"}
ROW = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)


def read() -> set[str]:
    """The names `console/settings.py` asks the environment for."""
    tree = ast.parse((ROOT / "console/settings.py").read_text(encoding="utf-8"))
    return {
        str(node.args[0].value)
        for node in ast.walk(tree)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and node.func.attr in READERS
        and ast.unparse(node.func.value) == "env"
        and isinstance(node.args[0], ast.Constant)
    }


def test_every_setting_is_documented() -> None:
    documented = set(ROW.findall((ROOT / "docs/settings.md").read_text(encoding="utf-8")))
    assert documented == read()


def test_settings_are_read_in_one_place() -> None:
    readers = {
        path.relative_to(ROOT).as_posix()
        for folder in ("calls", "console")
        for path in (ROOT / folder).rglob("*.py")
        if re.search(r"os\.(environ|getenv)", path.read_text(encoding="utf-8"))
    }
    # The doors of the process name the settings module; the supervisor hands its environment on.
    doors = {"console/wsgi.py", "console/celery.py", "console/supervisor.py", "console/settings.py"}
    assert readers <= doors
