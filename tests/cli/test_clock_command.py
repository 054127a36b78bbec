"""More time on the command line: asked for, granted, refused, reported late; and bad input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest

from tests.cli.test_administration import ROOT, Console, installed, refusal

__all__ = ["installed"]  # the folder with the law deployed, shared with the other commands
WHY = ["--reason", "เอกสารอยู่กับหน่วยงานอื่น", "--told", "ต้องรอเอกสารจากหน่วยงานอื่น"]
HEAD, UNIT, UNIT_DIRECTOR = "screening_head", "unit_officer.it", "unit_director.it"


@pytest.fixture(scope="module")
def at_clarification(installed: Path, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, str]:
    """A case that ฝขท. must clarify by Wednesday 25 March 2026."""
    folder = tmp_path_factory.mktemp("clarify") / "var"
    shutil.copytree(installed, folder)
    console = Console(f"sqlite:///{folder / 'test.sqlite3'}", folder)
    walk = ROOT / "docs" / "tutorial" / "walk"
    filed = console.json("start", "complaint", str(walk / "complaint.json"))
    assert isinstance(filed, dict)
    case = str(filed["case"])
    console.run("run-due")
    for step, who in (("screen", HEAD), ("assign", HEAD), ("accept", UNIT_DIRECTOR)):
        console.run("complete", step, str(walk / f"{step}.json"), "--case", case, "--as", who)
    return folder, case


@pytest.fixture
def console(at_clarification: tuple[Path, str], tmp_path: Path) -> Console:
    shutil.copytree(at_clarification[0], tmp_path / "var")
    return Console(f"sqlite:///{tmp_path / 'var' / 'test.sqlite3'}", tmp_path / "var")


@pytest.fixture
def case(at_clarification: tuple[Path, str]) -> str:
    return at_clarification[1]


def due(console: Console, case: str) -> str:
    rows = console.json("clock", case)
    assert isinstance(rows, list)
    return str(next(row["due_at"] for row in rows if row["key"] == "clarify"))[:10]


def ask(console: Console, case: str, *more: str, days: str = "5", code: int = 0) -> str:
    words = ["clock", case, "--extend", "clarify", "--days", days, *WHY, "--as", UNIT, *more]
    result = console.run(*words, code=code)
    return result.stdout or result.stderr


def test_more_time_is_asked_for_refused_asked_for_again_and_granted(
    console: Console, case: str
) -> None:
    assert "Head of the complaint centre decides" in ask(console, case)
    assert "wait for the decision" in ask(console, case, code=1)
    decide = ("clock", case, "--as", HEAD)
    assert "Say why" in refusal(console.run(*decide, "--refuse", "clarify", code=1))
    console.run(*decide, "--refuse", "clarify", "--reason", "คำชี้แจงควรเสร็จทันกำหนด")
    assert due(console, case) == "2026-03-25"
    assert "No request" in refusal(console.run(*decide, "--grant", "clarify", code=1))

    assert json.loads(ask(console, case, "--json"))["approver"] == HEAD
    assert "Granted" in console.run(*decide, "--grant", "clarify").stdout

    assert due(console, case) == "2026-04-01"
    assert "Extended 1 time(s), by 5 working days" in console.run("clock", case).stdout


def test_asked_too_late_it_says_until_when_and_takes_a_late_report(
    console: Console, case: str
) -> None:
    console.environ["SAMNUAN_CLOCK"] = "2026-03-24T09:00"

    assert "by 23 March 2026" in ask(console, case, code=1)
    assert "nothing moves" in ask(console, case, "--late")
    assert due(console, case) == "2026-03-25"


def test_bad_input_is_refused_in_one_line_and_changes_nothing(console: Console, case: str) -> None:
    wrong = {
        "7 working days": ("--extend", "clarify", "--days", "8", *WHY, "--as", UNIT),
        "clock_key": ("--extend", "no_such_key", "--days", "5", *WHY, "--as", UNIT),
        "reason": ("--extend", "clarify", "--days", "5", "--as", UNIT),
        "no such case": ("--extend", "clarify", "--days", "5", *WHY, "--as", "unit_officer.legal"),
        "nobody": ("--extend", "clarify", "--days", "5", *WHY, "--as", "nobody"),
        "No request": ("--grant", "clarify", "--as", HEAD),
    }
    for said, words in wrong.items():
        assert said in refusal(console.run("clock", case, *words, code=1)), words
    misused = {
        "one at a time": ("--grant", "clarify", "--refuse", "clarify", "--as", HEAD),
        "--as": ("--grant", "clarify"),
        "--days": ("--extend", "clarify", "--as", UNIT),
        "365": ("--extend", "clarify", "--days", "0", "--as", UNIT),
    }
    for said, words in misused.items():
        assert said in console.run("clock", case, *words, code=2).stderr, words
    assert due(console, case) == "2026-03-25"


def test_nobody_grants_what_they_asked_for_and_a_unit_grants_nothing(
    console: Console, case: str
) -> None:
    words = ["clock", case, "--extend", "clarify", "--days", "5", *WHY, "--as", HEAD]
    console.run(*words)

    for username in (HEAD, UNIT):
        refusal(console.run("clock", case, "--grant", "clarify", "--as", username, code=1))
    assert due(console, case) == "2026-03-25"


def test_a_holiday_twice_is_refused_by_its_day(console: Console, case: str) -> None:
    how = ("--reference", "มติคณะรัฐมนตรี", "--as", "administrator")
    console.run("calendar", "add", "18/3/2569", "วันหยุดพิเศษ", *how)

    again = refusal(console.run("calendar", "add", "2026-03-18", "วันหยุดพิเศษ", *how, code=1))
    blank = refusal(console.run("calendar", "add", "2026-03-19", " ", *how, code=1))

    assert "18 March 2026 is already a holiday: วันหยุดพิเศษ" in again
    assert "each day its name" in blank
    assert due(console, case) == "2026-03-26"
