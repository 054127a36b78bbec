"""A check of the whole record that is stopped in the middle goes on where it was."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest
import sqlalchemy as sa
from click.testing import CliRunner

from engine.ground.clock import TravellingClock
from engine.store.tables import UserTask
from office.audit.verification_run import PLACE, Run
from office.ground.settings import OfficeSettings
from tests.support.agency import Agency
from tests.support.verbs import Office
from tests.walks.test_three_walks import COMPLAINT
from web.cli import main

CASES = 5
# What a server's administrator does to a check that takes too long, once three cases are done.
KILLED = """
import os, signal
from office.audit import verification_run as verifying
from tests.support.verbs import Office
from office.ground.settings import OfficeSettings
from pathlib import Path

verifying.SAVED_EVERY = 0.0
settings = OfficeSettings(database_url={url!r}, data_dir=Path({folder!r}))
office = Office.open(settings)
run = verifying.Run(office.engine, office.services, settings.data_dir)
for done, _ in enumerate(run.steps(), start=1):
    if done == 4:
        os.kill(os.getpid(), signal.SIGKILL)
"""


@pytest.fixture
def ids(sqlite_url: str, clock: TravellingClock, tmp_path: Path) -> list[str]:
    """Five cases; somebody took a task of the first and of the last away."""
    agency = Agency.open(sqlite_url, clock, tmp_path)
    for number in range(CASES):
        agency.file({**COMPLAINT, "title": f"เรื่องที่ {number}"})
    with agency.office.engine.begin() as work:
        found = sorted(work.session.scalars(sa.select(UserTask.instance_id)))
        for id in (found[0], found[-1]):
            work.session.execute(
                sa.update(UserTask).where(UserTask.instance_id == id).values(form="other")
            )
    agency.close()
    return found


def whole(url: str, folder: Path, *words: str) -> dict[str, object]:
    environment = {"SAMNUAN_DATABASE_URL": url, "SAMNUAN_DATA_DIR": str(folder)}
    result = CliRunner(env=environment).invoke(main, ["verify", "--all", *words, "--json"])
    assert result.exit_code == 1, result.output
    found: dict[str, object] = json.loads(result.stdout)
    return found


def test_a_killed_check_goes_on_where_it_was(
    ids: list[str], sqlite_url: str, tmp_path: Path
) -> None:
    script = KILLED.format(url=sqlite_url, folder=str(tmp_path))
    killed = subprocess.run([sys.executable, "-c", script], capture_output=True, check=False)
    kept = json.loads((tmp_path / PLACE).read_text("utf-8"))

    resumed = whole(sqlite_url, tmp_path, "--resume")

    assert killed.returncode == -signal.SIGKILL, killed.stderr
    assert (kept["after"], kept["instances"]) == (ids[2], 3)
    assert not (tmp_path / PLACE).exists()
    assert resumed == whole(sqlite_url, tmp_path)
    assert resumed["instances"] == CASES
    assert {str(d["place"]).partition("/")[0] for d in listed(resumed)} == {ids[0], ids[-1]}


def listed(found: dict[str, object]) -> list[dict[str, str]]:
    differences = found["differences"]
    assert isinstance(differences, list)
    return differences


def test_a_check_that_is_stopped_keeps_what_it_has_found(
    ids: list[str], sqlite_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    settings = OfficeSettings(database_url=sqlite_url, data_dir=tmp_path)
    office = Office.open(settings, clock=clock)
    steps = Run(office.engine, office.services, tmp_path).steps()
    next(steps)
    steps.close()
    stopped = Run(office.engine, office.services, tmp_path)
    stopped.resume()

    assert stopped.report.instances == 1
    assert stopped.left() == CASES - 1
    assert len(list(stopped.steps())) == CASES - 1
    office.close()
    assert os.listdir(tmp_path).count(PLACE) == 0
