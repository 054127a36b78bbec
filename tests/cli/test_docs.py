"""What the documents say is true: links lead somewhere, commands run, edits apply."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from engine.store.database import open_database

ROOT = Path(__file__).resolve().parents[2]
BUILT = {"node_modules", ".venv", "var", "dist", "letters"}  # letters are templates, not pages
DOCUMENTS = [
    path
    for path in sorted(ROOT.rglob("*.md"))
    if not BUILT.intersection(path.relative_to(ROOT).parts)
]
GUIDES = [*(ROOT / "docs" / "how-to").glob("*/*.md"), *(ROOT / "docs" / "tutorial").glob("*.md")]
PROJECT = ("docs", "bench", "engine", "forms", "office", "processes", "tests", "web", "webhooks")
FENCE = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def blocks(document: Path, language: str) -> list[str]:
    text = document.read_text("utf-8")
    return [body for kind, _, body in FENCE.findall(text) if kind == language]


def links(document: Path) -> Iterator[tuple[str, str]]:
    """Each relative link of a page, as file and place in it; blocks of code hold none."""
    text = re.sub(r"`[^`]*`", "", FENCE.sub("", document.read_text("utf-8")))
    for link in re.findall(r"\]\(([^)\s]+)\)|src=\"([^\"]+)\"", text):
        target = "".join(link)
        if not re.match(r"[a-z]+:|/", target):
            file, _, place = target.partition("#")
            yield file, place


def places(document: Path) -> set[str]:
    """The anchors that headings get where Markdown is shown."""
    headings = re.findall(r"^#+ (.+)$", document.read_text("utf-8"), re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", each.lower()).replace(" ", "-") for each in headings}


def run(script: str, folder: Path, url: str, **more: str) -> subprocess.CompletedProcess[str]:
    """A script as a person runs it: a clean environment, demo accounts, a Monday in March."""
    clean = {name: value for name, value in os.environ.items() if not name.startswith("SAMNUAN_")}
    environ = {
        **clean,
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "SAMNUAN_DATABASE_URL": url,
        "SAMNUAN_DEMO": "1",
        "SAMNUAN_LANGUAGE": "en",
        "SAMNUAN_CLOCK": "2026-03-16T09:00",
        "SAMNUAN_PASSWORD_MEMORY": "12",
        **more,
    }
    return subprocess.run(
        ["bash", "-euo", "pipefail", "-c", script],
        cwd=folder,
        env=environ,
        capture_output=True,
        text=True,
    )


@pytest.mark.parametrize("document", DOCUMENTS, ids=named)
def test_every_link_leads_somewhere(document: Path) -> None:
    dead = []
    for file, place in links(document):
        target = document.parent / file if file else document
        if not target.exists() or (place and place not in places(target)):
            dead.append(f"{file}#{place}")

    assert dead == []


def test_the_index_leads_to_every_page() -> None:
    """From docs/README.md, by links, in however many steps."""
    reached: set[Path] = set()
    ahead = [ROOT / "docs" / "README.md"]
    while ahead:
        page = ahead.pop().resolve()
        if page in reached or page.suffix != ".md" or not page.is_file():
            continue
        reached.add(page)
        ahead += [page.parent / file for file, _ in links(page) if file]

    assert [named(page) for page in (ROOT / "docs").rglob("*.md") if page not in reached] == []


def test_the_commands_of_the_readme_run(sqlite_url: str, tmp_path: Path) -> None:
    """In a folder of their own, so that nothing is written into the project."""
    scripts = blocks(ROOT / "README.md", "sh")
    assert len(scripts) == 2
    for name in ("docs", "processes", "forms"):
        (tmp_path / name).symlink_to(ROOT / name)

    answer = run("\n".join(scripts), tmp_path, sqlite_url)

    assert answer.returncode == 0, answer.stdout + answer.stderr
    assert "is due on Wednesday 25 March 2026 at 16:30" in answer.stdout  # samnuan clock
    assert "After the result" in answer.stdout  # samnuan history: the result is told
    assert (tmp_path / "guideline.html").stat().st_size > 50_000
    database = open_database(sqlite_url)
    with database.connect() as connection:
        status = connection.exec_driver_sql("SELECT outcome FROM complaint_case").scalar_one()
    database.dispose()
    assert status == "NOTIFIED"


@pytest.mark.parametrize("guide", GUIDES, ids=named)
def test_a_guide_does_what_it_says(guide: Path, sqlite_url: str, tmp_path: Path) -> None:
    """In a copy of the project, from top to bottom: a block of `sh` is run, a `diff` is applied, a
    block that names a file (`python web/x.py`) is written there. `out` follows a script and holds
    lines that it prints. What cannot be tried here (`text`, such as a web server) is only shown.
    """
    for name in PROJECT:
        shutil.copytree(ROOT / name, tmp_path / name, ignore=_heavy, symlinks=True)
    shutil.copy(ROOT / "setup.cfg", tmp_path)
    (tmp_path / "web" / "static" / "dist").symlink_to(ROOT / "web" / "static" / "dist")
    steps = FENCE.findall(guide.read_text("utf-8"))
    assert any(kind == "sh" for kind, _, _ in steps)
    printed = ""

    for kind, file, body in steps:
        if file:
            (tmp_path / file).parent.mkdir(parents=True, exist_ok=True)
            (tmp_path / file).write_text(body, "utf-8")
        elif kind == "diff":
            apply = ["git", "apply", "--whitespace=nowarn", "--unidiff-zero", "-"]
            subprocess.run(apply, input=body, cwd=tmp_path, text=True, check=True)
        elif kind == "sh":
            answer = run(body, tmp_path, sqlite_url, PYTHONPATH=str(tmp_path))
            assert answer.returncode == 0, f"{body}\n{answer.stdout}{answer.stderr}"
            printed = answer.stdout
        elif kind == "out":
            assert [line for line in body.splitlines() if line not in printed] == [], printed


def _heavy(_folder: str, names: list[str]) -> set[str]:
    return {"node_modules", "dist", "old_releases"}.intersection(names)


# What a decision names was there when it was made: the pages beside it must be true today.
TODAY = [page for page in DOCUMENTS if page.parent.name != "decisions" and page.stem != "CHANGELOG"]


@pytest.mark.parametrize("document", TODAY, ids=named)
def test_the_code_that_a_page_names_is_there(document: Path) -> None:
    """`office/x.py` is a file, `engine.a.b` a module or what it holds, and `x.py: f` has an f."""
    text = FENCE.sub("", document.read_text("utf-8"))
    packages = "bench|engine|forms|office|processes|tests|web|webhooks"
    paths = re.findall(rf"`((?:{packages})/[\w./-]+?)`", text)
    dotted = re.findall(rf"`((?:{packages})(?:\.\w+)+)", text)
    calls = re.findall(r"`((?:\w+/)+\w+\.py)`: ((?:`\w+`(?:, )?)+)", text)
    functions = [(file, name) for file, names in calls for name in re.findall(r"\w+", names)]

    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [name for name in dotted if not _is_there(name)] == []
    assert [(file, name) for file, name in functions if not _has(file, name)] == []


def _is_there(name: str) -> bool:
    """Whether a dotted name is a module, or a name that the last module of it holds."""
    *parts, last = name.split(".")
    place = ROOT.joinpath(*parts)
    if place.joinpath(last).is_dir() or place.joinpath(f"{last}.py").is_file():
        return True
    module = place / "__init__.py" if place.is_dir() else place.with_suffix(".py")
    return module.is_file() and re.search(rf"\b{last}\b", module.read_text("utf-8")) is not None


def _has(file: str, name: str) -> bool:
    return re.search(rf"(def|class) {name}\b", (ROOT / file).read_text("utf-8")) is not None


def test_the_targets_in_the_documents_exist() -> None:
    makefile = (ROOT / "Makefile").read_text("utf-8")
    text = "".join(document.read_text("utf-8") for document in DOCUMENTS)
    asked = set(re.findall(r"^make ([a-z0-9-]+)|`make ([a-z0-9-]+)", text, re.MULTILINE))
    targets = {"".join(pair) for pair in asked}

    assert {"run", "test", "check"} <= targets
    assert [each for each in targets if not re.search(rf"^{each}:", makefile, re.MULTILINE)] == []


def test_a_decision_fits_on_a_page() -> None:
    decisions = sorted((ROOT / "docs" / "explanation" / "decisions").glob("0*.md"))
    assert decisions
    for document in decisions:
        assert len(document.read_text("utf-8").splitlines()) <= 45, document.name
