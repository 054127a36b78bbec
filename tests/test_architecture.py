"""The order of the packages: what may import what, who commits, and that nothing is evaluated."""

import ast
import configparser
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
PACKAGES = ("engine", "forms", "office", "webhooks", "web")


def sources(*folders: str) -> Iterator[Path]:
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*.py")):
            if "node_modules" not in path.parts:
                yield path


def name(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


@cache
def tree(path: Path) -> ast.Module:
    return ast.parse(path.read_text("utf-8"), str(path))


def imported(path: Path) -> set[str]:
    """The top-level packages that a file imports, wherever in it."""
    modules: set[str] = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Import):
            modules.update(alias.name for alias in node.names)
        if isinstance(node, ast.ImportFrom) and node.level == 0 and node.module:
            modules.add(node.module)
    return {module.split(".")[0] for module in modules}


def called(path: Path) -> Iterator[tuple[str, int]]:
    """The last name of everything called, with its line."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            function = node.func
            if isinstance(function, ast.Attribute):
                yield "." + function.attr, node.lineno
            if isinstance(function, ast.Name):
                yield function.id, node.lineno


def places_of(calls: set[str], *folders: str) -> list[str]:
    return [
        f"{name(path)}:{line}"
        for path in sources(*folders)
        for call, line in called(path)
        if call in calls
    ]


def test_imports_only_go_down_the_packages() -> None:
    program = Path(sys.executable).with_name("lint-imports")

    answer = subprocess.run([program, "--no-cache"], cwd=ROOT, capture_output=True, text=True)

    assert answer.returncode == 0, answer.stdout


def test_only_bpmn_knows_spiffworkflow() -> None:
    knowing = {name(path) for path in sources(*PACKAGES) if "SpiffWorkflow" in imported(path)}

    allowed = {path for path in knowing if path.startswith("engine/bpmn/")}
    assert knowing == allowed


def test_only_pages_and_rest_know_flask() -> None:
    knowing = {name(path) for path in sources(*PACKAGES) if "flask" in imported(path)}

    assert not {path for path in knowing if not path.startswith(("web/", "webhooks/"))}


def test_only_one_place_commits() -> None:
    committing = places_of({".commit"}, *PACKAGES)

    assert {place.split(":")[0] for place in committing} == {"engine/store/database.py"}


@cache
def test_what_is_installed_needs_no_test() -> None:
    needing = [name(path) for path in sources("bench", *PACKAGES) if "tests" in imported(path)]

    assert not needing  # `samnuan bench` starts where there are no tests


def own_names(path: Path) -> set[str]:
    """Names that a file imports or defines: `compile` may be FEEL's and not Python's."""
    names = set()
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            names.update(alias.asname or alias.name for alias in node.names)
        if isinstance(node, ast.FunctionDef):
            names.add(node.name)
    return names


def test_nothing_is_ever_evaluated_or_executed() -> None:
    """Python's own `eval` and its like are called nowhere, whatever a process owner writes."""
    dangerous = {"eval", "exec", "compile", "__import__"}
    found = [
        f"{name(path)}:{line} {call}"
        for path in sources(*PACKAGES)
        for call, line in called(path)
        if call in dangerous and call not in own_names(path)
    ]

    assert found == []


def test_the_expression_language_stands_alone() -> None:
    below = {"engine.feel"}
    for path in sources("engine/feel"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.ImportFrom) and (node.module or "").startswith("engine"):
                module = node.module or ""
                ground = module == "engine" or module.startswith("engine.ground")
                assert ground or module.startswith(tuple(below)), f"{name(path)}: {module}"


def test_the_law_is_data() -> None:
    """Process owners edit what is under processes/: no Python may run from there."""
    assert [name(path) for path in sources("processes")] == []


def test_the_names_of_test_files_are_unique() -> None:
    """With importmode=importlib two test files of one name would hide each other's failures."""
    names = [path.name for path in sources("tests") if path.name.startswith("test_")]

    assert sorted(names) == sorted(set(names))
    assert not [name(path) for path in sources("tests") if path.name == "__init__.py"]


@pytest.mark.parametrize("package", PACKAGES)
def test_every_module_opens_with_its_purpose(package: str) -> None:
    silent = [
        name(path)
        for path in sources(package)
        if path.read_text("utf-8").strip() and not ast.get_docstring(tree(path))
    ]

    assert silent == []


def test_every_package_is_installed_and_typed() -> None:
    setup = configparser.ConfigParser()
    setup.read(ROOT / "setup.cfg", "utf-8")

    included = setup["options.packages.find"]["include"].split()
    assert {f"{package}*" for package in PACKAGES} <= set(included)
    assert [package for package in PACKAGES if not (ROOT / package / "py.typed").exists()] == []
