"""Counts what became of each test, for the table of `make faults`; a plugin of pytest.

`pytest -p tests.faults.tally` writes a line of JSON for each test into the file that
`SAMNUAN_TALLY` names, and runs only the tests whose name holds `SAMNUAN_TALLY_ONLY`.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@dataclass(frozen=True)
class Counted:
    """A row: how often a thing could break, was broken, and was none the worse for it."""

    name: str
    database: str
    found: int
    tried: int
    survived: int
    seconds: float = 0.0
    remark: str = ""  # what went wrong, or why it was not tried


def run_tests(files: Sequence[str], database: str, only: str, **environ: str) -> list[Counted]:
    """Run test files as far as they are of one database; a row for each test."""
    marks = "postgres" if database == "postgres" else "not postgres"
    with tempfile.TemporaryDirectory(prefix="samnuan-tally-") as folder:
        told = Path(folder) / "tally.jsonl"
        told.touch()
        environ |= {"SAMNUAN_TALLY": str(told), "SAMNUAN_TALLY_ONLY": only}
        command = [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-m", marks]
        done = subprocess.run(
            [*command, "-p", "tests.faults.tally", *files],
            cwd=ROOT,
            env={**os.environ, **environ},
            capture_output=True,
            text=True,
            check=False,
        )
        rows = [Counted(**json.loads(line)) for line in told.read_text("utf-8").splitlines()]
    none_or_some_failed = (0, 1, pytest.ExitCode.NO_TESTS_COLLECTED)
    if done.returncode not in none_or_some_failed:
        rows.append(Counted(" ".join(files), database, 1, 1, 0, 0.0, done.stdout + done.stderr))
    return rows


# ── inside that pytest ─────────────────────────────────────────────────────────────────────────


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    only = os.environ.get("SAMNUAN_TALLY_ONLY", "")
    items[:] = [item for item in items if only in _words(item.name)]


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> object:
    report: pytest.TestReport = yield
    if report.when == "call" or not report.passed:
        row = _counted(item, report)
        with Path(os.environ["SAMNUAN_TALLY"]).open("a", encoding="utf-8") as file:
            file.write(json.dumps(asdict(row)) + "\n")
    return report


def _counted(item: pytest.Item, report: pytest.TestReport) -> Counted:
    times = dict(report.user_properties).get("times", 1)
    database = "postgres" if item.get_closest_marker("postgres") else "sqlite"
    remark = report.longrepr[2] if isinstance(report.longrepr, tuple) else report.longreprtext
    tried = 0 if report.skipped else times
    survived = times if report.passed else 0
    return Counted(_words(item.name), database, times, tried, survived, report.duration, remark)


def _words(name: str) -> str:
    """`test_fifty_officers[sqlite-1]` as `fifty officers (1)`."""
    name, _, parameters = name.removeprefix("test_").removesuffix("]").partition("[")
    told = [word for word in parameters.split("-") if word not in ("sqlite", "postgres", "")]
    return name.replace("_", " ") + (f" ({', '.join(told)})" if told else "")
