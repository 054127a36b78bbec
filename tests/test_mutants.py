"""The slips of `make mutants` fit the tree as it is, and what is said of them is true."""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path

import pytest
from click.testing import CliRunner

from tests.mutants import __main__ as tool
from tests.mutants.slip import Mutant, Slip
from tests.mutants.table import MUTANTS

ROOT = tool.ROOT


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda m: f"{m.number}-{m.file}")
def test_a_slip_has_its_place_and_its_tests(mutant: Mutant) -> None:
    slip = mutant.slip
    text = (ROOT / mutant.file).read_text("utf-8")

    assert text.count(slip.old) == 1
    compile(text.replace(slip.old, slip.new), mutant.file, "exec")
    assert slip.old != slip.new
    assert len(slip.who) > 20
    for test in slip.tests.split():
        path, _, name = test.partition("::")
        assert (ROOT / path).exists(), test
        if name:
            assert re.search(rf"^def {re.escape(name)}\(", (ROOT / path).read_text("utf-8"), re.M)


def test_every_room_has_slips() -> None:
    rooms = Counter(mutant.room for mutant in MUTANTS)
    bare = {"engine/ground", "office/ground", "office/applications"}  # words and tables for others
    there = {
        str(path.relative_to(ROOT))
        for hall in ("engine", "office")
        for path in (ROOT / hall).iterdir()
        if (path / "__init__.py").exists() and path.name not in ("revisions", "bpmn")
    }
    inside = {f"engine/bpmn/{name}" for name in ("reading", "running", "lint", "net")}

    assert there | inside | {"engine/bpmn/conformance", "forms", "web", "webhooks"} - bare
    assert (there | inside) - bare - rooms.keys() == set()


# ── the tool itself ────────────────────────────────────────────────────────────────────────

RULE = "def is_late(day, last):\n    return day > last\n"
TESTS = """
from engine.feel.rule import is_late

def test_the_last_day():
    assert not is_late(5, 5)

def test_long_after():
    assert is_late(9, 5)

def test_that_always_fails():
    assert is_late(5, 5)
"""


@pytest.fixture
def small_tree(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """One rule, three tests of it, and one slip tried by each of them and by one that is gone."""
    for name, text in {"engine/feel/rule.py": RULE, "tests/test_rule.py": TESTS}.items():
        (tmp_path / name).parent.mkdir(parents=True)
        (tmp_path / name).write_text(text, "utf-8")
    tests = ("test_the_last_day", "test_long_after", "test_that_always_fails", "test_that_is_gone")
    slips = [
        Slip("day > last", "day >= last" if n < 2 else "day > last + 1", f"whoever {n}", test)
        for n, test in enumerate(f"tests/test_rule.py::{name}" for name in tests)
    ]
    tried = [Mutant(n, "engine/feel/rule.py", slip) for n, slip in enumerate(slips, start=1)]
    monkeypatch.setattr(tool, "MUTANTS", tried)
    monkeypatch.setattr(tool, "ROOT", tmp_path)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    return tmp_path


def test_only_what_passes_without_the_slip_has_caught_it(small_tree: Path) -> None:
    """A test that was broken anyway had counted as one that noticed."""
    told = CliRunner().invoke(tool.main, ["--jobs", "1"])

    words = dict(re.findall(r"^\[\d/4, left: .+\] +(\d) (\w+) ", told.output, re.M))
    assert words == {"1": "caught", "2": "SURVIVED", "3": "caught", "4": "BROKEN"}
    assert "who would suffer: whoever 1" in told.output
    assert "FAILS WITHOUT ANY SLIP: tests/test_rule.py::test_that_always_fails" in told.output
    assert re.search(r"^\| engine/feel +\| +4 \| +1 \|", told.output, re.M)
    assert "caught 1 of 4, 25.0%" in told.output
    assert 'make mutants ARGS="--only 2 --only 3 --only 4"' in told.output
    assert told.exit_code == 1
    assert (small_tree / "engine/feel/rule.py").read_text("utf-8") == RULE


def test_what_is_caught_by_a_test_that_passes_is_enough(small_tree: Path) -> None:
    assert CliRunner().invoke(tool.main, ["--only", "1"]).exit_code == 0
    assert CliRunner().invoke(tool.main, ["--only", "1", "--unchanged"]).exit_code == 0
    assert CliRunner().invoke(tool.main, ["--only", "3", "--unchanged"]).exit_code == 1
    assert CliRunner().invoke(tool.main, ["--only", "9"]).exit_code == 1


@pytest.mark.parametrize(
    ("room", "is_in"),
    [
        ("", True),
        ("engine", True),
        ("engine/bpmn", True),
        ("engine/bpmn/net", True),
        ("eng", False),
    ],
)
def test_a_room_holds_the_rooms_in_it_and_no_other(room: str, is_in: bool) -> None:
    slip = Slip("a", "b", "nobody", "")

    assert Mutant(1, "engine/bpmn/net/nodes.py", slip).is_in(room) == is_in
    assert not Mutant(1, "webhooks/clients.py", slip).is_in("web")
