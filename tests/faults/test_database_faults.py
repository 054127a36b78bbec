"""The database is locked, full, read-only, restarted or lost in mid-commit: no half state, a clear
answer in both languages, and work goes on by itself when it is back.

A full disk is made with SQLite's own limit of pages, a read-only one with `query_only`: both answer
as the operating system's limits would, and need no right to mount.
"""

from __future__ import annotations

import gc
import io
import os
import signal
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
import pytest
import sqlalchemy as sa
from sqlalchemy import event

from engine import Engine
from engine.background.worker import Worker
from engine.ground.actor import Actor
from engine.ground.clock import TravellingClock
from engine.ground.findings import Finding
from engine.store.database import DatabaseUnavailable, OutcomeUnknown
from engine.verbs import runtime
from tests.faults.watching import WatchedPostgres, install
from tests.faults.wholeness import faults_of
from tests.support import postgres
from tests.support.cases import OFFICER, Play
from tests.support.databases import migrate
from tests.support.drawing import diagram, end, path, start, user
from tests.support.verbs import Office
from tests.web.visitor import Visitor
from web import create_app
from web.settings import WebSettings
from webhooks.clients import SCOPES, register_client

STEPS = diagram(start(), user("a"), user("b"), end(), path("start", "a", "b", "end"))


@pytest.fixture
def engine(database_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(database_url, clock=clock)
    yield engine
    engine.close()


@pytest.fixture
def sqlite(sqlite_url: str, clock: TravellingClock) -> Iterator[Engine]:
    engine = Engine.open(sqlite_url, clock=clock)
    yield engine
    engine.close()


@contextmanager
def said_to_each_connection(engine: Engine, statement: str) -> Iterator[None]:
    """Say something to every connection, as if the machine had changed under it."""

    def say(connection: Any, *_: Any) -> None:
        connection.execute(statement)

    event.listen(engine.database, "checkout", say)
    try:
        yield
    finally:
        event.remove(engine.database, "checkout", say)
        engine.database.dispose()  # the next connections know nothing of it


def test_a_full_disk_stops_the_work_and_keeps_the_record(sqlite: Engine) -> None:
    play = Play(sqlite, STEPS).start()
    task = play.task("a").id
    with sqlite.database.connect() as connection:
        pages = connection.exec_driver_sql("PRAGMA page_count").scalar()

    with said_to_each_connection(sqlite, f"PRAGMA max_page_count={pages}"):
        with pytest.raises(DatabaseUnavailable):
            sqlite.complete(task, {"long": "x" * 20_000}, OFFICER)
        assert play.open() == ["a"]
        play.check_record()

    sqlite.complete(task, {"long": "x" * 20_000}, OFFICER)
    assert play.open() == ["b"]
    assert faults_of(sqlite) == []


def test_a_read_only_database_can_be_read(sqlite: Engine) -> None:
    play = Play(sqlite, STEPS).start()
    task = play.task("a").id

    with said_to_each_connection(sqlite, "PRAGMA query_only=ON"):
        with pytest.raises(DatabaseUnavailable):
            sqlite.complete(task, {}, OFFICER)
        assert play.open() == ["a"]
        play.check_record()

    sqlite.complete(task, {}, OFFICER)
    assert play.open() == ["b"]


def test_a_lock_that_is_held_too_long_is_told(engine: Engine, database_url: str) -> None:
    play = Play(engine, STEPS).start()
    task = play.task("a").id
    is_sqlite = engine.database.dialect.name == "sqlite"
    waiting = "PRAGMA busy_timeout=50" if is_sqlite else "SET lock_timeout = '50ms'"
    with sa.create_engine(database_url, poolclass=sa.NullPool).connect() as other:
        rows = "" if is_sqlite else " FOR UPDATE"
        other.exec_driver_sql("BEGIN IMMEDIATE" if is_sqlite else "SELECT 1")
        other.exec_driver_sql(f"SELECT id FROM process_instance{rows}")

        with said_to_each_connection(engine, waiting):
            with pytest.raises(DatabaseUnavailable):
                engine.complete(task, {}, OFFICER)
            assert play.open() == ["a"]
        other.rollback()

    engine.complete(task, {}, OFFICER)
    assert play.open() == ["b"]
    assert faults_of(engine) == []


def test_work_goes_on_while_files_are_checked(sqlite: Engine) -> None:
    # The gate takes seconds, and SQLite has one writer: it used to hold everybody up.
    play = Play(sqlite, STEPS).start()
    done = _complete_when_checked(sqlite, play)

    with said_to_each_connection(sqlite, "PRAGMA busy_timeout=50"):
        sqlite.deploy({"d0.bpmn": STEPS.replace(b'name="b"', b'name="b, anew"')}, upload=True)

    assert done == ["a"]
    assert play.open() == ["b"]


def test_so_it_does_while_a_program_deploys(
    sqlite_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    settings = WebSettings(database_url=sqlite_url, data_dir=tmp_path)
    engine = Engine.open(sqlite_url, clock=clock)
    play = Play(engine, STEPS).start()  # before the office's stricter gate
    office = Office.open(settings, engine=engine)
    client = create_app(settings, office).test_client()
    with engine.begin() as work:
        _, token = register_client(work, "robot", SCOPES, (), actor=Actor.of("admin"))
    done = _complete_when_checked(engine, play)
    headers = {"Authorization": f"Bearer {token}", "Idempotency-Key": "deploy-1"}
    file = (io.BytesIO(STEPS.replace(b'name="b"', b'name="b, anew"')), "d0.bpmn")

    with said_to_each_connection(engine, "PRAGMA busy_timeout=50"):
        client.post("/api/v1/deployments", headers=headers, data={"files": [file]})

    assert done == ["a"]
    office.close()


def _complete_when_checked(engine: Engine, play: Play) -> list[str]:
    """Lets somebody complete a task at the moment at which a diagram is looked at."""
    done: list[str] = []

    def look(_name: str, _content: bytes) -> list[Finding]:
        if not done:
            engine.complete(play.task("a").id, {}, OFFICER)
            done.append("a")
        return []

    engine.gate.checks[".bpmn"] = look
    return done


@pytest.mark.postgres
def test_a_commit_whose_answer_is_lost_is_told_as_such_and_done_once(
    postgres_url: str, clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    def commit_and_be_gone(connection: WatchedPostgres) -> None:
        psycopg.Connection.commit(connection)
        connection.close()
        raise psycopg.OperationalError("server closed the connection unexpectedly")

    install()
    engine = Engine.open(postgres_url, clock=clock)
    play = Play(engine, STEPS).start()
    task = play.task("a").id
    with monkeypatch.context() as patch:
        patch.setattr(WatchedPostgres, "commit", commit_and_be_gone)
        with pytest.raises(OutcomeUnknown):
            engine.complete(task, {"x": 1}, OFFICER, idempotency_key="once")

    engine.complete(task, {"x": 1}, OFFICER, idempotency_key="once")

    assert play.open() == ["b"]
    assert play.types().count("task_completed") == 1
    assert faults_of(engine) == []
    engine.close()


@pytest.mark.postgres
def test_a_connection_cut_before_the_commit_changes_nothing(
    postgres_url: str, clock: TravellingClock
) -> None:
    engine = Engine.open(postgres_url, clock=clock)
    play = Play(engine, STEPS).start()
    task = play.task("a").id
    cutting = sa.create_engine(postgres_url, isolation_level="AUTOCOMMIT")

    def complete_and_be_cut_off() -> None:
        with engine.begin() as work:
            runtime.complete_user_task(work, task, {}, actor=OFFICER)
            own = work.connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
            with cutting.connect() as other:
                other.exec_driver_sql(f"SELECT pg_terminate_backend({own})")

    with pytest.raises(DatabaseUnavailable):
        complete_and_be_cut_off()

    assert play.open() == ["a"]
    engine.complete(task, {}, OFFICER)
    assert faults_of(engine) == []
    cutting.dispose()
    engine.close()


# SQLAlchemy leaves a connection that broke while it was being set up to the garbage collector.
@pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning")
@pytest.mark.postgres
def test_a_database_server_that_crashes_is_waited_for(
    clock: TravellingClock, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SAMNUAN_TEST_POSTGRES_URL", raising=False)  # a server of our own to break
    with postgres.server() as maintenance:
        url = postgres.create_database(maintenance, "crash").render_as_string(hide_password=False)
        migrate(url)
        _keep_what_is_committed(url)
        engine = Engine.open(url, clock=clock)
        worker = Worker(engine.machine, every=0.05)
        worker.start()
        play = Play(engine, STEPS).start()
        task = play.task("a").id

        _crash(engine)
        for _ in range(200):  # until it is up again: nothing else tells
            try:
                engine.complete(task, {}, OFFICER, idempotency_key="once")
                break
            except DatabaseUnavailable:
                worker.machine.woken.wait(0.05)

        assert play.open() == ["b"]
        assert faults_of(engine) == []
        worker.stop()
        engine.close()
    gc.collect()  # else it comes up in whichever test runs then


def _keep_what_is_committed(url: str) -> None:
    """The tests' servers give the last commits up for speed; one that crashes must not."""
    database = sa.create_engine(url, isolation_level="AUTOCOMMIT")
    with database.connect() as connection:
        connection.exec_driver_sql("ALTER DATABASE crash SET synchronous_commit = on")
    database.dispose()


def _crash(engine: Engine) -> None:
    """Kill one server process: PostgreSQL then ends all others and recovers from its log."""
    with engine.database.connect() as connection:
        own = connection.exec_driver_sql("SELECT pg_backend_pid()").scalar()
        os.kill(int(own), signal.SIGKILL)
        with pytest.raises(sa.exc.OperationalError):
            connection.exec_driver_sql("SELECT 1")


def test_visitors_and_programs_read_that_it_is_not_their_fault(
    sqlite_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    settings = WebSettings(database_url=sqlite_url, data_dir=tmp_path)
    office = Office.open(settings, clock=clock, packages=("engine", "office", "webhooks"))
    visitor = Visitor(create_app(settings, office).test_client())
    visitor.visit("/sign-in")
    other = sqlite3.connect(sqlite_url.removeprefix("sqlite:///"), isolation_level=None)
    other.execute("BEGIN IMMEDIATE")

    with said_to_each_connection(office.engine, "PRAGMA busy_timeout=50"):
        thai = visitor.send("/sign-in", username="somebody", password="whatever-it-is")
        assert visitor.status == 503
        assert "ระบบไม่พร้อมให้บริการชั่วคราว" in thai
        assert "ไม่ได้เกิดจากท่าน" in thai
        assert "ลองใหม่</a>" not in thai  # a link would not send the form again
        assert "Traceback" not in thai
    other.execute("ROLLBACK")
    other.close()

    visitor.visit("/sign-in")
    visitor.send("/sign-in", username="somebody", password="whatever-it-is")
    assert visitor.status == 401  # it works again, by itself
    office.close()


def test_programs_get_a_problem_document_when_the_database_is_gone(
    sqlite_url: str, tmp_path: Path, clock: TravellingClock
) -> None:
    settings = WebSettings(database_url=sqlite_url, data_dir=tmp_path)
    office = Office.open(settings, clock=clock, packages=("engine", "office", "webhooks"))
    client = create_app(settings, office).test_client()
    with office.engine.begin() as work:
        _, token = register_client(work, "robot", SCOPES, (), actor=Actor.of("admin"))
    headers = {"Authorization": f"Bearer {token}"}
    there = office.engine.database
    office.engine.machine.database = sa.create_engine(f"sqlite:///{tmp_path}/no/such/place.sqlite3")

    answer = client.get("/api/v1/tasks", headers=headers)

    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json["message"]["th"].startswith("ติดต่อหรือบันทึกฐานข้อมูลไม่ได้")
    assert answer.json["message"]["en"].startswith("The database cannot be reached")
    page = client.get("/file/G?from=home")
    assert page.status_code == 503
    assert page.headers["Retry-After"]
    assert 'href="?from=home">ลองใหม่</a>' in page.text
    assert client.get("/healthz").status_code == 200
    assert client.get("/readyz").status_code == 503
    office.engine.machine.database = there
    office.close()
