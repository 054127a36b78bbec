"""`samnuan feel` and `samnuan decide`, for people who want to try."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from tests.support.decisions import decision, definitions, table
from web.cli import main

RULES = [("< 100", '"G"'), (">= 100", '"C"')]


@pytest.fixture
def files(tmp_path: Path) -> Path:
    logic = table(["วงเงิน: number"], ["track: string"], RULES)
    (tmp_path / "triage.dmn").write_bytes(definitions(decision("triage", logic)))
    (tmp_path / "vars.json").write_text('{"วงเงิน": 100.10}', "utf-8")
    return tmp_path


def run(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(each) for each in arguments])


def test_an_expression_is_tried_on_variables(files: Path) -> None:
    tried = run("feel", "วงเงิน * 3", "--vars", files / "vars.json")

    assert (tried.exit_code, tried.output) == (0, "300.30\n")


def test_a_null_says_why_on_standard_error(files: Path) -> None:
    tried = run("--lang", "en", "feel", "วงเงนิ * 3", "--vars", files / "vars.json")

    assert tried.exit_code == 0
    assert tried.stdout == "null\n"
    assert "1:1: unknown name “วงเงนิ”" in tried.stderr


def test_an_expression_is_tried_as_json(files: Path) -> None:
    tried = run("feel", "--json", "วงเงิน / 0", "--vars", files / "vars.json")

    answer = json.loads(tried.output)
    assert answer["value"] is None
    assert answer["diagnostics"][0]["column"] == 8


def test_a_decision_is_tried_with_its_rules(files: Path) -> None:
    tried = run(
        "decide", files / "triage.dmn", "--decision", "triage", "--vars", files / "vars.json"
    )

    assert tried.exit_code == 0
    assert tried.output == '"C"\nกฎที่ใช้ใน triage: rule2\n'


def test_a_decision_is_tried_as_json(files: Path) -> None:
    tried = run("decide", files / "triage.dmn", "--json", "--vars", files / "vars.json")

    answer = json.loads(tried.output)
    assert answer == {
        "value": "C",
        "rules": [{"decision": "triage", "rules": ["rule2"]}],
        "diagnostics": [],
    }


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["feel", "1 +"], "คอลัมน์ 4"),
        (["feel", "1", "--vars", "nowhere.json"], "nowhere.json"),
        (["feel", "1", "--vars", "broken.json"], "broken.json"),
        (["feel", "1", "--vars", "list.json"], "list.json"),
        (["decide", "nowhere.dmn"], "nowhere.dmn"),
        (["decide", "broken.json"], "broken.json"),
        (["decide", "triage.dmn", "--decision", "other"], "other"),
    ],
)
def test_bad_input_is_one_line_and_exit_code_1(
    files: Path, monkeypatch: pytest.MonkeyPatch, arguments: list[str], said: str
) -> None:
    (files / "broken.json").write_text("{", "utf-8")
    (files / "list.json").write_text("[1]", "utf-8")
    monkeypatch.chdir(files)

    tried = run(*arguments)

    assert tried.exit_code == 1
    assert said in tried.stderr
    assert tried.stderr.count("\n") == 1


def test_wrong_usage_is_exit_code_2() -> None:
    assert run("feel").exit_code == 2
    assert run("decide").exit_code == 2
