"""A disk that is really full, under SQLite and under PostgreSQL: nothing is half done, a clear
answer, and work goes on by itself when there is room again.

The disk is a small tmpfs, which only root may mount; `test_database_faults.py` makes SQLite say the
same without one.
"""

from __future__ import annotations

import contextlib
import os
import random
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
import sqlalchemy as sa

from engine import Engine
from engine.ground.clock import TravellingClock
from engine.store.database import DatabaseUnavailable
from tests.faults.wholeness import faults_of
from tests.support import postgres
from tests.support.cases import OFFICER, Play
from tests.support.databases import migrate
from tests.support.drawing import diagram, end, path, start, user
from tests.support.verbs import Office
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings

STEPS = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))
MEGABYTES = 48  # an empty PostgreSQL database with our tables takes a dozen
LONG = {"long": random.Random(1).randbytes(100_000).hex()}  # what no database can pack


@pytest.fixture
def disk() -> Iterator[Path]:
    """A small file system of its own."""
    folder = tempfile.mkdtemp(prefix="samnuan-disk-", dir="/tmp")  # where a server may go too
    options = f"size={MEGABYTES}m,mode=0755"
    program = shutil.which("mount")
    mount = [program or "mount", "-t", "tmpfs", "-o", options, "samnuan-disk", folder]
    try:
        if program is None or subprocess.run(mount, capture_output=True, check=False).returncode:
            pytest.skip("a small file system may not be mounted here")
        yield Path(folder)
        subprocess.run(["umount", "--lazy", folder], check=True)
    finally:
        os.rmdir(folder)


@contextmanager
def full(disk: Path) -> Iterator[None]:
    """Not a byte is left on it."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        for size in (1 << 20, 1 << 12, 1):
            with contextlib.suppress(OSError):
                while file.write(b"\0" * size):
                    pass
        assert os.statvfs(disk).f_bavail == 0
    yield
    ballast.unlink()


def test_a_full_disk_under_sqlite(
    sqlite_url: str, disk: Path, tmp_path: Path, clock: TravellingClock
) -> None:
    shutil.copyfile(sqlite_url.removeprefix("sqlite:///"), disk / "installation.sqlite3")
    settings = WebSettings(database_url=f"sqlite:///{disk}/installation.sqlite3", data_dir=tmp_path)
    engine = Engine.open(settings.database_url, clock=clock)
    play = Play(engine, STEPS).start()  # before the office's stricter gate
    visitor = Visitor(create_app(settings, Office.open(settings, engine=engine)).test_client())
    visitor.visit("/sign-in")

    with full(disk):
        _nothing_is_half_done(engine, play)
        page = visitor.send("/sign-in", username="somebody", password="whatever-it-is")
        assert visitor.status == 503
        assert "ระบบไม่พร้อมให้บริการชั่วคราว" in page

    _work_goes_on(engine, play)
    visitor.visit("/sign-in")
    visitor.send("/sign-in", username="somebody", password="whatever-it-is")
    assert visitor.status == 401
    engine.close()


@pytest.mark.postgres
def test_a_full_disk_under_postgresql(
    disk: Path, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMNUAN_TEST_POSTGRES_URL", raising=False)  # a server that sees the disk
    with postgres.server() as maintenance:
        url = _database_on(disk / "tables", maintenance)
        engine = Engine.open(url, clock=clock)
        play = Play(engine, STEPS).start()

        with full(disk):
            _nothing_is_half_done(engine, play)

        _work_goes_on(engine, play)
        engine.close()


def _database_on(folder: Path, maintenance: sa.URL) -> str:
    folder.mkdir()
    postgres.unprivileged_owner(folder)
    server = sa.create_engine(maintenance, isolation_level="AUTOCOMMIT", poolclass=sa.NullPool)
    with server.connect() as connection:
        connection.exec_driver_sql(f"CREATE TABLESPACE small LOCATION '{folder}'")
        connection.exec_driver_sql("CREATE DATABASE small TEMPLATE template0 TABLESPACE small")
    url = maintenance.set(database="small").render_as_string(hide_password=False)
    migrate(url)
    return url


def _nothing_is_half_done(engine: Engine, play: Play) -> None:
    task = play.task("a").id
    for _ in range(2):
        with pytest.raises(DatabaseUnavailable):
            engine.complete(task, LONG, OFFICER, idempotency_key="once")
    assert play.open() == ["a"]
    play.check_record()


def _work_goes_on(engine: Engine, play: Play) -> None:
    engine.complete(play.task("a").id, LONG, OFFICER, idempotency_key="once")
    assert play.open() == ["b"]
    assert play.types().count("task_completed") == 1
    assert faults_of(engine) == []
