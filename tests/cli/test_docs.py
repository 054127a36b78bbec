"""The commands in the documents run, word for word, and the documents point at what exists."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path

import pytest

from engine.store.database import open_database

ROOT = Path(__file__).resolve().parents[2]
DOCUMENTS = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]


def blocks(document: Path, language: str) -> list[str]:
    text = document.read_text("utf-8")
    return re.findall(rf"^```{language}\n(.*?)^```", text, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(document: Path) -> None:
    text = document.read_text("utf-8")
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", text) + re.findall(r'src="([^"]+)"', text)
    near = [link for link in links if "://" not in link]

    assert [link for link in near if not (document.parent / link).exists()] == []


def test_the_commands_of_the_readme_run(sqlite_url: str, tmp_path: Path) -> None:
    """In a folder of their own, so that nothing is written into the project."""
    scripts = blocks(ROOT / "README.md", "sh")
    assert len(scripts) == 2
    for name in ("docs", "processes", "forms"):
        (tmp_path / name).symlink_to(ROOT / name)
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAMNUAN_")}
    environ = {
        **clean,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SAMNUAN_DATABASE_URL": sqlite_url,
        "SAMNUAN_DEMO": "1",
        "SAMNUAN_LANGUAGE": "en",
        "SAMNUAN_CLOCK": "2026-03-16T09:00",
    }

    answer = subprocess.run(
        ["bash", "-euo", "pipefail", "-c", "\n".join(scripts)],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
    )

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "is due on Wednesday 25 March 2026 at 16:30" in answer.stdout  # samnuan clock
    assert "After the result" in answer.stdout  # samnuan history: the result is told
    assert (tmp_path / "guideline.html").stat().st_size > 50_000
    database = open_database(sqlite_url)
    with database.connect() as connection:
        status = connection.exec_driver_sql("SELECT outcome FROM complaint_case").scalar_one()
    database.dispose()
    assert status == "NOTIFIED"


def test_the_targets_of_the_readme_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    named = set(re.findall(r"\bmake ([a-z0-9]+)\b", (ROOT / "README.md").read_text("utf-8")))

    assert {"run", "test", "check"} <= named
    assert [target for target in named if not re.search(rf"^{target}:", makefile, re.M)] == []


def test_a_decision_fits_on_a_page() -> None:
    for document in sorted((ROOT / "docs" / "explanation" / "decisions").glob("*.md")):
        assert len(document.read_text("utf-8").splitlines()) <= 45, document.name
