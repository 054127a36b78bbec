"""An installation is backed up while it works, lost, and brought back whole."""

from __future__ import annotations

import json
import os
import shutil
import sqlite3
import tarfile
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner, Result

from engine.ground.clock import TravellingClock
from office.ground.settings import OfficeSettings
from office.ground.tables import Attachment
from tests.faults.office_scenes import uploads
from tests.office.conftest import STAFF, complaint
from tests.office.small_guideline import files as small_guideline
from tests.support.databases import PostgresTemplates, SqliteTemplates
from tests.support.verbs import Office
from web.cli import main


class Site:
    """One installation: its database, its folder, its command line."""

    def __init__(self, database_url: str, folder: Path) -> None:
        self.url, self.folder = database_url, folder
        clean: dict[str, str | None] = {n: None for n in os.environ if n.startswith("SAMNUAN_")}
        self.environ = clean | {
            "SAMNUAN_DATABASE_URL": database_url,
            "SAMNUAN_DATA_DIR": str(folder),
            "SAMNUAN_LANGUAGE": "en",
        }

    def run(self, *words: str, code: int = 0) -> Result:
        result = CliRunner(env=self.environ).invoke(main, words)
        assert result.exit_code == code, result.output
        return result

    def office(self, clock: TravellingClock) -> Office:
        settings = OfficeSettings(database_url=self.url, data_dir=self.folder)
        return Office.open(settings, clock=clock, packages=("engine", "office", "webhooks"))


@pytest.fixture
def site(database_url: str, tmp_path: Path, clock: TravellingClock) -> Site:
    """An installation with one complaint and its two files."""
    from office.guideline import files
    from office.people import people

    site = Site(database_url, tmp_path / "var")
    office = site.office(clock)
    with office.engine.begin() as work:
        files.deploy_guideline(work, small_guideline())
        for username, (name, groups) in STAFF.items():
            people.add_user(work, username, name, None, groups=groups)
    office.file_complaint(complaint(), files=uploads(), idempotency_key="first")
    office.run_due()
    office.close()
    return site


@pytest.fixture
def elsewhere(request: pytest.FixtureRequest, database_url: str, tmp_path: Path) -> Iterator[Site]:
    """Another machine with an empty database of the same kind."""
    kind = "sqlite" if database_url.startswith("sqlite") else "postgres"
    templates: SqliteTemplates | PostgresTemplates = request.getfixturevalue(f"{kind}_templates")
    with templates.copy() as url:
        yield Site(url, tmp_path / "elsewhere")


def test_a_backup_brings_the_whole_installation_back(
    site: Site, elsewhere: Site, tmp_path: Path, clock: TravellingClock
) -> None:
    file = tmp_path / "samnuan.tar"
    told = site.run("backup", str(file)).output
    shutil.copytree(site.folder, tmp_path / "kept apart", ignore=lambda *_: ["files"])
    shutil.copytree(tmp_path / "kept apart", elsewhere.folder)  # the keys, from their own place

    restored = json.loads(elsewhere.run("restore", str(file), "--json").stdout)

    assert "The keys are not in it" in told
    assert restored["cases"] == 1
    assert restored["files"] == 2
    assert restored["faults"] == []
    office = elsewhere.office(clock)
    (task,) = office.engine.tasks()
    assert office.engine.replay(task.instance_id).is_whole
    with office.engine.read() as work:
        (first, *_) = work.session.scalars(sa.select(Attachment.id))
    assert first in {name for name, _ in office.services.storage.names()}
    again = office.file_complaint(complaint(), idempotency_key="first")
    assert again.receipt_no == "รร.00001/2569"  # the same request is still the same complaint
    office.close()


def test_an_installation_with_records_is_not_replaced_unasked(site: Site, tmp_path: Path) -> None:
    file = tmp_path / "samnuan.tar"
    site.run("backup", str(file))

    refused = site.run("restore", str(file), code=1)

    assert "already holds records" in refused.output
    assert "complaint_case: 1" in refused.output
    assert "already" in site.run("backup", str(file), code=1).output
    assert "Restored: 1 cases" in site.run("restore", str(file), "--force").output


def test_keys_travel_only_when_asked(site: Site, elsewhere: Site, tmp_path: Path) -> None:
    without, with_keys = tmp_path / "without.tar", tmp_path / "with.tar"
    site.run("backup", str(without))
    site.run("backup", str(with_keys), "--with-keys")
    with tarfile.open(without) as tar:
        assert "keys.json" not in tar.getnames()

    # An installation with keys of its own cannot open what was encrypted elsewhere, and says so.
    assert "keys/identity" in elsewhere.run("restore", str(without), code=1).output
    assert "other keys" in elsewhere.run("restore", str(with_keys), "--force", code=1).output
    (elsewhere.folder / "keys.json").unlink()
    assert "Restored" in elsewhere.run("restore", str(with_keys), "--force").output


def test_a_damaged_backup_touches_nothing(sqlite_url: str, tmp_path: Path) -> None:
    site = Site(sqlite_url, tmp_path / "var")
    file = tmp_path / "samnuan.tar"
    site.run("backup", str(file))
    content = bytearray(file.read_bytes())
    content[len(content) // 3] ^= 1
    (tmp_path / "bent.tar").write_bytes(content)
    (tmp_path / "short.tar").write_bytes(content[:5000])
    before = Path(sqlite_url.removeprefix("sqlite:///")).read_bytes()

    for name, reason in (("bent", "database"), ("short", "ReadError")):
        refused = site.run("restore", str(tmp_path / f"{name}.tar"), code=1).output
        assert f"is not a whole backup: {reason}" in refused

    assert Path(sqlite_url.removeprefix("sqlite:///")).read_bytes() == before


def test_a_backup_of_a_newer_version_is_refused(sqlite_url: str, tmp_path: Path) -> None:
    with sqlite3.connect(sqlite_url.removeprefix("sqlite:///")) as connection:
        connection.execute("INSERT INTO alembic_version VALUES ('engine_9999')")
    connection.close()
    site = Site(sqlite_url, tmp_path / "var")
    file = tmp_path / "samnuan.tar"
    site.run("backup", str(file))

    assert "which is newer" in site.run("restore", str(file), code=1).output


def test_a_database_that_is_open_elsewhere_is_left_alone(sqlite_url: str, tmp_path: Path) -> None:
    site = Site(sqlite_url, tmp_path / "var")
    file = tmp_path / "samnuan.tar"
    site.run("backup", str(file))
    open_elsewhere = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"))
    open_elsewhere.execute("SELECT count(*) FROM command").fetchall()

    assert "in use" in site.run("restore", str(file), code=1).output

    open_elsewhere.close()
    assert "Restored" in site.run("restore", str(file)).output
