"""What the house agreed never to do, found by reading its source."""

import ast
import re
from collections.abc import Iterator

from tests.house.source import ROOT, Function, Module, modules, product, tracked, where

DRAWERS = {"utils", "helpers", "services", "managers", "constants", "exceptions", "common", "misc"}
LOOSE_HTTP = {"get", "post", "put", "patch", "delete", "head", "options", "request", "stream"}
SIGNALS = {"django.db.models.signals", "django.dispatch", "django.core.signals"}
# An address of a package index, a path of somebody's machine; written so that this file passes.
PLACES = re.compile(
    r"pypi\.(?:org|python)|pythonhosted|/work/[a-z]|/root/|/Users/[a-z]|file:/{2}/opt"
)
LEGIBLE = {
    ".py",
    ".txt",
    ".toml",
    ".md",
    ".html",
    ".css",
    ".js",
    ".json",
    ".yaml",
    ".yml",
    ".sh",
    "",
}

# httpx without a client of its own, and why that is right there.
ONE_REQUEST = {"console/supervisor.py": "asks once whether its own children are up"}


def calls_in(module: Module) -> Iterator[tuple[ast.Call, str, str]]:
    """Every call as (node, receiver, name): `httpx.post(...)` → httpx, post."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            receiver = node.func.value
            yield node, receiver.id if isinstance(receiver, ast.Name) else "", node.func.attr


def imports(module: Module) -> Iterator[str]:
    """The dotted names a module imports."""
    for node in ast.walk(module.tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def unannotated(function: Function) -> bool:
    """Whether a parameter or the result has no type."""
    arguments = function.args
    named = [*arguments.posonlyargs, *arguments.args, *arguments.kwonlyargs]
    named += [extra for extra in (arguments.vararg, arguments.kwarg) if extra]
    typed = all(a.annotation or a.arg in {"self", "cls"} for a in named)
    return not typed or function.returns is None


def test_no_drawer_for_everything() -> None:
    names = {
        module.name for module in product() if DRAWERS & set(module.path.with_suffix("").parts)
    }
    assert names == set()


def test_every_function_is_annotated() -> None:
    bare = [
        f"{where(module, function)} {function.name}"
        for module in product()
        for function in module.functions()
        if unannotated(function)
    ]
    assert bare == []


def test_every_public_function_says_what_it_does() -> None:
    silent = [
        f"{module.name}:{node.lineno} {node.name}"
        for module in product()
        for node in module.tree.body
        if isinstance(node, ast.FunctionDef | ast.ClassDef)
        and not node.name.startswith("_")
        and not ast.get_docstring(node)
    ]
    assert silent == []


def test_time_and_retries_are_rows() -> None:
    late = [
        where(module, call)
        for module in product()
        for call, _, name in calls_in(module)
        if (name == "retry" and not call.args and receiver_is_task(call))
        or {k.arg for k in call.keywords} & {"eta", "countdown"}
    ]
    assert late == []


def receiver_is_task(call: ast.Call) -> bool:
    """`self.retry()` and `task.retry()` are Celery's; `retry.next_try(...)` is ours."""
    function = call.func
    return isinstance(function, ast.Attribute) and isinstance(
        function.value, ast.Name | ast.Attribute
    )


def test_http_goes_through_kept_clients() -> None:
    loose = [
        where(module, call)
        for module in product()
        for call, receiver, name in calls_in(module)
        if receiver == "httpx" and name in LOOSE_HTTP and module.name not in ONE_REQUEST
    ]
    assert loose == []


def test_no_signals() -> None:
    wired = {
        m.name for m in product() if any(name.startswith(tuple(SIGNALS)) for name in imports(m))
    }
    assert wired == set()


def test_no_rule_hides_in_save() -> None:
    hidden = [
        where(module, function)
        for module in product()
        for function in module.functions()
        if function.name == "save"
    ]
    assert hidden == []


def test_hints_are_sent_by_one_hand() -> None:
    senders = {
        module.name
        for module in product()
        for _, _, name in calls_in(module)
        if name in {"delay", "apply_async", "send_task", "delay_on_commit"}
    }
    assert senders <= {"calls/lib/later.py"}


def test_no_test_sleeps_for_luck() -> None:
    sleepers = [
        where(module, call)
        for module in modules("tests")
        for function in module.functions()
        if function.name.startswith("test_")
        for call in ast.walk(function)
        if isinstance(call, ast.Call) and ast.unparse(call.func) == "time.sleep"
    ]
    assert sleepers == []


def test_no_place_of_the_workshop_is_written_down() -> None:
    this = "tests/house/test_manners.py"
    named = {
        path.relative_to(ROOT).as_posix()
        for path in tracked()
        if path.suffix in LEGIBLE
        and PLACES.search(path.read_text(encoding="utf-8", errors="ignore"))
    }
    assert named - {this} == set()


def test_no_file_that_other_tools_trip_over() -> None:
    names = {path.name for path in tracked()}
    assert names & {".python-version", "uv.lock", "pylock.toml", "package-lock.json"} == set()
