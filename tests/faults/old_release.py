"""An installation as a release left it: open cases of every kind on each database, and the
release's own code, kept as fixtures for later releases.

`python -m tests.faults.old_release` writes those of the version that setup.cfg names; they are made
once, when a version is tagged, and never again.
"""

from __future__ import annotations

import contextlib
import gzip
import io
import json
import lzma
import re
import sqlite3
import subprocess
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import TravellingClock
from office.ground.settings import OfficeSettings
from office.guideline import files
from office.people import people
from office.people.people import User
from tests.conftest import START
from tests.faults import engine_scenes
from tests.faults.killing import Installation
from tests.faults.office_scenes import uploads
from tests.office import small_guideline
from tests.office.conftest import ASSIGNED, SCREENED, STAFF, complaint
from tests.support import postgres
from tests.support.databases import ROOT, PostgresTemplates, SqliteTemplates
from tests.support.requirements import postgres_program
from tests.support.verbs import Office

FIXTURES = Path(__file__).parent / "old_releases"
INCOMPLETE = {**SCREENED, "minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}


def build(office: Office) -> dict[str, Any]:
    """Open cases at every kind of place; returns what is needed to go on with them."""
    engine = office.engine
    with engine.begin() as work:
        files.deploy_guideline(work, small_guideline.files())
        for username, (name, groups) in STAFF.items():
            people.add_user(work, username, name, None, groups=groups)
        staff = {user.username: user for user in people.users(work)}
    filed = [office.file_complaint(complaint(), files=uploads()) for _ in range(3)]
    office.run_due()
    do(office, filed[1].case_id, "screen", staff["head"], SCREENED)
    do(office, filed[1].case_id, "assign", staff["head"], ASSIGNED)
    do(office, filed[2].case_id, "screen", staff["head"], INCOMPLETE)
    question = {"questions": [{"question": "เกิดขึ้นวันใด"}], "ask_channel": "inbox"}
    do(office, filed[2].case_id, "ask", staff["head"], question)
    plain = Engine(engine.database, clock=engine.clock, handlers={"work": lambda *_: {"done": 1}})
    engine_scenes.waiting(
        Installation(plain, TravellingClock(START))
    )  # no complaints: engine's own
    return {
        "cases": [each.case_id for each in filed],
        "codes": [each.tracking_code for each in filed],
    }


def do(office: Office, case_id: str, step: str, user: User, answers: dict[str, Any]) -> None:
    """Complete a step of a case as a person would: from their work list."""
    items = [item for item in office.work_list(user).items if item.case_id == case_id]
    steps = {task.id: task.element_id for task in office.engine.tasks()}
    (task_id,) = [item.task_id for item in items if steps[item.task_id] == step]
    office.complete(task_id, answers, user=user)


def write(folder: Path, url: str, kind: str) -> None:
    """An installation of this version: SQL, the data folder and the facts, in one archive."""
    settings = OfficeSettings(database_url=url, data_dir=folder / "var")
    office = Office.open(settings, clock=TravellingClock(START))
    facts = build(office)
    office.close()
    pack(folder, url, facts, FIXTURES / f"{version('samnuan')}-{kind}.tar.gz")


def pack(folder: Path, url: str, facts: dict[str, Any], target: Path) -> None:
    """The database as SQL, the data folder beside it and the facts, in one archive."""
    (folder / "installation.sql").write_text(_sql(url), "utf-8")
    (folder / "facts.json").write_text(json.dumps(facts))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("installation.sql", "facts.json", "var"):
            tar.add(folder / name, arcname=name)
    content = packed.getvalue()
    is_xz = target.suffix == ".xz"
    target.write_bytes(compress(content) if is_xz else gzip.compress(content, mtime=0))


def compress(content: bytes) -> bytes:
    return lzma.compress(content, preset=9 | lzma.PRESET_EXTREME)


def _sql(url: str) -> str:
    if url.startswith("sqlite"):
        with contextlib.closing(sqlite3.connect(url.removeprefix("sqlite:///"))) as connection:
            return "\n".join(connection.iterdump())
    bare = sa.make_url(url).set(drivername="postgresql").render_as_string(hide_password=False)
    plain = ["--inserts", "--rows-per-insert=500", "--no-owner", "--no-privileges"]
    program = str(postgres_program("pg_dump"))
    done = subprocess.run([program, bare, *plain], capture_output=True, text=True, check=True)
    # Since 2025 its dumps begin with a command of psql, which nothing else understands.
    return re.sub(r"^\\.*$", "", done.stdout, flags=re.MULTILINE)


def write_code() -> None:
    """The release's own code, as far as a server of it needs it to go on working."""
    code = ["git", "archive", "HEAD", "engine", "office", "forms"]
    packed = subprocess.run(code, cwd=ROOT, capture_output=True, check=True).stdout
    target = FIXTURES / f"{version('samnuan')}-code.tar.xz"
    target.write_bytes(compress(packed))


# ── and back ───────────────────────────────────────────────────────────────────────────────────


def unpack(fixture: Path, folder: Path, url: str) -> dict[str, Any]:
    """Put the installation as it was left into an empty database; returns the facts."""
    with tarfile.open(fixture) as tar:
        tar.extractall(folder, filter="data")
    (script,) = (file.read_text("utf-8") for file in folder.glob("*.sql"))  # each release's name
    database = sa.create_engine(url, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with contextlib.closing(database.raw_connection()) as connection:
        driver: Any = connection.driver_connection
        driver.executescript(script) if url.startswith("sqlite") else driver.execute(script)
    return dict(json.loads((folder / "facts.json").read_text()))


def main() -> None:
    FIXTURES.mkdir(exist_ok=True)
    with tempfile.TemporaryDirectory() as made, SqliteTemplates(Path(made)).copy() as url:
        write(Path(made), url, "sqlite")
    with tempfile.TemporaryDirectory() as made, postgres.server() as maintenance:
        templates = PostgresTemplates(maintenance)
        with templates.copy() as url:
            write(Path(made), url, "postgres")
        templates.close()
    write_code()


if __name__ == "__main__":
    main()
