"""Cases that an earlier release left open are finished by this one, and its tables suit that."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tarfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.store.database import open_database, upgrade
from office.ground.settings import OfficeSettings
from office.people import people
from tests.faults import engine_scenes
from tests.faults.old_release import FIXTURES, do, unpack
from tests.faults.wholeness import faults_of
from tests.office.conftest import ASSIGNED, CLARIFIED, DECIDED, SCREENED, complaint
from tests.support.databases import PostgresTemplates, packages_with_tables
from tests.support.drawing import (
    FORM,
    boundary,
    diagram,
    end,
    escalation,
    path,
    root_escalation,
    start,
    sub,
    throw,
    user,
)
from tests.support.verbs import Office

RELEASES = sorted(path.name.partition("-")[0] for path in FIXTURES.glob("*-code.tar.xz"))
STAFF = ("head", "it", "director")


@dataclass(frozen=True)
class Left:
    """An installation as a release left it."""

    release: str
    url: str
    facts: dict[str, Any]


@pytest.fixture(params=["sqlite", pytest.param("postgres", marks=pytest.mark.postgres)])
def empty_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/installation.sqlite3"
        return
    templates: PostgresTemplates = request.getfixturevalue("postgres_templates")
    bare = templates.bare()
    with bare.copy() as url:
        yield url
    bare.close()


@pytest.fixture(params=RELEASES)
def left(request: pytest.FixtureRequest, empty_url: str, tmp_path: Path) -> Left:
    kind = "sqlite" if empty_url.startswith("sqlite") else "postgres"
    fixture = FIXTURES / f"{request.param}-{kind}.tar.gz"
    return Left(request.param, empty_url, unpack(fixture, tmp_path, empty_url))


@pytest.fixture
def office(left: Left, tmp_path: Path, clock: TravellingClock) -> Iterator[Office]:
    """This release over the database of that one: starting brings its tables up to date."""
    settings = OfficeSettings(database_url=left.url, data_dir=tmp_path / "var")
    office = Office.open(settings, clock=clock, packages=packages_with_tables())
    yield office
    office.close()


def test_complaints_of_an_earlier_release_are_finished(office: Office, left: Left) -> None:
    cases, codes = left.facts["cases"], left.facts["codes"]
    with office.engine.read() as work:
        head, it, director = (people.user_by_name(work, name) for name in STAFF)
    assert faults_of(office.engine) == []

    do(office, cases[0], "screen", head, SCREENED)
    office.reply(codes[2], {"reply": "วันที่ 5 มีนาคม"})
    for case in (cases[0], cases[2]):
        do(office, case, "assign", head, ASSIGNED)
    for case in cases:
        do(office, case, "clarify", it, CLARIFIED)
        do(office, case, "decide", director, DECIDED)
    office.run_due()

    for code in codes:
        public = office.track(code)
        assert public.status.th == "แจ้งผลแล้ว"
        assert public.letters[-1].kind == "L7"
        assert DECIDED["reasons"] in office.read_letter(code, public.letters[-1].id)[1]
    assert faults_of(office.engine) == []


def test_cases_that_waited_for_everything_go_on(office: Office, clock: TravellingClock) -> None:
    engine = Engine(office.engine.database, clock=clock, handlers={"work": lambda *_: {"done": 1}})
    engine.broadcast("alarm")
    for key in ("case-1", "case-2"):
        engine.correlate("answer", key)
    clock.advance(hours=2)
    engine.run_due()
    for task in engine.tasks():
        if task.element_id == "b":
            engine.complete(task.id, {}, engine_scenes.OFFICER)

    assert faults_of(engine) == []
    assert {t.element_id for t in engine.tasks() if t.process_key == "hearer"} == {"read"}


def test_a_server_of_that_release_goes_on_working_beside_this_one(
    office: Office, left: Left, tmp_path: Path, clock: TravellingClock
) -> None:
    # During a rolling update both write into the same cases, on the newer tables.
    case, code = left.facts["cases"][0], left.facts["codes"][0]
    wish = {"url": left.url, "data_dir": str(tmp_path / "var"), "now": clock.now().isoformat()}
    wish |= {"case": case, "code": code, "screened": SCREENED, "complaint": complaint()}

    told = run_old_server(left.release, tmp_path, wish)

    assert told["engine"].startswith(str(tmp_path))
    assert told["status"] == office.track(code).status.th
    with office.engine.read() as work:
        head, it, director = (people.user_by_name(work, name) for name in STAFF)
    do(office, told["case"], "screen", head, SCREENED)
    for each in (case, told["case"]):
        do(office, each, "assign", head, ASSIGNED)
        do(office, each, "clarify", it, CLARIFIED)
        do(office, each, "decide", director, DECIDED)
    office.run_due()
    assert office.track(told["code"]).status.th == office.track(code).status.th == "แจ้งผลแล้ว"
    assert faults_of(office.engine) == []


@pytest.mark.parametrize("release", RELEASES)
def test_what_went_on_in_an_ended_scope_under_that_release_is_named_and_replays(
    release: str, empty_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    # There the thrower went on, and its task stayed open in an ended case: the record says so, and
    # doing it again must do the same; only what was left open is a fault.
    files = {"d.bpmn": THROWER.decode(), "any.form": FORM.decode()}
    wish = {"url": empty_url, "now": clock.now().isoformat(), "files": files}
    told = run_old_server(release, tmp_path, wish, script="oldthrower.py")
    assert told["open"] == ["after"]

    engine = Engine.open(empty_url, clock=clock)
    verified, again = engine.verify(told["case"]), engine.replay(told["case"])
    engine.close()

    (left,) = verified.differences
    assert left.table.startswith("user_task/")
    assert "after" in left.what.th
    named = {difference.table.partition("/")[0] for difference in again.differences}
    assert named == {"user_task", "user_task_candidate"}


THROWER = diagram(
    start(),
    sub(
        "u",
        start("us"),
        throw("up", escalation("late")),
        user("after"),
        end("ue"),
        path("us", "up", "after", "ue"),
    ),
    end(),
    boundary("b", "u", escalation("late")),
    user("r"),
    end("e2"),
    path("start", "u", "end"),
    path("b", "r", "e2"),
    roots=root_escalation("late"),
)


def run_old_server(
    release: str, folder: Path, wish: dict[str, Any], script: str = "oldserver.py"
) -> dict[str, Any]:
    """Let the release's own code do something; returns what it tells."""
    code = folder / "code"
    with tarfile.open(FIXTURES / f"{release}-code.tar.xz") as tar:
        tar.extractall(code, filter="data")
    copied = shutil.copy(Path(__file__).with_name(script), code)
    environ = {**os.environ, "PYTHONPATH": str(code)}
    command = [sys.executable, copied, json.dumps(wish)]
    done = subprocess.run(command, cwd=code, env=environ, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    return dict(json.loads(done.stdout))


def test_the_release_before_finds_all_it_knows_in_the_new_tables(left: Left) -> None:
    """During a rolling update both write: nothing they know may be gone, nothing new required."""
    database = open_database(left.url)
    before = _columns(database)
    upgrade(database, packages_with_tables())
    after = _columns(database)
    database.dispose()

    assert before.keys() <= after.keys()
    for table, columns in before.items():
        assert columns.keys() <= after[table].keys(), table
        for name, column in after[table].items():
            if name not in columns:
                assert column["nullable"] or column["default"] is not None, f"{table}.{name}"
            elif columns[name]["nullable"]:
                assert column["nullable"], f"{table}.{name}"


def test_a_database_that_a_newer_release_has_brought_up_to_date_still_opens(
    database_url: str,
) -> None:
    # The old servers of a rolling update may be started once more when the new one is there.
    database = open_database(database_url)
    with database.begin() as connection:
        newest = "UPDATE alembic_version SET version_num = 'engine_9999' WHERE version_num LIKE "
        connection.execute(sa.text(newest + "'engine%'"))

    upgrade(database, packages_with_tables())

    database.dispose()


def _columns(database: sa.Engine) -> dict[str, dict[str, Any]]:
    found = sa.inspect(database)
    return {
        table: {column["name"]: column for column in found.get_columns(table)}
        for table in found.get_table_names()
    }
