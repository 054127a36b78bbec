"""The command line as a person meets it: help, one-line refusals, exit codes, JSON."""

import ast
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from web.cli import COMMANDS, main

CLI = Path(__file__).resolve().parents[2] / "web" / "cli"


def run(*words: str, **environ: str) -> Result:
    clean = {name: None for name in os.environ if name.startswith("SAMNUAN_")}
    return CliRunner(env={**clean, **environ}).invoke(main, words)


def test_help_lists_every_command_in_both_languages() -> None:
    thai, english = run("--help"), run("--lang", "en", "--help")

    assert (thai.exit_code, english.exit_code) == (0, 0)
    for name, words in COMMANDS.items():
        assert name in thai.stdout
        assert words.th in thai.stdout
        assert words.en in english.stdout


def test_every_command_of_the_list_exists() -> None:
    missing = [name for name in COMMANDS if not (CLI / f"{name.replace('-', '_')}.py").exists()]

    assert missing == []


@pytest.mark.parametrize("name", sorted(COMMANDS))
def test_every_command_explains_itself(name: str) -> None:
    result = run(name, "--help")

    assert result.exit_code == 0, result.output
    assert "Usage:" in result.stdout


def test_an_unknown_command_is_wrong_usage() -> None:
    result = run("nothing")

    assert result.exit_code == 2
    assert "nothing" in result.stderr


@pytest.mark.parametrize(
    ("words", "environ"),
    [(["--lang", "en"], {}), ([], {"SAMNUAN_LANGUAGE": "en"})],
)
def test_a_refusal_is_one_line_and_exit_code_one(words: list[str], environ: dict[str, str]) -> None:
    wrong = {"SAMNUAN_DATABASE_URL": "mysql://root:hunter2@db/x"}

    thai, english = run("tasks", **wrong), run(*words, "tasks", **wrong, **environ)

    for result, place in ((thai, "ค่า SAMNUAN_DATABASE_URL"), (english, "The setting SAMNUAN_")):
        assert result.exit_code == 1
        assert result.stdout == ""
        assert result.stderr.startswith(place)
        assert result.stderr.count("\n") == 1
        assert "hunter2" not in result.stderr


def test_a_developer_may_ask_for_the_traceback() -> None:
    result = run("tasks", SAMNUAN_DATABASE_URL="mysql://x", SAMNUAN_DEBUG="1")

    assert type(result.exception).__name__ == "SettingInvalid"


def test_a_settings_file_stands_behind_the_environment(tmp_path: Path) -> None:
    path = tmp_path / "settings.env"
    path.write_text("SAMNUAN_RECEIPT_PREFIX=file\nSAMNUAN_DATABASE_POOL_SIZE=7\n", "utf-8")

    result = run("--settings", str(path), "settings", "--json", SAMNUAN_RECEIPT_PREFIX="shell")

    values = {row["name"]: row["value"] for row in json.loads(result.stdout)["settings"]}
    assert values["SAMNUAN_RECEIPT_PREFIX"] == "shell"
    assert values["SAMNUAN_DATABASE_POOL_SIZE"] == "7"


def test_settings_are_listed_with_their_help_and_a_misspelt_one_is_named() -> None:
    result = run("--lang", "en", "settings", SAMNUAN_VAULT_KEYS="1:abc", SAMNUAN_VALT_KEYS="x")

    assert result.exit_code == 0
    assert "* SAMNUAN_VAULT_KEYS=••••••" in result.stdout
    assert "Master keys of the identity vault" in result.stdout
    assert result.stderr == "No such setting: SAMNUAN_VALT_KEYS\n"


def test_the_command_line_starts_without_the_web() -> None:
    """`samnuan --help` must not wait for SQLAlchemy, SpiffWorkflow and Flask to load."""
    heavy = "{'flask', 'sqlalchemy', 'SpiffWorkflow', 'lxml'}"
    script = f"import sys, web.cli; print(sorted({heavy} & sys.modules.keys()))"

    answer = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert ast.literal_eval(answer.stdout) == []


def test_a_refusal_reads_the_same_when_python_drops_docstrings(tmp_path: Path) -> None:
    """The English of a refusal is its docstring, which `python -OO` does not keep."""
    script = "import sys; from web.cli import main; main(sys.argv[1:])"
    command = [sys.executable, "-c", script, "--lang", "en", "tasks", "--as", "nobody"]
    place = {
        "SAMNUAN_DATA_DIR": str(tmp_path),
        "SAMNUAN_DATABASE_URL": f"sqlite:///{tmp_path}/samnuan.db",
    }

    said = [
        subprocess.run(
            command,
            capture_output=True,
            text=True,
            check=False,
            env={**os.environ, **place, "PYTHONOPTIMIZE": level},
        )
        for level in ("0", "2")
    ]

    assert [answer.returncode for answer in said] == [1, 1]
    assert said[0].stderr == said[1].stderr
    assert "nobody" in said[0].stderr
