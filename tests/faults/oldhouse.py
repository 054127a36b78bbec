"""A house as a release left it: open cases of every kind, kept as a fixture for later releases.

`python -m tests.faults.oldhouse` writes the fixture of the version that setup.cfg names; it is made
once, when a version is tagged, and never again.
"""

from __future__ import annotations

import gzip
import io
import json
import shutil
import sqlite3
import tarfile
import tempfile
from importlib.metadata import version
from pathlib import Path
from typing import Any

from complaints import guidelinefiles, people
from complaints.office import Office
from complaints.people import User
from complaints.settings import OfficeSettings
from engine import Engine
from engine.clock import TravellingClock
from tests.complaints import small_guideline
from tests.complaints.conftest import ASSIGNED, SCREENED, STAFF, complaint
from tests.conftest import START
from tests.faults import engine_scenes
from tests.faults.killing import House
from tests.faults.office_scenes import uploads
from tests.support.databases import SqliteTemplates

FIXTURES = Path(__file__).parent / "oldhouses"
INCOMPLETE = {**SCREENED, "minimum_complete": False, "minimum_missing": "ไม่ระบุวันที่"}


def build(office: Office) -> dict[str, Any]:
    """Open cases at every kind of place; returns what is needed to go on with them."""
    engine = office.engine
    with engine.begin() as work:
        guidelinefiles.deploy_guideline(work, small_guideline.files())
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
    engine_scenes.waiting(House(plain, TravellingClock(START)))  # no complaints: engine's own
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


def write(folder: Path) -> Path:
    """The fixture of the installed version: SQL, the data folder and the facts, in one archive."""
    target = FIXTURES / f"{version('samnuan')}.tar.gz"
    with SqliteTemplates(folder).copy(folder) as url:
        settings = OfficeSettings(database_url=url, data_dir=folder / "var")
        office = Office.open(settings, clock=TravellingClock(START))
        facts = build(office)
        office.close()
        connection = sqlite3.connect(url.removeprefix("sqlite:///"))
        (folder / "house.sql").write_text("\n".join(connection.iterdump()), "utf-8")
        connection.close()
    (folder / "facts.json").write_text(json.dumps(facts))
    packed = io.BytesIO()
    with tarfile.open(fileobj=packed, mode="w") as tar:
        for name in ("house.sql", "facts.json", "var"):
            tar.add(folder / name, arcname=name)
    FIXTURES.mkdir(exist_ok=True)
    target.write_bytes(gzip.compress(packed.getvalue(), mtime=0))
    return target


def unpack(fixture: Path, folder: Path) -> tuple[str, dict[str, Any]]:
    """The house as it was left, in SQLite; returns the database's URL and the facts."""
    with tarfile.open(fixture, "r:gz") as tar:
        tar.extractall(folder, filter="data")
    database = folder / "house.sqlite3"
    connection = sqlite3.connect(database)
    connection.executescript((folder / "house.sql").read_text("utf-8"))
    connection.close()
    return f"sqlite:///{database}", json.loads((folder / "facts.json").read_text())


if __name__ == "__main__":
    made = Path(tempfile.mkdtemp())
    try:
        write(made)
    finally:
        shutil.rmtree(made)
