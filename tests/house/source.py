"""Reading the house's own source for the rules about it."""

import ast
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
Function = ast.FunctionDef | ast.AsyncFunctionDef


@dataclass(frozen=True)
class Module:
    """One Python file of the product or of its tests."""

    path: Path
    text: str
    tree: ast.Module

    @property
    def name(self) -> str:
        """Its path from the root of the repository."""
        return self.path.relative_to(ROOT).as_posix()

    @property
    def code_lines(self) -> int:
        """Lines that are neither empty nor only a comment."""
        stripped = (line.strip() for line in self.text.splitlines())
        return sum(1 for line in stripped if line and not line.startswith("#"))

    def functions(self) -> Iterator[Function]:
        """Every function and method, also inner ones."""
        for node in ast.walk(self.tree):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                yield node


@cache
def tracked() -> list[Path]:
    """Files of the working copy that git does not ignore."""
    listing = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    paths = (ROOT / name for name in listing.stdout.splitlines())
    return sorted(path for path in paths if path.is_file())


@cache
def modules(*folders: str) -> list[Module]:
    """The Python files below these folders, migrations left out."""
    found = []
    for path in tracked():
        inside = path.relative_to(ROOT)
        if path.suffix == ".py" and inside.parts[0] in folders and "migrations" not in inside.parts:
            text = path.read_text(encoding="utf-8")
            found.append(Module(path, text, ast.parse(text)))
    return found


def product() -> list[Module]:
    """The code that is shipped."""
    return modules("calls", "console")


def lines(function: Function) -> int:
    """Lines of a function's body, its docstring left out."""
    body = function.body
    if isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant):
        body = body[1:]
    return (body[-1].end_lineno or 0) - body[0].lineno + 1 if body else 0


def where(module: Module, node: ast.stmt | ast.expr) -> str:
    """`path:line`, for a message."""
    return f"{module.name}:{node.lineno}"
