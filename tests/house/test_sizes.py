"""Budgets of size: what is small can be read at one glance."""

import ast
from statistics import median

from tests.house.source import ROOT, Module, lines, modules, product, tracked, where

# The median test of the median file; whole journeys through a browser are told, not checked off.
TOLD = ("tests/flows/", "tests/faults/", "tests/journeys/")


def share(sizes: list[int], limit: int) -> float:
    """How many of these sizes keep to a limit, 0 to 1."""
    return sum(size <= limit for size in sizes) / len(sizes)


def test_functions_are_short() -> None:
    sizes = [lines(function) for module in product() for function in module.functions()]
    assert median(sizes) <= 8
    assert share(sizes, 30) >= 0.9


def test_no_function_is_long() -> None:
    long = [
        f"{where(module, function)} {function.name} has {lines(function)} lines"
        for module in product()
        for function in module.functions()
        if lines(function) > 60
    ]
    assert not long


def test_files_are_short() -> None:
    sizes = [len(module.text.splitlines()) for module in product()]
    assert share(sizes, 250) >= 0.9


def test_no_file_is_long() -> None:
    sizes = {module.name: len(module.text.splitlines()) for module in product()}
    assert {name: size for name, size in sizes.items() if size > 400} == {}


def test_templates_are_short() -> None:
    sizes = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for path in tracked()
        if path.suffix == ".html"
    }
    long = {name: size for name, size in sizes.items() if size > 70}
    assert len(long) <= len(sizes) / 10, long


def test_tests_outweigh_the_code() -> None:
    code = sum(module.code_lines for module in product())
    tests = sum(module.code_lines for module in modules("tests"))
    assert tests >= 1.3 * code, f"{tests} lines of tests for {code} lines of code"


def test_tests_are_short() -> None:
    assert median(size for module in modules("tests") for size in sizes_of_tests(module)) <= 10


def sizes_of_tests(module: Module) -> list[int]:
    """Lines of each test in a file; journeys left out."""
    tests = [f for f in module.functions() if f.name.startswith("test_")]
    return [] if module.name.startswith(TOLD) else [lines(test) for test in tests]


def test_tasks_are_one_verb() -> None:
    tasks = [module for module in product() if module.name == "calls/tasks.py"]
    long = [f.name for module in tasks for f in module.functions() if lines(f) > 5]
    assert not long


def test_views_are_short() -> None:
    long = [
        f"{where(module, function)} {function.name} has {lines(function)} lines"
        for module in product()
        if module.name.startswith(("console/pages/", "calls/hooks_in", "calls/api/"))
        for function in module.functions()
        if takes_a_request(function.args) and lines(function) > 20
    ]
    assert not long


def takes_a_request(arguments: ast.arguments) -> bool:
    """Whether a function looks like a view."""
    return bool(arguments.args) and arguments.args[0].arg == "request"
