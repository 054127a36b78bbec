"""`samnuan guideline`: text, JSON and one HTML file that needs nothing else."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from lxml import html

from tests.support.databases import SqliteTemplates
from web.cli import main


@pytest.fixture(scope="module")
def environ(
    sqlite_templates: SqliteTemplates, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[dict[str, str | None]]:
    folder = tmp_path_factory.mktemp("guideline-cli")
    with sqlite_templates.copy(folder) as url:
        clean: dict[str, str | None] = {n: None for n in os.environ if n.startswith("SAMNUAN_")}
        environ = {**clean, "SAMNUAN_DATABASE_URL": url, "SAMNUAN_DATA_DIR": str(folder)}
        deployed = CliRunner(env=environ).invoke(main, ["deploy", "--json"])
        new = ["aftercare:1", "complaint:1", "fact_finding:1", "review_right:1"]
        assert json.loads(deployed.stdout)["new"] == new
        yield environ


def run(environ: dict[str, str | None], *words: str) -> Result:
    return CliRunner(env=environ).invoke(main, words)


def test_the_text_tells_channels_steps_and_the_check(environ: dict[str, str | None]) -> None:
    thai, english = run(environ, "guideline"), run(environ, "--lang", "en", "guideline", "--check")

    assert (thai.exit_code, english.exit_code) == (0, 0)
    assert "- โทรศัพท์ 1301: " in thai.stdout
    assert "   → 7 วันทำการ · กรณีทั่วไป" in thai.stdout
    assert "✓ O18 (1) " in thai.stdout
    assert "7 working days · in general" in english.stdout


def test_the_file_stands_alone(environ: dict[str, str | None], tmp_path: Path) -> None:
    file = tmp_path / "guideline.html"

    assert run(environ, "guideline", "-o", str(file)).exit_code == 0

    page = html.parse(str(file)).getroot()
    assert page.get("lang") == "th"
    assert not page.xpath("//script | //link | //img | //iframe | //@onclick | //@src")
    assert [href for href in page.xpath("//@href") if not href.startswith("#")] == []
    assert len(page.xpath("//svg")) == 4
    assert page.xpath("count(//li[contains(@class, 'step')])") > 20
    assert page.get_element_by_id("clarify") is not None
    ids = page.xpath("//@id")
    assert len(ids) == len(set(ids))


def test_programs_read_the_same_facts(environ: dict[str, str | None]) -> None:
    guide = json.loads(run(environ, "guideline", "--json").stdout)

    assert guide["complete"] is True
    assert guide["version"] == 1
    assert {"number", "element_id", "name", "role", "limits"} <= guide["steps"][0].keys()


def test_a_version_that_was_never_deployed_is_refused(environ: dict[str, str | None]) -> None:
    result = run(environ, "guideline", "--version", "99")

    assert result.exit_code == 1
    assert result.stderr.count("\n") == 1


def test_a_file_that_cannot_be_written_is_refused(
    environ: dict[str, str | None], tmp_path: Path
) -> None:
    result = run(environ, "guideline", "-o", str(tmp_path / "no" / "where.html"))

    assert result.exit_code == 1
    assert "where.html" in result.stderr
